"""Whoever got a password from another chooses their own before they see anything."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from cases.models import User
from tests.factories import PASSWORD

OWN, GIVEN, NEW = reverse("own_password"), "en hilsen fra en anden", "fire lange grå heste"


def log_in(client, username, password):
    return client.post(reverse("login"), {"username": username, "password": password})


def change(client, page=OWN, old=GIVEN, new=NEW):
    return client.post(page, {"old_password": old, "new_password1": new, "new_password2": new})


def must_change(username):
    return User.objects.get(username=username).must_change_password


@pytest.fixture
def given(client, office):
    """Somebody who was given a password by an earlier release, and has logged in with it."""
    office.adviser.set_password(GIVEN)
    office.adviser.must_change_password = True
    office.adviser.save()
    log_in(client, "adviser", GIVEN)
    return client


def test_whoever_got_a_password_from_another_changes_it_before_anything_else(given, case):
    page = reverse("meetings:course", args=[case.public_id])
    led = given.get(page, follow=True)
    assert led.redirect_chain == [(f"{OWN}?tilbage={page}", 302)]
    assert "Du har fået din adgangskode af en anden." in led.content.decode()
    assert "Annullér" not in led.content.decode()
    assert case.citizen.name not in led.content.decode()

    changed = change(given, led.redirect_chain[0][0])

    assert changed.url == page
    assert given.get(page).status_code == 200
    assert not must_change("adviser")


def test_until_then_no_page_and_no_form_is_open_but_the_way_out(given, case):
    note = reverse("cases:note_add", args=[case.public_id])
    assert given.post(note, {"text": "Ringede"}).url == OWN
    assert given.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == OWN
    assert given.get(reverse("admin:index")).url.startswith(OWN)
    assert not case.notes.exists()
    assert given.post(reverse("cases:keep_alive")).status_code == 204
    assert given.get(reverse("cases:accessibility")).status_code == 200
    assert given.post(reverse("logout")).status_code == 302
    assert given.get("/").url.startswith(reverse("login"))


def test_the_same_one_again_is_no_change(given):
    refused = change(given, new=GIVEN)

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["new_password1"]
    assert "den samme som den nuværende" in refused.content.decode()
    assert must_change("adviser")


def test_an_administrator_changes_their_own_where_the_old_one_is_asked_for(client, office):
    client.force_login(office.administrator)
    page = reverse("admin:cases_user_invite", args=[office.administrator.pk])

    assert client.get(page).url == OWN
    assert client.post(page).url == OWN
    office.administrator.refresh_from_db()
    assert office.administrator.check_password(PASSWORD)


def test_who_waited_with_it_proves_who_they_are_and_comes_back(now, given):
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        led = given.get("/", follow=True)
        assert [page.partition("?")[0] for page, _ in led.redirect_chain] == [OWN, reverse("prove_again")]

        back = given.post(led.redirect_chain[-1][0], {"password": GIVEN}, follow=True)

        assert back.redirect_chain[-1][0].startswith(OWN)
        assert change(given).status_code == 302
    assert not must_change("adviser")
