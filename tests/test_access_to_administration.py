"""The administration is for administrators alone, and shows nobody a citizen."""

import itertools
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from cases.models import Role, User
from meetings.models import LawRun
from tests import world
from tests.world import VISITORS


@pytest.fixture
def here(office, now):
    return world.build(office, now, is_handed_over=False)


def administration():
    """Each address of the administration, by name, with what fills it: a row there is, or the name of a page."""
    admin.autodiscover()
    for pattern in _flat(admin.site.get_urls()):
        if pattern.name is None:
            continue
        model = re.match(r"(cases|meetings)_(\w+?)_", pattern.name)
        run = LawRun.objects.first()
        values = {"app_label": "cases", "content_type_id": 1, "which": "varsler", "fmt": "csv"}
        values |= {"public_id": run.public_id, "change_id": run.changes.first().pk, "act_id": run.act_id}
        if model and "object_id" in pattern.pattern.converters:
            row = apps.get_model(*model.groups()).objects.order_by("pk").first()
            values["object_id"] = row.pk if row else 1
        names = [*pattern.pattern.converters, *getattr(pattern.pattern, "regex", re.compile("")).groupindex]
        yield pattern.name, reverse(f"admin:{pattern.name}", kwargs={name: values.get(name, 1) for name in names})


def _flat(patterns):
    for pattern in patterns:
        yield from _flat(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]


def test_the_administration_is_for_administrators_alone(here, subtests):
    # To be staff in Django's sense is not enough.
    User.objects.filter(role=Role.TEAM_LEADER).update(is_staff=True, is_superuser=True)
    people = [case.citizen.name for case in here.everybody()]
    numbers = [case.citizen.cpr_number for case in here.everybody()]
    pages = list(administration())

    for visitor, (name, url) in itertools.product(VISITORS, pages):
        with subtests.test(visitor=visitor, page=name), world.undone():
            response = here.client(visitor).get(url)
            told = world.text_of(response)

            if visitor == "administrator":
                assert response.status_code < 500
            elif visitor == "logged_out":
                assert response.status_code == 302
                assert response.url.startswith((reverse("login"), reverse("admin:login")))
            elif response.status_code == 302:
                # On to an address that is asked here as well, and in the end to the log-in that refuses him.
                assert response.url.partition("?")[0] in (reverse("admin:login"), reverse("admin:index"))
            else:
                # Django's log-out and its translations for scripts tell nothing.
                assert response.status_code in (403, 405)
            assert [person for person in people if person in told] == []
            assert [number for number in numbers if number in told or number.replace("-", "") in told] == []


def test_whoever_is_sent_to_log_in_to_the_administration_is_refused_there(here, subtests):
    for visitor in (visitor for visitor in VISITORS if visitor not in ("administrator", "logged_out")):
        with subtests.test(visitor=visitor):
            assert here.client(visitor).get(reverse("admin:login")).status_code == 403
