"""Contact data belong to a party: what another office was told is neither shown, used nor changed."""

import pytest
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.citizen.services import ProtectionKept
from cases.intake.returning import ANEW
from cases.models import Case
from tests import factories
from tests.cases.intake.test_intake import typed_case
from tests.cases.pages import errors, said, url
from tests.cases.steps import close, cpr_of, last_event

SECRET = {"email": "hemmelig@example.dk", "phone": "61626364", "address": "Skjulestedet 7"}


@pytest.fixture
def known(office, now):
    """A citizen with a closed case between the fund and the municipality, who were told everything."""
    case = factories.case(
        office, citizen=factories.citizen_details(name="Carla Prøvesen", has_protected_address=True, **SECRET)
    )
    close(case, office, now)
    return case


@pytest.fixture
def opened_elsewhere(office, now, known, log_in):
    """The same citizen, opened by hand at two other offices."""
    typed = typed_case(
        office,
        cpr_number=str(cpr_of(known)),
        name="Carla Nygift",
        phone="",
        email="",
        other_party=str(office.other_municipality.public_id),
        worker=str(office.other_adviser.public_id),
    )
    del typed["has_protected_address"]
    log_in(office.other_adviser).post(url("create"), {**typed, "address": ""})
    return Case.objects.with_parties().get(fund=office.other_fund)


def test_a_new_office_begins_empty_and_sees_nothing_of_the_others(office, log_in, opened_elsewhere):
    pages = [
        log_in(user).get(address).content.decode()
        for user in (office.other_adviser, office.other_caseworker)
        for address in (
            opened_elsewhere.get_absolute_url(),
            reverse("cases:citizen", args=[opened_elsewhere.public_id]),
        )
    ]

    assert not [text for text in pages for secret in (*SECRET.values(), "61 62 63 64") if secret in text]
    assert opened_elsewhere.citizen.has_protected_address
    assert "Beskyttet adresse" in pages[0]


def test_what_the_others_were_told_stays_and_what_is_shared_is_told_on_their_case(office, known, opened_elsewhere):
    known = Case.objects.with_parties().get(pk=known.pk)

    assert (known.fund_contact.email, known.fund_contact.address) == (SECRET["email"], SECRET["address"])
    assert last_event(known).text == "Borgerens oplysninger er rettet i en anden sag: navn."
    assert last_event(known).by == office.other_adviser


def test_a_party_that_knows_the_citizen_already_keeps_what_it_knows(office, now, known):
    details = factories.citizen_details(number=cpr_of(known), name="Carla Prøvesen", phone="+4521222324", email="")
    case = factories.case(office, citizen=details, meanwhile=ANEW, note="Ny periode.")

    assert (case.fund_contact.phone, case.fund_contact.email) == ("+4521222324", SECRET["email"])
    assert case.municipality_contact.phone == "+4561626364"


def test_each_party_changes_its_own_and_reads_its_own(office, case, now, page):
    fields = {"version": case.version, "name": case.citizen.name, "email": "ny@example.dk", "phone": "21 22 23 24"}
    page.post("citizen", fields, by=office.caseworker)

    assert "21 22 23 24" in page.client_get(case.get_absolute_url(), by=office.caseworker).content.decode()
    assert "20 30 40 50" in page.client_get(case.get_absolute_url()).content.decode()
    assert last_event(case).text == (
        "Borgerens oplysninger er rettet: e-mail hos Jobcenter Solby, telefon hos Jobcenter Solby."
    )


# The protection of an address


def posted(case, **changes):
    return {"version": case.version, "name": case.citizen.name, "phone": "20304050", "email": "", **changes}


@pytest.fixture
def protected(office):
    return factories.case(office, citizen=factories.citizen_details(has_protected_address=True))


def is_protected(case):
    case.citizen.refresh_from_db()
    return case.citizen.has_protected_address


def test_an_adviser_cannot_untick_the_protection(page, office, protected, now):
    page.post("citizen", posted(protected), subject=protected)

    assert is_protected(protected)
    with pytest.raises(ProtectionKept, match="Kun en teamleder"):
        citizen_services.update_citizen(
            case_id=protected.pk, changes={"has_protected_address": False}, by=office.adviser, at=now, reason="x"
        )


def test_a_team_leader_lifts_it_with_a_reason_that_stands_on_every_case(page, office, known, now):
    details = factories.citizen_details(number=cpr_of(known), name="Carla Prøvesen")
    case = factories.case(office, citizen=details, meanwhile=ANEW, note="Ny periode.")

    refused = page.post("citizen", posted(case), by=office.leader, subject=case)
    assert "Skriv, hvorfor adressebeskyttelsen skal fjernes." in errors(refused)
    assert is_protected(case)

    answer = page.post("citizen", posted(case, reason="CPR-registret viser det"), by=office.leader, subject=case)
    assert said(answer) == "Borgerens oplysninger er gemt."
    assert not is_protected(case)
    for one in (case, known):
        assert last_event(one).text.endswith("Adressebeskyttelsen er fjernet: CPR-registret viser det")
        assert "beskyttet adresse" in last_event(one).text
