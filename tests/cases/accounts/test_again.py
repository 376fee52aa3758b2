"""What matters is done by who has proved lately who they are; nothing typed is lost by the question."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from cases.accounts.proof import WHAT_GUARDS, WHAT_MATTERS
from cases.models import Role, SecurityEvent, User
from cases.unsaved import writer
from tests import test_access, world
from tests.cases.accounts.device import Device, options_of
from tests.cases.accounts.steps import APP, OWN, STEP, code_of, log_in, set_up, take
from tests.factories import PASSWORD
from tests.filled_forms import opened
from tests.test_access_to_administration import administration

PROOF = reverse("prove_again")


def later(now, minutes):
    return time_machine.travel(now + timedelta(minutes=minutes), tick=False)


def prove(client, page=PROOF, password=PASSWORD):
    return client.post(page, {"password": password})


@pytest.fixture
def inside(client, office):
    log_in(client, office.adviser)
    client.get("/")
    return client


def asks(client, url):
    """Whether a press on it, or a look at it, leads to the question first."""
    answers = [client.get(url), client.post(url)]
    return [answer.headers.get("Location", "").startswith(PROOF) for answer in answers]


def test_half_an_hour_after_the_log_in_all_that_matters_asks_once_more(office, now, client, subtests):
    here = world.build(office, now, is_handed_over=False)
    pages = {f"admin:{name}": url for name, url in administration()}
    pages |= {name: test_access.address(name, page, here) for name, page in test_access.PAGES.items()}
    assert {*WHAT_MATTERS, *WHAT_GUARDS} <= set(pages)
    for user, names in (
        (office.colleague, [name for name in (*WHAT_MATTERS, *WHAT_GUARDS) if not name.startswith("admin:")]),
        (office.administrator, [name for name in WHAT_MATTERS if name.startswith("admin:")]),
    ):
        log_in(client, user)
        client.get("/")
        for name in names:
            with subtests.test(page=name):
                with later(now, 29), world.undone():
                    assert asks(client, pages[name]) == [False, False]
                with later(now, 31):
                    assert asks(client, pages[name]) == [True, True]


def test_a_proof_leads_on_with_a_new_key_and_lasts_half_an_hour(inside, office, now):
    with later(now, 40):
        led = inside.get(APP)
        assert led.url == f"{PROOF}?tilbage={APP}"
        key = inside.cookies["sessionid"].value

        assert prove(inside, led.url).url == APP
        assert inside.get(APP).status_code == 200
        assert inside.cookies["sessionid"].value != key
        assert SecurityEvent.objects.filter(kind="proved_again", user=office.adviser).count() == 1
    with later(now, 69):
        assert inside.get(APP).status_code == 200
    with later(now, 71):
        assert inside.get(APP).url.startswith(PROOF)
        assert inside.get("/").status_code == 200


def test_a_whole_number_is_asked_for_once_more_from_the_page_where_it_was(inside, case, now):
    page, show = (reverse(name, args=[case.public_id]) for name in ("meetings:course", "cases:show_cpr"))
    with later(now, 31):
        part = inside.post(show, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"})
        assert part.headers["HX-Redirect"] == f"{PROOF}?tilbage={page}&igen=1"

        back = inside.post(part.headers["HX-Redirect"], {"password": PASSWORD}, follow=True)

        assert back.redirect_chain == [(page, 302)]
        assert "Tak. Gør det nu én gang til." in back.content.decode()
        assert case.citizen.cpr_number in inside.post(show).content.decode()


def test_a_list_is_taken_out_from_the_page_that_stands(inside, now):
    with later(now, 31):
        asked = inside.get(
            reverse("meetings:worklist_export", args=["csv"]), headers={"Referer": "http://testserver/?q=1"}
        )

        assert asked.url == f"{PROOF}?tilbage=/%3Fq%3D1&igen=1"


def test_what_was_typed_stands_in_the_form_after_the_proof(client, office, now):
    log_in(client, office.administrator)
    page = reverse("admin:cases_user_change", args=[office.adviser.pk])
    typed = opened(client, page) | {"first_name": "Skrevet", "role": str(Role.TEAM_LEADER)}
    with later(now, 31):
        token = {writer.FIELD: writer.token(office.administrator)}
        asked = client.post(page, typed | token, headers={"Referer": f"http://testserver{page}"})
        assert asked.url == f"{PROOF}?tilbage={page}&igen=1"
        assert User.objects.get(pk=office.adviser.pk).role == Role.ADVISER

        back = client.post(asked.url, {"password": PASSWORD}, follow=True)

        assert 'value="Skrevet"' in back.content.decode()
        client.post(page, opened(client, page))
    changed = User.objects.get(pk=office.adviser.pk)
    assert (changed.first_name, changed.role) == ("Skrevet", Role.TEAM_LEADER)


# Whoever has two steps


KEY = reverse("second_step_key")


@pytest.fixture
def device(inside):
    """The key of the adviser, who is inside by the password and then by it."""
    device = Device()
    made = device.make(options_of(inside.get(KEY)))
    inside.post(KEY, {"name": "min telefon", "credential": made})
    return device


def test_a_key_is_as_good_as_the_password_before_what_matters(inside, device, case, now):
    page, show = (reverse(name, args=[case.public_id]) for name in ("meetings:course", "cases:show_cpr"))
    with later(now, 31):
        led = inside.post(show, headers={"Referer": f"http://testserver{page}"}).url
        asked = options_of(inside.get(led))
        assert inside.post(led, {"credential": Device().make(asked | {"user": {"id": "x"}})}).status_code == 422
        assert inside.post(show).status_code == 302

        assert inside.post(led, {"credential": device.answer(options_of(inside.get(led)))}).url == page
        assert case.citizen.cpr_number in inside.post(show).content.decode()


def test_what_guards_the_account_asks_for_both_steps(inside, office, now):
    secret, _ = set_up(inside)
    forget = reverse("recovery_codes")
    with later(now, 31):
        assert inside.post(forget).url.startswith(PROOF)
        assert prove(inside).status_code == 302
        # The password alone is enough for the rest, and for this it is not.
        assert inside.get(reverse("meetings:worklist_export", args=["csv"])).status_code == 200
        led = inside.post(forget, headers={"Referer": f"http://testserver{OWN}"}).url
        assert led == f"{STEP}?tilbage={OWN}&igen=1"
        assert f'href="{OWN}">Annullér' in inside.get(led).content.decode()

        back = inside.post(led, {"one_time_password": code_of(secret)}, follow=True)

        assert back.redirect_chain == [(OWN, 302)]
        assert "Tak. Gør det nu én gang til." in back.content.decode()
        assert inside.post(forget).status_code == 200
        assert inside.get(APP).status_code == 200
    with later(now, 62):
        assert inside.get(APP).url.startswith(PROOF)


def test_a_new_password_asks_for_both_steps(inside, office, now):
    """Who sits before somebody's session and saw the old password does not get the account by it."""
    secret, _ = set_up(inside)
    page, new = reverse("own_password"), "fire lange grå heste"
    typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    with later(now, 31):
        prove(inside)
        led = inside.post(page, typed, headers={"Referer": f"http://testserver{page}"}).url
        assert led == f"{STEP}?tilbage={page}&igen=1"
        assert User.objects.get(pk=office.adviser.pk).check_password(PASSWORD)

        assert inside.post(led, {"one_time_password": code_of(secret)}).url == page
        assert inside.post(page, typed).status_code == 302
    assert User.objects.get(pk=office.adviser.pk).check_password(new)


