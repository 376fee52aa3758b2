"""Where somebody is logged in: seen by nobody else, and ended by a press."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse

from cases.accounts.own_sessions import device_of
from cases.models import SecurityEvent
from tests.cases.accounts.steps import OWN, log_in

END = reverse("end_session")
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36"
EDGE, FIREFOX = f"{WINDOWS} Edg/143.0", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def here(client, office):
    client.defaults["HTTP_USER_AGENT"] = EDGE
    log_in(client, office.adviser)
    return client


@pytest.fixture
def there(client, office, now):
    """On a telephone, since three hours, and used a quarter of an hour ago."""
    there = type(client)()
    there.defaults |= {"HTTP_USER_AGENT": IPHONE, "REMOTE_ADDR": "203.0.113.9"}
    for ago in (180, 100, 15):
        with time_machine.travel(now - timedelta(minutes=ago), tick=False):
            if ago == 180:
                log_in(there, office.adviser)
            there.get("/")
    return there


def is_inside(client):
    return client.get("/").status_code == 200


def shown(client):
    """What the page says of each session, and the mark of each that can be ended."""
    page = client.get(OWN).content.decode()
    listed = re.search(r'<ul class="sessions">(.*?)</ul>', page, re.DOTALL)[1]
    said = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in re.findall("<p>(.*?)</p>", listed, re.DOTALL)]
    return said, re.findall(r'name="mark" value="(\w+)"', listed)


def test_each_of_ones_own_sessions_is_listed_with_device_address_and_times(there, here):
    said, marks = shown(here)

    assert said == [
        "Edge på Windows , 127.0.0.1 Logget ind 4. maj 2026 10.00, den browser, du sidder ved",
        "Safari på iPhone , 203.0.113.9 Logget ind 4. maj 2026 07.00, sidst brugt 4. maj 2026 09.45",
    ]
    assert len(marks) == 1
    keys = Session.objects.values_list("session_key", flat=True)
    assert not any(key in here.get(OWN).content.decode() for key in keys)


def test_one_that_has_ended_by_itself_is_not_listed(there, here, now):
    with time_machine.travel(now + timedelta(minutes=100), tick=False):
        here.get("/")
    with time_machine.travel(now + timedelta(minutes=110), tick=False):
        assert len(shown(here)[0]) == 1


def test_one_is_ended_and_the_others_go_on(there, here, office):
    third = type(here)()
    log_in(third, office.adviser)
    marks = dict(zip([text.split(" ,")[0] for text in shown(here)[0][1:]], shown(here)[1], strict=True))
    mark = marks["Safari på iPhone"]
    said = here.post(END, {"mark": mark}, follow=True).content.decode()

    assert "Du er logget ud der." in said
    assert [is_inside(one) for one in (here, there, third)] == [True, False, True]
    assert SecurityEvent.objects.filter(kind="session_ended", user=office.adviser).count() == 1
    assert "i forvejen" in here.post(END, {"mark": mark}, follow=True).content.decode()


def test_all_others_are_ended_at_once_and_nobody_elses(there, here, office):
    colleague = type(here)()
    log_in(colleague, office.colleague)

    here.post(END)

    assert [is_inside(one) for one in (here, there, colleague)] == [True, False, True]
    assert shown(here)[1] == []


def test_nobody_ends_the_session_of_another(here, office):
    colleague = type(here)()
    log_in(colleague, office.colleague)
    log_in(type(here)(), office.colleague)
    [mark] = shown(colleague)[1]

    said = here.post(END, {"mark": mark}, follow=True).content.decode()

    assert "i forvejen" in said
    assert shown(colleague)[1] == [mark]


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (EDGE, "Edge på Windows"),
        (WINDOWS, "Chrome på Windows"),
        (FIREFOX, "Firefox på Linux"),
        (IPHONE, "Safari på iPhone"),
        ("curl/8", "En browser på en ukendt enhed"),
        ("", "En browser på en ukendt enhed"),
    ],
)
def test_a_browser_is_told_in_a_few_words(agent, said):
    assert device_of(agent) == said
