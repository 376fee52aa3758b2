"""Who tries to log in: one address is not all the world, no name is locked for all, and nothing large is read."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.accounts.login import client_address
from cases.unsaved import writer

LOG_IN = "/log-ind/"
PASSWORD = "den rigtige adgangskode"


@pytest.fixture
def user(office):
    office.adviser.set_password(PASSWORD)
    office.adviser.save()
    return office.adviser


@pytest.fixture
def behind_proxy(settings, client, now):
    """Logs in as a browser does at an address behind the documented proxy."""
    settings.AXES_ENABLED = True
    settings.TRUSTED_PROXIES = ("127.0.0.1", "10.1.0.0/16")

    def log_in(username, password, *, at, peer="127.0.0.1"):
        return client.post(
            LOG_IN,
            {"username": username, "password": password},
            headers={"X-Forwarded-For": at},
            REMOTE_ADDR=peer,
        )

    return log_in


def test_a_known_user_is_not_locked_for_everybody(user, behind_proxy):
    for _ in range(8):
        behind_proxy(user.username, "forkert", at="203.0.113.9")

    assert behind_proxy(user.username, PASSWORD, at="203.0.113.9").status_code == 429
    assert behind_proxy(user.username, PASSWORD, at="198.51.100.7").status_code == 302


def test_five_wrong_passwords_lock_the_user_at_that_address_and_say_until_when(user, behind_proxy):
    answers = [behind_proxy(user.username, "forkert", at="203.0.113.9") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "900"
    assert "Vent et kvarter" in answers[-1].content.decode()


def test_one_who_goes_on_does_not_lock_the_whole_office(user, behind_proxy):
    for _ in range(40):
        behind_proxy("karen", "forkert", at="203.0.113.9")

    assert behind_proxy(user.username, PASSWORD, at="203.0.113.9").status_code == 302


def test_many_users_once_each_from_one_address_are_stopped(user, behind_proxy):
    answers = [behind_proxy(f"bruger{n}", "forkert", at="203.0.113.9").status_code for n in range(60)]

    assert answers == [200] * 29 + [429] * 31
    assert behind_proxy(user.username, PASSWORD, at="198.51.100.7").status_code == 302


@pytest.mark.parametrize(
    ("peer", "said", "seen"),
    [
        pytest.param("127.0.0.1", "203.0.113.9", "203.0.113.9", id="by the proxy"),
        pytest.param("127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9", id="what the client claims stands first"),
        pytest.param("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9", id="by two proxies"),
        pytest.param("127.0.0.1", "2001:db8:1:2:3::4", "2001:db8:1:2::", id="the line of the new kind of address"),
        pytest.param("127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9", id="the old kind written as the new"),
        pytest.param("198.51.100.7", "203.0.113.9", "198.51.100.7", id="by a stranger"),
        pytest.param("127.0.0.1", "nonsense", "127.0.0.1", id="no address"),
        pytest.param("127.0.0.1", "", "127.0.0.1", id="nothing said"),
        pytest.param("", "203.0.113.9", None, id="over a socket that is not trusted"),
    ],
)
def test_only_our_own_proxy_is_believed_about_who_asks(peer, said, seen, settings, rf):
    settings.TRUSTED_PROXIES = ("127.0.0.1", "10.1.0.0/16")
    request = rf.get("/", headers={"X-Forwarded-For": said}, REMOTE_ADDR=peer)

    assert client_address(request) == seen


def test_a_proxy_on_a_socket_of_this_machine_may_be_trusted(settings, rf):
    settings.TRUSTED_PROXIES = ("unix",)

    assert client_address(rf.get("/", headers={"X-Forwarded-For": "203.0.113.9"}, REMOTE_ADDR="")) == "203.0.113.9"


# Size


@pytest.mark.parametrize("name", ["login", "cases:import", "cases:create"])
def test_nobody_who_has_not_logged_in_sends_what_is_large(db, name, client):
    answer = post(client, reverse(name), megabytes=2)

    assert answer.status_code == 413
    assert "for stort" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "megabytes", "status"),
    [("cases:create", 2, 413), ("cases:import", 2, 422), ("cases:import", 21, 422), ("cases:import", 41, 413)],
)
def test_a_page_takes_what_its_form_can_hold(office, name, megabytes, status, log_in):
    assert post(log_in(office.adviser), reverse(name), megabytes=megabytes).status_code == status


def post(client, url, *, megabytes):
    file = BytesIO(b"navn;by\n" * (megabytes * 1024 * 128))
    file.name = "fil.csv"
    return client.post(url, {"file": file})


def test_a_session_has_an_end_however_much_is_done_in_it(office, case, client, now):
    client.force_login(office.adviser)
    page = reverse("cases:correct", args=[case.public_id])
    for hours in range(12):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            assert client.get(page).status_code == 200

    with time_machine.travel(now + timedelta(hours=12, minutes=1), tick=False):
        sent = {"reason": "Skrevet til sidst", writer.FIELD: writer.token(office.adviser)}
        answer = client.post(page, sent)

        assert answer.url == f"/log-ind/?next={page}&bevaret=1"
        assert client.get(page).status_code == 302
        client.force_login(office.adviser)
        assert "Skrevet til sidst</textarea>" in client.get(page).content.decode()


def test_a_session_ends_two_hours_after_its_last_use(office, client, now):
    client.force_login(office.adviser)
    page, minutes = reverse("meetings:worklist"), [0, 119, 237, 355, 475]

    answers = []
    for since in minutes:
        with time_machine.travel(now + timedelta(minutes=since), tick=False):
            answers.append(client.get(page).status_code)

    # Each but the last came less than two hours after the one before.
    assert answers == [200, 200, 200, 200, 302]


def test_the_use_of_a_session_is_written_once_a_minute(office, client, now):
    client.force_login(office.adviser)
    page = reverse("cases:keep_alive")

    written = []
    for seconds in (0, 30, 59, 61):
        with (
            time_machine.travel(now + timedelta(seconds=seconds), tick=False),
            CaptureQueriesContext(connection) as ran,
        ):
            client.post(page)
        written.append(sum("UPDATE" in query["sql"] and "django_session" in query["sql"] for query in ran))

    assert written == [1, 0, 0, 1]
