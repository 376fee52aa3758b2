"""The page of one's own password: the old one is asked for, and every other session of its owner ends."""

import re

import pytest
from django.urls import reverse

from cases.models import SecurityEvent, SecurityKind
from tests.factories import PASSWORD

URL, WORKLIST, NEW = reverse("own_password"), "/", "fire lange grå heste"


def log_in(client, user, password=PASSWORD):
    return client.post(reverse("login"), {"username": user.username, "password": password})


def change(client, old=PASSWORD, new=NEW, again=None):
    typed = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    return client.post(URL, typed, follow=True)


def is_inside(client):
    return client.get(WORKLIST).status_code == 200


def kinds(user):
    return list(SecurityEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def inside(client, office):
    log_in(client, office.adviser)
    return client


def test_it_ends_the_other_sessions_and_keeps_its_own(inside, office):
    elsewhere = type(inside)()
    log_in(elsewhere, office.adviser)
    key = inside.cookies["sessionid"].value

    said = change(inside).content.decode()

    assert "Din adgangskode er skiftet." in said
    assert (is_inside(inside), is_inside(elsewhere)) == (True, False)
    assert inside.cookies["sessionid"].value != key
    assert log_in(elsewhere, office.adviser).status_code == 200
    assert log_in(elsewhere, office.adviser, NEW).status_code == 302


@pytest.mark.parametrize(
    ("typed", "name", "sentence"),
    [
        ({"old": "forkert-kode"}, "old_password", "Det er ikke din nuværende adgangskode."),
        ({"again": "noget helt andet"}, "new_password2", "De to nye adgangskoder er ikke ens."),
        ({"new": "kort"}, "new_password1", "mindst 12 tegn"),
        ({"old": ""}, "old_password", "Udfyld »Nuværende adgangskode«."),
    ],
    ids=["old", "again", "short", "empty"],
)
def test_what_is_wrong_is_said_beside_its_field_and_changes_nothing(inside, office, typed, name, sentence):
    answer = change(inside, **typed)

    assert answer.status_code == 422
    assert [list(answer.context["form"].errors), sentence in str(answer.context["form"].errors[name])] == [[name], True]
    assert sentence in answer.content.decode()
    assert NEW not in answer.content.decode()
    office.adviser.refresh_from_db()
    assert office.adviser.check_password(PASSWORD)


def test_a_change_and_a_wrong_old_password_are_lines_of_the_security_log(inside, office):
    change(inside, old="forkert-kode")
    change(inside)

    assert kinds(office.adviser) == ["logged_in", "log_in_failed", "password_changed"]
    assert SecurityEvent.objects.get(kind=str(SecurityKind.PASSWORD_CHANGED)).route == "own_password"


def test_who_guesses_the_old_one_is_stopped_as_at_the_log_in(inside, office, settings):
    settings.AXES_ENABLED = True
    for _ in range(5):
        last = change(inside, old="forkert-kode")

    assert last.status_code == 429
    assert change(inside).status_code == 429
    office.adviser.refresh_from_db()
    assert office.adviser.check_password(PASSWORD)


def test_the_fields_are_hidden_and_open_to_a_password_manager(inside):
    fields = re.findall(r"<input[^>]*type=\"password\"[^>]*>", inside.get(URL).content.decode())

    assert [re.findall('autocomplete="([a-z-]+)"', field) for field in fields] == [
        ["current-password"],
        ["new-password"],
        ["new-password"],
    ]
    assert [field for field in fields if "value=" in field] == []


def test_every_page_leads_there_and_the_administration_s_own_page_too(inside, office, log_in):
    assert "<h1>Min adgangskode</h1>" in inside.get(URL).content.decode()
    own = reverse("own_login")
    assert inside.get(WORKLIST).content.decode().count(f'href="{own}"') == 2
    administrators = log_in(office.administrator)
    assert f'href="{own}"' in administrators.get(reverse("admin:index")).content.decode()
    assert f'href="{URL}?tilbage={own}"' in administrators.get(own).content.decode()
    assert administrators.get(reverse("admin:password_change")).url == URL
    assert "Din adgangskode er skiftet." in change(administrators).content.decode()


def test_nobody_becomes_another_by_what_the_form_does_not_ask_for(inside, office):
    more = {"role": "administrator", "is_staff": "on", "is_superuser": "on", "organisation": office.other_fund.pk}
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW, **more}

    assert inside.post(URL, typed).status_code == 302

    user = type(office.adviser).objects.get(pk=office.adviser.pk)
    assert (user.role, user.is_staff, user.is_superuser, user.organisation) == ("adviser", False, False, office.fund)
