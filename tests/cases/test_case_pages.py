"""The pages that change a case: what they show, what they refuse, and who may."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cases.models import AccessLog, Case, Citizen
from cases.services import cases as services
from tests import factories

TODAY = date(2026, 5, 4)


@pytest.fixture
def log_in(client):
    """The client, logged in as somebody else from now on."""

    def as_user(user):
        client.force_login(user)
        return client

    return as_user


def url(name, subject=None):
    return reverse(f"cases:{name}", args=[subject.public_id] if subject else [])


def typed_case(office, **changes):
    fields = {
        "cpr_number": "120385-4001",
        "name": "Anne Testesen",
        "email": "anne@example.dk",
        "phone": "20304050",
        "address": "Testvej 1, 9999 Testby",
        "interpreter_language": "",
        "registered_on": "13-04-2026",
        "placed_on": "13-04-2026",
        "target_group": "1",
        "insurance": "full_time",
        "has_qualifying_education": "ja",
        "has_children_at_home": "nej",
        "other_party": str(office.municipality.public_id),
        "worker": str(office.adviser.public_id),
    }
    return {**fields, **changes}


# A new case


def test_an_adviser_opens_a_case_and_hears_what_the_law_demands(office, log_in):
    answer = log_in(office.adviser).post(url("create"), typed_case(office), follow=True)

    case = Case.objects.get()
    assert answer.redirect_chain == [(case.get_absolute_url(), 302)]
    assert (case.fund, case.municipality, case.fund_adviser) == (office.fund, office.municipality, office.adviser)
    said = str(next(iter(answer.context["messages"])))
    assert f"Sagen {case.label} er oprettet." in said
    assert "Loven kræver 6 samtaler, den første senest 27-04-2026." in said