def test_to_be_asked_for_the_second_step_stops_nothing_else(inside, office, now, case):
    """In other tabs the work goes on, whether it is looked at, saved or kept as a draft."""
    set_up(inside)
    note, draft = reverse("cases:note_add", args=[case.public_id]), reverse("cases:unsaved_draft")
    with later(now, 31):
        prove(inside)
        assert inside.get(APP).url == f"{STEP}?tilbage={APP}"

        assert inside.get("/").status_code == 200
        assert inside.post(draft, {"kladde_til": note, "text": "En kladde."}).status_code == 200
        inside.post(note, {"text": "Ringet op."})
    assert case.notes.get().text == "Ringet op."


def test_the_name_of_a_key_stands_in_the_form_after_the_second_step(inside, office, now):
    secret, _ = set_up(inside)
    with later(now, 31):
        prove(inside)
        typed = {"name": "nøglen i skuffen", "credential": "{" + "x" * 50, writer.FIELD: writer.token(office.adviser)}
        led = inside.post(KEY, typed, headers={"Referer": f"http://testserver{KEY}"}).url
        assert led == f"{STEP}?tilbage={KEY}&igen=1"

        back = inside.post(led, {"one_time_password": code_of(secret)}, follow=True)

        assert back.redirect_chain == [(KEY, 302)]
        assert 'value="nøglen i skuffen"' in back.content.decode()
        assert "xxx" not in back.content.decode()


def test_only_who_types_the_password_has_a_code_read_once_more(inside, office, now):
    """Who sits before somebody's session by itself can neither guess nor lock the codes of its owner."""
    secret, _ = set_up(inside)
    with later(now, 31):
        assert [take(inside, f"00000{n}").status_code for n in range(6)] == [302] * 6
        assert not SecurityEvent.objects.filter(kind="factor_failed").exists()


def test_a_key_alone_does_not_take_another_away(inside, device, now):
    with later(now, 31):
        led = inside.get(KEY).url
        assert inside.post(led, {"credential": device.answer(options_of(inside.get(led)))}).url == KEY
        assert inside.get(KEY).url == led
        assert "data-passkey" not in inside.get(led).content.decode()
        assert prove(inside, led).url == KEY
        assert inside.get(KEY).status_code == 200


def test_a_wrong_password_is_told_noted_and_stopped_as_at_the_log_in(inside, office, settings):
    wrong = prove(inside, password="forkert")
    assert wrong.status_code == 422
    assert "Det er ikke din adgangskode" in wrong.content.decode()
    assert SecurityEvent.objects.filter(kind="log_in_failed", user=office.adviser).count() == 1
    assert prove(inside, password="").status_code == 422

    settings.AXES_ENABLED = True
    answers = [prove(inside, password="forkert").status_code for _ in range(6)]
    assert answers[-1] == 429
    assert prove(inside).status_code == 429


def test_it_leads_to_no_foreign_page(inside):
    assert prove(inside, f"{PROOF}?tilbage=https://example.dk/").url == "/"
    assert prove(inside, f"{PROOF}?tilbage=//example.dk/").url == "/"
