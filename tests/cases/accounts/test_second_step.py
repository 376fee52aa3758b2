"""The second step of a log-in: what it opens, what is kept of it, and who guesses in vain."""

import io
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases.accounts import proof
from cases.accounts.leading import DOORS
from cases.models import AuthenticatorApp, RecoveryCode, SecurityEvent, User
from tests import test_access, world
from tests.cases.accounts.steps import APP, OWN, STEP, code_of, log_in, offered, set_up, take
from tests.test_access_to_administration import administration

WORKLIST = "/"


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.SECOND_STEP_IS_DEMANDED = True


@pytest.fixture
def door(client, office):
    """A browser of the adviser's, who has typed the password and nothing else yet."""
    log_in(client, office.adviser)
    return client


@pytest.fixture
def known(door):
    """The secret and the paper of the adviser, who has set up the app and stands at the door once more, a day later."""
    secret, paper = set_up(door)
    door.post(reverse("logout"))
    return secret, paper


def is_inside(client):
    return client.get(WORKLIST).status_code == 200


def at_the_door(client, user):
    log_in(client, user)
    return client


def later(now, **more):
    return time_machine.travel(now + timedelta(**more), tick=False)


def kinds(user):
    return list(SecurityEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


# The door


def test_after_the_password_every_page_leads_to_the_second_step(office, now, client, subtests):
    here = world.build(office, now, is_handed_over=False)
    for user, pages in ((office.adviser, ours(here)), (office.administrator, dict(administration()))):
        log_in(client, user)
        for name, url in pages.items():
            with subtests.test(page=name):
                for answer in (client.get(url), client.post(url)):
                    assert (answer.status_code, answer.url.partition("?")[0]) == (302, STEP)


def ours(here):
    """Each page but those that stand open to everybody, or are the way through the door."""
    steps = {"second_step", "second_step_app", "second_step_key"}
    names = set(test_access.PAGES) - steps - set(DOORS)
    return {name: test_access.address(name, test_access.PAGES[name], here) for name in sorted(names)}


def test_who_has_none_sets_one_up_and_goes_on_to_the_page_that_was_asked_for(door, office, case):
    page = reverse("meetings:course", args=[case.public_id])
    led = door.get(page, follow=True)
    assert led.redirect_chain == [(f"{STEP}?tilbage={page}", 302), (f"{APP}?tilbage={quote(page, safe='')}", 302)]
    assert case.citizen.name not in led.content.decode()
    assert "Arbejdsliste" not in led.content.decode()
    secret, sealed = offered(door, led.redirect_chain[-1][0])
    key = door.cookies["sessionid"].value

    given = door.post(led.redirect_chain[-1][0], {"password_offer": sealed, "one_time_password": code_of(secret)})

    assert "Dine genopretningskoder" in given.content.decode()
    assert f'href="{page}"' in given.content.decode()
    assert door.get(page).status_code == 200
    assert door.cookies["sessionid"].value != key
    assert kinds(office.adviser) == ["logged_in", "factor_changed", "factor_passed", "factor_changed"]


def test_part_of_a_page_leaves_the_page(door):
    assert door.get(WORKLIST, headers={"HX-Request": "true"}).headers["HX-Redirect"] == STEP


def test_a_code_of_the_app_is_the_second_step(known, client, office, now):
    with later(now, minutes=1):
        at_the_door(client, office.adviser)
        assert not is_inside(client)
        assert take(client, f" {code_of(known[0])[:3]} {code_of(known[0])[3:]} ", f"{STEP}?tilbage={OWN}").url == OWN
        assert is_inside(client)


def test_who_has_a_second_step_takes_it_also_where_none_is_demanded(known, client, office, settings):
    settings.SECOND_STEP_IS_DEMANDED = False

    assert log_in(client, office.colleague).status_code == 302
    assert is_inside(client)
    log_in(client, office.adviser)
    assert client.get(WORKLIST).url.startswith(STEP)


def test_the_first_second_step_ends_the_sessions_that_were_begun_without_one(client, office, settings):
    settings.SECOND_STEP_IS_DEMANDED = False
    elsewhere, colleague = type(client)(), type(client)()
    for browser, user in ((client, office.adviser), (elsewhere, office.adviser), (colleague, office.colleague)):
        log_in(browser, user)

    set_up(client)

    assert [is_inside(one) for one in (client, elsewhere, colleague)] == [True, False, True]
    assert "1 session" in SecurityEvent.objects.get(kind="session_ended", user=office.adviser).detail
    # It is as good a session as one that begins by both steps: also where they are demanded later on.
    settings.SECOND_STEP_IS_DEMANDED = True
    assert is_inside(client)


def test_another_second_step_leaves_the_sessions_that_took_one(known, client, office, now):
    elsewhere = type(client)()
    with later(now, minutes=1):
        log_in(elsewhere, office.adviser)
        take(elsewhere, code_of(known[0]))
    with later(now, minutes=2):
        log_in(client, office.adviser)
        take(client, code_of(known[0]))
        set_up(client)
        assert is_inside(elsewhere)


def test_a_password_alone_sets_up_no_second_app_beside_the_first(known, client, office):
    at_the_door(client, office.adviser)
    before = bytes(AuthenticatorApp.objects.get().secret_encrypted)

    assert client.get(APP).url == STEP
    assert client.post(APP, {"password_offer": "x", "one_time_password": "123456"}).url == STEP
    assert client.post(reverse("recovery_codes")).url == STEP
    assert client.post(reverse("second_step_app_forget")).url == STEP
    assert bytes(AuthenticatorApp.objects.get().secret_encrypted) == before


# Codes


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [(-60, False), (-30, True), (0, True), (30, True), (60, False)],
    ids=["a minute ago", "the one before", "the one of now", "the next one", "in a minute"],
)
def test_a_telephone_may_be_wrong_by_half_a_minute(known, client, office, now, seconds, is_taken):
    with later(now, minutes=10):
        at_the_door(client, office.adviser)
        take(client, code_of(known[0], at=now + timedelta(minutes=10, seconds=seconds)))

        assert is_inside(client) is is_taken


