"""What a log-in gives and what ends it, and which password it asks for."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.urls import reverse

from config import settings as ours
from tests.filled_forms import opened, send

WORKLIST = "/"
PASSWORD = "  Ærø ligger 17 km fra Fyn, og dér bor ingen af os:  " + "ja " * 10


@pytest.fixture
def adviser(office):
    office.adviser.set_password(PASSWORD)
    office.adviser.save()
    return office.adviser


def log_in(client, user, password=PASSWORD):
    return client.post(reverse("login"), {"username": user.username, "password": password})


def is_inside(client):
    return client.get(WORKLIST).status_code == 200


def test_each_log_in_makes_a_new_key_that_no_script_reads(client, adviser):
    keys = []
    for _ in range(2):
        cookie = log_in(client, adviser).cookies["sessionid"]
        keys.append(cookie.value)

        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        assert is_inside(client)

    assert [re.fullmatch("[a-z0-9]{32}", key) is not None for key in keys] == [True, True]
    assert [Session.objects.filter(session_key=key).exists() for key in keys] == [False, True]


def test_who_logs_out_leaves_a_key_that_opens_nothing(client, adviser):
    key = log_in(client, adviser).cookies["sessionid"].value
    client.post(reverse("logout"))

    client.cookies["sessionid"] = key

    assert not is_inside(client)


def test_who_is_disabled_is_out_at_once(client, adviser):
    log_in(client, adviser)
    adviser.is_active = False
    adviser.save()

    assert not is_inside(client)


def test_who_is_enabled_again_finds_no_session_of_before(client, office, adviser):
    log_in(client, adviser)
    administrators, url = type(client)(), reverse("admin:cases_user_change", args=[adviser.pk])
    administrators.force_login(office.administrator)
    typed = opened(administrators, url)
    del typed["is_active"]

    administrators.post(url, typed)
    adviser.refresh_from_db()
    assert not adviser.is_active
    send(administrators, url, {"is_active": "on"})
    adviser.refresh_from_db()
    assert adviser.is_active

    assert not is_inside(client)
    assert administrators.get(url).status_code == 200


def test_a_new_password_ends_all_sessions_of_its_user(client, office, adviser):
    log_in(client, adviser)
    administrators, new = type(client)(), "et-helt-nyt-kodeord-7"
    administrators.force_login(office.administrator)
    given = administrators.post(reverse("admin:cases_user_invite", args=[adviser.pk]))

    assert not is_inside(client)
    assert log_in(client, adviser).status_code == 200
    chosen = client.get(urlsplit(given.context["link"]).path).url
    client.post(chosen, {"new_password1": new, "new_password2": new})
    assert log_in(client, adviser, new).status_code == 302


def test_a_password_is_taken_as_it_is_typed(client, adviser):
    assert log_in(client, adviser, PASSWORD.strip()).status_code == 200
    assert log_in(client, adviser, PASSWORD.lower()).status_code == 200
    assert log_in(client, adviser, PASSWORD[:64]).status_code == 200
    assert log_in(client, adviser).status_code == 302


@pytest.mark.parametrize(
    "password", [PASSWORD, "a b c d e f ", "øøøøøøøøøøøø", "x" * 100], ids=["long", "blanks", "one", "more"]
)
def test_any_signs_make_a_password(adviser, password):
    validate_password(password, adviser)


@pytest.mark.parametrize("password", ["elleve tegn", "password1234"])
def test_a_short_or_a_common_one_is_none(adviser, password):
    with pytest.raises(ValidationError):
        validate_password(password, adviser)


def test_the_field_is_hidden_and_open_to_a_password_manager(client, db):
    [field] = re.findall(r"<input[^>]*name=\"password\"[^>]*>", client.get(reverse("login")).content.decode())

    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field


def test_a_stored_password_is_slow_to_guess():
    # The tests themselves use a quick one.
    assert not hasattr(ours, "PASSWORD_HASHERS")
    assert global_settings.PASSWORD_HASHERS[0].endswith(".PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher.iterations >= 600_000
