"""The pages that register and correct: how a meeting was really held, and what can be put right on a closed case."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from cases.closing import services as closing_services
from cases.models.cases import CloseReason
from cases.ui.case_tabs import Tab
from meetings.channel import fund_presence
from meetings.models import FundWish
from tests import factories
from tests.filled_forms import send
from tests.meetings.booking.steps import Visitor, said, standing_at, url
from tests.meetings.steps import HALF_AN_HOUR, WEDNESDAY_TEN
from tests.meetings.unbooked.steps import enter


@pytest.fixture
def adviser(client, office):
    return Visitor(client, office.adviser)


@pytest.fixture
def begun(book):
    """A meeting booked in person, at the hour at which it begins."""
    meeting = book()
    with standing_at(WEDNESDAY_TEN):
        yield meeting


def test_the_channel_that_was_booked_is_proposed_and_another_is_told_beside_it(adviser, begun):
    page = adviser.look("register", begun)
    assert page.context["form"]["held_channel"].value() == "attendance"
    assert "Blev samtalen holdt på en anden måde end personligt fremmøde?" in said(page)

    adviser.send("register", begun, outcome="held", guided="ja", held_channel="telephone", slot="none")

    assert "Telefon, booket som personligt fremmøde" in said(adviser.client.get(Tab.TALKS.url_of(begun.case.public_id)))


def test_what_was_agreed_last_and_the_effort_stand_beside_the_talk(adviser, begun, case, office):
    enter(case, office.adviser, WEDNESDAY_TEN, note="Søger job som kok inden mandag.", is_six_weeks_guided=True)

    page = said(adviser.look("register", begun))

    assert "Søger job som kok inden mandag." in page
    assert "borgeren har ikke valgt." in page
    assert "Der er ingen plan endnu." in page
    assert "Ret og pligt" in page
    talk = urlencode({"tilbage": url("register", begun)})
    assert f"{url('channel', case)}?{talk}" in page
    assert f"{reverse('cases:plan_write', args=[case.public_id])}?{talk}" in page


def test_a_wish_that_is_changed_in_the_middle_of_the_talk_leads_back_to_it(adviser, begun, case):
    talk = url("register", begun)
    address = f"{url('channel', case)}?{urlencode({'tilbage': talk})}"
    assert f'href="{talk}">Annullér' in said(adviser.client.get(address))

    typed = {"channel": "video", "covers": "all", "chosen_on": "06-05-2026"}
    answer = send(adviser.client, address, typed)

    assert answer.url == talk
    assert "borgerens valg er video." in said(adviser.client.get(answer.url))


@pytest.mark.parametrize("elsewhere", ["https://x.example/", "//x.example/", "/\\x.example/", "sager/"])
def test_the_way_back_leads_to_no_other_site(adviser, case, elsewhere):
    address = f"{url('channel', case)}?{urlencode({'tilbage': elsewhere})}"
    answer = send(adviser.client, address, {"channel": "video", "covers": "all", "chosen_on": "04-05-2026"})
    assert answer.url == case.get_absolute_url()


def test_the_wish_for_the_fund_is_recorded_with_the_talk(adviser, begun, case):
    assert "Ønsker borgeren a-kassen med til den første samtale i jobcentret?" in said(adviser.look("register", begun))

    adviser.send("register", begun, outcome="held", guided="ja", slot="none", fund_wish="ja")

    page = said(adviser.client.get(Tab.HISTORY.url_of(case.public_id)))
    assert "Borgeren ønsker a-kassen med til den første samtale i jobcentret." in page
    assert FundWish.objects.get().is_wished


def test_a_page_opened_before_another_recorded_the_wish_does_not_overwrite_it_unseen(adviser, begun, case, office):
    outcome = {"outcome": "held", "guided": "ja", "slot": "none"}
    opened = adviser.shown("register", begun)
    fund_presence.wish_fund_at_first(case_id=case.pk, wish=False, by=office.colleague, at=WEDNESDAY_TEN)

    answer = adviser.client.post(url("register", begun), {**opened, **outcome, "fund_wish": "ja"})

    assert answer.status_code == 422
    assert "En anden har registreret, at borgeren ønsker ikke a-kassen med" in said(answer)
    assert not FundWish.objects.get().is_wished
    form = answer.context["form"]
    again = {**opened, **outcome, **{name: form[name].value() for name in ("fund_wish", "fund_wish_seen")}}
    assert adviser.client.post(url("register", begun), again).status_code == 302
    assert FundWish.objects.get().is_wished


def test_a_wish_that_the_page_only_showed_does_not_overwrite_a_later_one(adviser, begun, case, office):
    fund_presence.wish_fund_at_first(case_id=case.pk, wish=True, by=office.adviser, at=WEDNESDAY_TEN)
    opened = adviser.shown("register", begun)
    fund_presence.wish_fund_at_first(case_id=case.pk, wish=False, by=office.colleague, at=WEDNESDAY_TEN)

    adviser.client.post(url("register", begun), {**opened, "outcome": "held", "guided": "ja", "slot": "none"})

    begun.refresh_from_db()
    assert (begun.status, FundWish.objects.get().is_wished) == ("held", False)


def test_a_registration_that_another_corrected_meanwhile_is_not_overwritten_unseen(adviser, begun):
    adviser.send("register", begun, outcome="held", note="Ved mig.", guided="ja", slot="none")
    opened = adviser.shown("correct", begun)
    adviser.send("correct", begun, note="Ved kollegaen.", reason="Skrevet forkert.")

    answer = adviser.client.post(url("correct", begun), {**opened, "note": "Ved mig igen.", "reason": "Bedre ord."})

    assert answer.status_code == 422
    assert "Registreringen er ændret, mens du skrev" in said(answer)
    assert "Der står nu: <strong>Ved kollegaen.</strong>." in said(answer)
    begun.refresh_from_db()
    assert begun.note == "Ved kollegaen."


def test_the_receipt_leads_on_to_the_next_of_my_list(adviser, begun, case, office, now):
    citizen = factories.citizen_details(name="Bo Næste")
    other = factories.case(office, registered_on=now.date(), citizen=citizen)
    waiting = factories.book(other, office.adviser, WEDNESDAY_TEN - HALF_AN_HOUR * 2, at=now)

    answer = adviser.send("register", begun, outcome="held", guided="ja", slot="none")

    following = f"{reverse('meetings:next_row')}?efter={case.public_id}"
    assert f'<a href="{following}">Næste på min liste</a>' in said(adviser.client.get(answer.url))
    assert adviser.client.get(following).url == url("register", waiting)
    adviser.send("register", waiting, outcome="held", guided="ja", slot="none")
    # The next of the other case is to be booked; the case itself is passed by.
    assert adviser.client.get(following).url == other.get_absolute_url()
    assert adviser.client.get(f"{reverse('meetings:next_row')}?efter={other.public_id}").url == case.get_absolute_url()


@pytest.mark.parametrize(("outcome", "leads_on"), [("absent", True), ("absent_accepted", False), ("absent_ill", False)])
def test_who_stayed_away_without_a_reason_leads_to_what_follows_and_the_others_from_their_case(
    adviser, begun, case, outcome, leads_on
):
    after = reverse("meetings:no_show", args=[begun.public_id])

    answer = adviser.send("register", begun, outcome=outcome, slot="none")

    assert answer.status_code == 302
    assert answer.url.startswith(after) == leads_on
    assert after in said(adviser.client.get(Tab.TALKS.url_of(case.public_id)))


def test_nobody_is_next_when_all_is_done(client, office):
    client.force_login(office.caseworker)
    answer = client.get(reverse("meetings:next_row"), follow=True)
    assert "Der er ikke mere på din liste lige nu." in said(answer)


def test_a_closed_case_shows_the_way_to_put_right_what_happened(adviser, begun, case, office):
    close(case, office)
    assert f"/samtaler/{begun.public_id}/udfald/" in said(adviser.client.get(Tab.TALKS.url_of(case.public_id)))

    assert adviser.send("register", begun, outcome="absent", note="Kom ikke.").status_code == 302
    assert f"/samtaler/{begun.public_id}/ret/" in said(adviser.client.get(Tab.TALKS.url_of(case.public_id)))
    adviser.send(
        "correct", begun, outcome="held", guided="ja", held_channel="video", note="Kom alligevel.", reason="Tastefejl."
    )

    page = said(adviser.client.get(Tab.WHOLE.url_of(case.public_id)))
    assert "Video, booket som personligt fremmøde" in page
    assert "»Borgeren udeblev uden grund« er rettet til »Samtalen blev holdt«" in page
    assert "samtaleformen er rettet fra personligt fremmøde til video, notatet er rettet" in page
    assert "Kom ikke." in page


def test_nothing_is_booked_or_moved_on_a_closed_case(adviser, begun, case, office):
    close(case, office)

    page = said(adviser.client.get(Tab.TALKS.url_of(case.public_id)))
    assert f"/samtaler/{begun.public_id}/flyt/" not in page
    assert f"/sager/{case.public_id}/book/" not in page


def close(case, office):
    case.refresh_from_db()
    closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.MISTAKE,
        closed_on=WEDNESDAY_TEN.date(),
        by=office.adviser,
        at=WEDNESDAY_TEN,
    )