def test_a_code_holds_once_and_none_before_it_holds_any_more(known, client, office, now):
    with later(now, minutes=10):
        code, before = code_of(known[0]), code_of(known[0], at=now + timedelta(minutes=9, seconds=30))
        at_the_door(client, office.adviser)
        assert take(client, code).status_code == 302
        at_the_door(client, office.adviser)

        answers = [take(client, one) for one in (code, before)]

        assert [answer.status_code for answer in answers] == [422, 422]
        assert "hver kode virker kun én gang" in answers[0].content.decode()
    with later(now, minutes=11):
        assert take(client, code_of(known[0])).status_code == 302


def test_the_code_that_set_the_app_up_does_not_log_in(known, client, office):
    at_the_door(client, office.adviser)

    assert take(client, code_of(known[0])).status_code == 422


def test_five_wrong_codes_and_none_is_read_for_a_quarter_of_an_hour(known, client, office, now):
    with later(now, minutes=10):
        at_the_door(client, office.adviser)
        answers = [take(client, f"00000{n}").status_code for n in range(7)]
        refused = take(client, code_of(known[0]))

        assert answers == [422] * 5 + [429] * 2
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
        assert "Vent et kvarter" in refused.content.decode()
        assert kinds(office.adviser)[-8:] == ["factor_failed"] * 5 + ["limited"] * 3
        # A colleague of his is not kept out.
        assert log_in(type(client)(), office.colleague).status_code == 302
    with later(now, minutes=26):
        assert take(client, code_of(known[0])).status_code == 302


def test_a_code_on_paper_holds_once_however_it_is_typed(known, client, office):
    paper = known[1]
    assert len(set(paper)) == 10
    at_the_door(client, office.adviser)
    assert take(client, paper[3].lower().replace(" ", "-")).status_code == 302
    assert "der er 9 tilbage" in client.get(WORKLIST).content.decode()

    at_the_door(client, office.adviser)
    assert take(client, paper[3]).status_code == 422
    assert take(client, paper[4].replace("O", "0").replace("I", "1").replace("B", "8")).status_code == 302


def test_new_codes_on_paper_end_the_old_ones(known, client, office):
    at_the_door(client, office.adviser)
    take(client, known[1][0])

    given = client.post(reverse("recovery_codes")).content.decode()

    assert "vises kun denne ene gang" in given
    assert 'download="genopretningskoder.txt"' in given
    at_the_door(client, office.adviser)
    assert take(client, known[1][1]).status_code == 422
    assert not any(code in client.get(OWN, follow=True).content.decode() for code in known[1])


