"""A passkey is a second step: by the device that made it, for this site, and each answer once."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from cases.models import Passkey, SecurityEvent
from tests.cases.accounts.device import Device, options_of
from tests.cases.accounts.steps import APP, OWN, STEP, code_of, log_in, set_up, take

KEY = reverse("second_step_key")


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.SECOND_STEP_IS_DEMANDED = True


@pytest.fixture
def inside(client, office):
    """The adviser, with a passkey as the one second step."""
    log_in(client, office.adviser)
    client.device = Device()
    made = make(client, client.device)
    assert "Dine genopretningskoder" in made.content.decode()
    return client


@pytest.fixture
def door(inside, office):
    """The adviser at the door once more, with the device at hand."""
    inside.post(reverse("logout"))
    log_in(inside, office.adviser)
    return inside


def make(client, device, name="min telefon"):
    return client.post(KEY, {"name": name, "credential": device.make(options_of(client.get(KEY)))})


def answer(client, credential, page=STEP):
    return client.post(page, {"credential": credential})


def is_inside(client):
    return client.get("/").status_code == 200


def test_a_device_makes_a_key_and_answers_by_it_at_the_next_log_in(door, office):
    assert not is_inside(door)

    passed = answer(door, door.device.answer(options_of(door.get(STEP))), f"{STEP}?tilbage={OWN}")

    assert passed.url == OWN
    own = door.get(OWN).content.decode()
    assert "Adgangsnøgle »min telefon«" in own
    assert "sidst brugt" in own
    [passkey] = office.adviser.passkeys.all()
    assert (passkey.sign_count, passkey.used_at is not None) == (1, True)
    assert SecurityEvent.objects.filter(kind="factor_passed", detail="adgangsnøgle").count() == 2


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ({"origin": "https://testserver.example"}, {}),
        ({"site": "example.dk"}, {}),
        ({}, {"flags": 0}),
        ({"_key": "another"}, {}),
    ],
    ids=["another site's page", "another site's key", "nobody was there", "another key"],
)
def test_what_another_says_opens_nothing(door, lie, words):
    stranger = Device(**{name: value for name, value in lie.items() if name != "_key"})
    stranger.id = door.device.id
    if "_key" not in lie:
        stranger._key = door.device._key

    refused = answer(door, stranger.answer(options_of(door.get(STEP)), **words))

    assert refused.status_code == 422
    assert "svarede ikke med en af dine nøgler" in refused.content.decode()
    assert not is_inside(door)
    assert SecurityEvent.objects.filter(kind="factor_failed", detail="adgangsnøgle").count() == 1


@pytest.mark.parametrize("said", ["æ", "{}", "[]", "[" * 5000, '{"id": "AA", "rawId": "AA", "response": {}}'])
def test_what_is_no_answer_is_refused_and_no_failure(door, said):
    assert answer(door, said).status_code == 422
    assert not is_inside(door)


def test_an_answer_counts_once_and_for_what_was_asked_last(door, office):
    first, second = options_of(door.get(STEP)), options_of(door.get(STEP))
    assert answer(door, door.device.answer(first)).status_code == 422
    said = door.device.answer(options_of(door.get(STEP)))
    assert answer(door, said).status_code == 302

    log_in(door, office.adviser)
    door.get(STEP)
    assert answer(door, said).status_code == 422
    assert first["challenge"] != second["challenge"]


def test_a_copy_that_counts_backwards_opens_nothing(door, office):
    assert answer(door, door.device.answer(options_of(door.get(STEP)), counts=5)).status_code == 302
    log_in(door, office.adviser)

    assert answer(door, door.device.answer(options_of(door.get(STEP)), counts=0)).status_code == 422
    assert not is_inside(door)


def test_a_device_that_never_counts_is_good_enough(door, office):
    for _ in range(2):
        log_in(door, office.adviser)
        assert answer(door, door.device.answer(options_of(door.get(STEP)), counts=0)).status_code == 302


def test_the_key_of_one_opens_nothing_for_another(inside, office, client):
    other = type(client)()
    log_in(other, office.colleague)
    others = Device()
    make(other, others)
    log_in(other, office.adviser)
    options = options_of(other.get(STEP))

    options["allowCredentials"].append({"id": json.loads(others.make(options | {"user": {"id": ""}}))["id"]})
    assert answer(other, others.answer(options)).status_code == 422


def test_a_password_alone_adds_no_key_to_those_there_are(door):
    assert door.get(KEY).url == STEP
    assert (
        door.post(KEY, {"name": "min", "credential": Device().make({"user": {"id": ""}, "challenge": ""})}).url == STEP
    )
    assert Passkey.objects.count() == 1


def test_the_same_device_makes_no_second_key(inside):
    said = inside.device.make(options_of(inside.get(KEY)))

    refused = inside.post(KEY, {"name": "igen", "credential": said})

    assert "har en nøgle her i forvejen" in refused.content.decode()
    assert Passkey.objects.count() == 1


def test_keys_have_names_are_ten_at_most_and_all_but_the_last_can_be_removed(inside, office):
    assert "hvad adgangsnøglen skal hedde" in make(inside, Device(), name="").content.decode()
    for number in range(9):
        assert make(inside, Device(), name=f"nøgle {number}").status_code == 302
    assert "Du har 10 adgangsnøgler" in make(inside, Device()).content.decode()

    for one in office.adviser.passkeys.all():
        last = inside.post(reverse("second_step_key_forget", args=[one.public_id]), follow=True)

    assert "dit eneste andet trin" in last.content.decode()
    assert office.adviser.passkeys.count() == 1
    set_up(inside)
    [one] = office.adviser.passkeys.all()
    inside.post(reverse("second_step_key_forget", args=[one.public_id]))
    assert office.adviser.passkeys.count() == 0


def test_under_a_number_no_browser_makes_a_key_and_the_page_says_so(client, office, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "[::1]"]
    for host in ("127.0.0.1:8000", "[::1]:8000"):
        client.defaults["HTTP_HOST"] = host
        log_in(client, office.adviser)
        assert "er et nummer" in client.get(KEY).content.decode()
        assert KEY not in client.get(APP).content.decode()


def test_a_session_alone_locks_no_codes_by_answers_that_no_device_gave(inside, office, now):
    secret, _ = set_up(inside)
    for _ in range(5):
        assert answer(inside, "{}", reverse("prove_again")).status_code == 422
    assert SecurityEvent.objects.filter(kind="factor_failed", user=office.adviser).count() == 5

    log_in(inside, office.adviser)
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        assert take(inside, code_of(secret)).status_code == 302
