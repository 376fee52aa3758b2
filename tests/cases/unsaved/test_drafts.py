"""What is typed is kept while it is written, for its writer alone, until it is saved."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import UnsavedForm
from tests.filled_forms import forms_of

KEEP = "/sager/kladder/gem/"


@pytest.fixture
def write(page):
    """Type in the text area of the page, as the script of the browser sends it after a pause."""

    def typing(client, **more):
        form = next(one for one in forms_of(client.get(page).content.decode(), address=page) if one.action == page)
        typed = {**dict(form.sent), "reason": "Ringer torsdag", "kladde_til": page, **more}
        return client.post(KEEP, typed, headers={"Referer": f"http://testserver{page}"})

    return typing


def test_it_says_when_it_was_kept_and_stands_there_when_the_page_is_opened_again(office, page, write, log_in, now):
    assert write(log_in(office.adviser)).json() == {"text": "Kladde gemt kl. 10.00"}

    again = log_in(office.adviser).get(page).content.decode()
    assert "Du har en kladde fra kl. 10.00" in again
    assert "Ringer torsdag</textarea>" in again
    assert "Kassér kladde" in again
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert "kladde fra 4. maj 2026 kl. 10.00" in log_in(office.adviser).get(page).content.decode()


def test_nobody_else_sees_it(office, page, write, log_in):
    write(log_in(office.adviser))

    assert "Ringer torsdag" not in log_in(office.leader).get(page).content.decode()


def test_the_newest_takes_the_place_of_the_older(office, page, write, log_in):
    client = log_in(office.adviser)
    write(client)
    write(client, reason="Ringer fredag")

    assert "Ringer fredag" in client.get(page).content.decode()
    assert UnsavedForm.objects.count() == 1


def test_it_goes_when_the_form_is_saved_and_stays_when_it_is_refused(office, page, write, log_in):
    client = log_in(office.adviser)
    write(client)
    form = next(one for one in forms_of(client.get(page).content.decode(), address=page) if one.action == page)

    assert client.post(page, {"reason": "Ringer torsdag"}).status_code == 422
    assert UnsavedForm.objects.exists()
    assert client.post(page, dict(form.sent)).status_code == 302
    assert not UnsavedForm.objects.exists()


def test_it_is_on_the_version_on_which_it_was_begun(office, case, page, write, log_in):
    client = log_in(office.adviser)
    write(client)
    type(case).objects.filter(pk=case.pk).update(version=9)

    form = next(one for one in forms_of(client.get(page).content.decode(), address=page) if one.action == page)

    assert dict(form.sent)["version"] == "2"


@pytest.mark.parametrize("action", ["", "https://example.org/", "/" * 501])
def test_what_is_no_address_of_ours_is_refused(office, write, log_in, action):
    assert write(log_in(office.adviser), kladde_til=action).status_code == 400


def test_a_user_keeps_so_many_and_no_more(office, write, log_in):
    client = log_in(office.adviser)
    for number in range(52):
        client.post(KEEP, {"note": "Et notat", "kladde_til": f"/sager/{number}/"})

    assert UnsavedForm.objects.count() == 50
    assert not UnsavedForm.objects.filter(action="/sager/1/").exists()


def test_a_page_costs_the_same_with_a_draft_and_without(office, page, write, log_in):
    client = log_in(office.adviser)
    client.get(page)
    with CaptureQueriesContext(connection) as without:
        client.get(page)
    write(client)
    with CaptureQueriesContext(connection) as with_draft:
        client.get(page)

    assert len(with_draft) == len(without)