def test_a_picture_of_another_or_of_long_ago_sets_nothing_up(door, office, now):
    secret, sealed = offered(door)
    other = at_the_door(type(door)(), office.colleague)

    stolen = other.post(APP, {"password_offer": sealed, "one_time_password": code_of(secret)})
    with later(now, minutes=31):
        old = door.post(APP, {"password_offer": sealed, "one_time_password": code_of(secret)})
    nonsense = door.post(APP, {"password_offer": "æ" * 20, "one_time_password": code_of(secret)})

    assert [answer.status_code for answer in (stolen, old, nonsense)] == [422] * 3
    assert "for gammelt" in old.content.decode()
    assert not AuthenticatorApp.objects.exists()


def test_a_wrong_first_code_keeps_the_picture(door):
    secret, sealed = offered(door)

    again = door.post(APP, {"password_offer": sealed, "one_time_password": "000000"})

    assert again.status_code == 422
    assert sealed in again.content.decode()
    assert door.post(APP, {"password_offer": sealed, "one_time_password": code_of(secret)}).status_code == 200


def test_the_first_code_may_stand_as_the_app_shows_it(door):
    secret, sealed = offered(door)
    code = code_of(secret)

    told = door.post(APP, {"password_offer": sealed, "one_time_password": f" {code[:3]} {code[3:]} "})

    assert told.status_code == 200
    assert AuthenticatorApp.objects.exists()


# What is kept


def test_no_table_tells_a_secret_or_a_code(known):
    secret, paper = known
    app = AuthenticatorApp.objects.get()
    digests = " ".join(RecoveryCode.objects.values_list("digest", flat=True))

    assert secret.encode() not in bytes(app.secret_encrypted)
    assert len(bytes(app.secret_encrypted)) > 40
    assert not any(code.replace(" ", "") in digests or code in digests for code in paper)
    assert RecoveryCode.objects.count() == 10


def test_codes_are_kept_in_no_draft_and_offered_to_no_form_filler(door, office):
    page = door.get(STEP, follow=True).content.decode()

    assert 'autocomplete="one-time-code"' in page
    assert 'name="one_time_password"' in page


# Back again


def test_an_administrator_lets_somebody_begin_anew_and_both_see_it(known, client, office, now):
    inside = at_the_door(type(client)(), office.adviser)
    take(inside, known[1][0])
    assert is_inside(inside)
    administrators = at_the_door(client, office.administrator)
    set_up(administrators)
    user = reverse("admin:cases_user_change", args=[office.adviser.pk])
    page = reverse("admin:cases_user_step", args=[office.adviser.pk])
    assert f'href="{page}"' in administrators.get(user).content.decode()
    assert "ring tilbage på et nummer, du kender" in administrators.get(page).content.decode()

    said = administrators.post(page, follow=True).content.decode()

    assert "sætter et nyt andet trin op ved næste log ind" in said
    assert "Ikke sat op" in administrators.get(user).content.decode()
    assert not is_inside(inside)
    at_the_door(inside, office.adviser)
    assert take(inside, known[1][1]).url == APP
    set_up(inside)
    assert f"nulstillet af {office.administrator}" in inside.get(OWN).content.decode()
    assert SecurityEvent.objects.filter(kind="administered", user=office.administrator).exists()


def test_nobody_takes_their_own_away_there(client, office):
    administrators = at_the_door(client, office.administrator)
    set_up(administrators)

    assert administrators.post(reverse("admin:cases_user_step", args=[office.administrator.pk])).url == OWN
    assert AuthenticatorApp.objects.count() == 1


def test_the_last_second_step_cannot_be_taken_away(known, client, office):
    at_the_door(client, office.adviser)
    take(client, known[1][0])

    said = client.post(reverse("second_step_app_forget"), follow=True).content.decode()

    assert "dit eneste andet trin" in said
    assert AuthenticatorApp.objects.count() == 1


def test_a_command_helps_an_administrator_whom_nobody_else_can(known, office):
    said = io.StringIO()
    call_command("reset_second_step", "adviser", stdout=said)

    assert "ved næste log ind" in said.getvalue()
    assert not AuthenticatorApp.objects.exists()
    assert kinds(office.adviser)[-1] == "factor_changed"
    with pytest.raises(CommandError, match="findes ikke"):
        call_command("reset_second_step", "ingen")


def test_the_check_for_production_says_so_where_none_is_demanded(settings):
    assert proof.check() == []
    settings.SECOND_STEP_IS_DEMANDED = False
    assert [warning.id for warning in proof.check()] == ["cases.W002"]


def test_who_was_given_a_password_takes_the_second_step_first(door, office):
    User.objects.filter(pk=office.adviser.pk).update(must_change_password=True)

    assert door.get(WORKLIST).url.startswith(STEP)
    set_up(door)
    assert door.get(WORKLIST).url.startswith(reverse("own_password"))
