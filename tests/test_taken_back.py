"""Changes that are taken back on the page where a user does it; `docs/ways-back.md` names the tests."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from cases.models import Case, PlanVersion
from meetings.models import ListJob
from tests import factories
from tests.cases.corrections.test_pages import course_of
from tests.cases.intake.test_intake import typed_case
from tests.cases.intake.test_returning import left, typed  # noqa: F401 - a fixture
from tests.cases.pages import said, url
from tests.cases.pauses.test_pages import pause_of
from tests.cases.plans import test_aims, test_pages
from tests.cases.plans.test_aims import in_january, young  # noqa: F401 - fixtures
from tests.meetings.booking.steps import Visitor
from tests.meetings.due.steps import DAY, MINUTE, run, to
from tests.meetings.list_jobs.steps import cases_with_talks, work
from tests.meetings.steps import WEDNESDAY_TEN
from tests.referrals.offers.test_pages import TYPED as OFFER


@pytest.fixture
def adviser(client, office):
    return Visitor(client, office.adviser)


@pytest.fixture
def caseworker(client, office):
    return Visitor(client, office.caseworker)


def post(visitor, name, thing, **fields):
    """Post to a page with the version of the case that there is now."""
    fields.setdefault("version", thing.version if isinstance(thing, Case) else "")
    answer = visitor.client.post(reverse(name, args=[thing.public_id]), fields)
    assert answer.status_code == 302, answer.context["form"].errors
    if isinstance(thing, Case):
        thing.refresh_from_db()
    return said(answer)


def due_days(case):
    return list(case.required_meetings.current().order_by("pk").values_list("number", "due_on"))


def test_an_outcome_is_put_right_with_a_reason_and_the_history_keeps_both(adviser, case, office, now):
    meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
    with time_machine.travel(WEDNESDAY_TEN + timedelta(hours=1), tick=False):
        adviser.send("register", meeting, outcome="absent", slot="none")
        adviser.send("correct", meeting, outcome="held", guided="ja", reason="Tastefejl.")

    meeting.refresh_from_db()
    assert meeting.status == "held"
    told = case.events.get(kind="meetings.outcome_corrected").text
    assert "»Borgeren udeblev uden grund« er rettet til »Samtalen blev holdt«" in told


def test_the_channel_is_chosen_again_and_the_latest_counts(adviser, case, office, now):
    meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
    for channel in ("telephone", "attendance"):
        adviser.send("channel", case, channel=channel)

    meeting.refresh_from_db()
    assert (meeting.channel, case.events.filter(kind="meetings.channel_chosen").count()) == ("attendance", 2)


def test_the_wish_for_the_a_kasse_is_said_and_then_the_other(caseworker, office, now):
    case = factories.case(office, registered_on=now.date() - 98 * DAY)
    meeting = factories.book(case, office.caseworker, WEDNESDAY_TEN, at=now)
    for wish, attends in (("yes", True), ("no", False)):
        post(caseworker, "meetings:fund_wish", meeting, wish=wish)
        meeting.refresh_from_db()
        assert meeting.fund_attends is attends
    assert case.events.filter(kind__in=["meetings.fund_invited", "meetings.fund_declined"]).count() == 2


def test_a_video_link_is_given_and_then_another(adviser, case, office, now):
    adviser.send("channel", case, channel="video")
    meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now, place="https://moede.example.dk/1")
    for link in ("https://moede.example.dk/2", "https://moede.example.dk/3"):
        meeting.refresh_from_db()
        assert adviser.send("link", meeting, place=link).status_code == 302

    meeting.refresh_from_db()
    assert (meeting.place, case.events.filter(kind="meetings.link_given").count()) == ("https://moede.example.dk/3", 2)


def test_a_case_that_was_opened_by_mistake_is_closed_with_that_reason(adviser, office):
    adviser.client.post(reverse("cases:create"), typed_case(office))
    case = Case.objects.get()

    post(adviser, "cases:close", case, reason="mistake", closed_on="04-05-2026")

    assert (case.is_open, case.close_reason) == (False, "mistake")
    kinds = case.events.filter(kind__startswith="cases.").order_by("pk").values_list("kind", flat=True)
    assert [*kinds] == ["cases.opened", "cases.closed"]


@pytest.mark.usefixtures("now")
def test_a_citizen_who_came_back_by_a_slip_has_the_pause_corrected_and_the_case_closed_again(adviser, office, left):  # noqa: F811 - the fixture
    asked = adviser.client.post(url("create"), typed(left, office))
    assert (asked.status_code, Case.objects.get().is_open) == (422, False)
    adviser.client.post(url("create"), typed(left, office, meanwhile="employment"))
    left.refresh_from_db()
    pause = left.pauses.get()
    assert left.is_open

    days = {"first": "13-04-2026", "last": "26-04-2026"}
    post(adviser, "cases:pause_change", pause, **pause_of(left, kind="employment", **days))
    left.refresh_from_db()
    post(adviser, "cases:close", left, reason="work", closed_on="04-05-2026")

    pause.refresh_from_db()
    assert (f"{pause.period.last_day:%d-%m-%Y}", left.is_open) == ("26-04-2026", False)


def test_a_correction_of_the_course_is_corrected_again(adviser, case):
    before = due_days(case)
    for day in ("20-04-2026", "13-04-2026"):
        post(adviser, "cases:correct", case, **course_of(case, registered_on=day, placed_on=day))

    assert [row for row in due_days(case) if row in before] == before
    assert case.events.filter(kind="cases.corrected").count() == 2


def test_paid_hours_are_recorded_recorded_again_and_taken_away(adviser, case):
    for hours, kept in (("80,50", ["80.50"]), ("81", ["81.00"]), ("", [])):
        post(adviser, "cases:hours", case, month="2026-04-01", hours=hours)
        assert [str(row.hours) for row in case.benefit_hours.all()] == kept
    assert case.events.filter(kind="cases.hours_recorded").count() == 3


def test_what_the_law_moved_is_moved_back_when_the_fact_is_put_right(adviser, case):
    before = due_days(case)
    post(adviser, "cases:pause_add", case, **pause_of(case))
    assert due_days(case) != before

    told = post(adviser, "cases:pause_remove", case.pauses.get(), version=case.version, reason="Blev hjemme.")

    assert "er flyttet fra" in told
    assert sorted(due_days(case)) == sorted(before)


def test_min_plan_gets_a_new_version_and_the_old_one_stays_readable(adviser, case):
    for version, goal in enumerate(("Lagermedarbejder", "Chauffør")):
        post(adviser, "cases:plan_write", case, **test_pages.typed(version, job_goal=goal))

    assert PlanVersion.objects.filter(case=case).count() == 2
    old = adviser.client.get(reverse("cases:plan_version", args=[case.public_id, 1])).content.decode()
    assert "Det er en ældre version." in old
    assert ("Lagermedarbejder" in old, "Chauffør" in old) == (True, False)


@pytest.mark.usefixtures("in_january")
def test_an_aim_is_decided_anew_and_both_stand(caseworker, young):  # noqa: F811 - the fixture
    for number, reasons in enumerate(("Job passer bedst.", "Job passer stadig bedst.")):
        post(caseworker, "cases:aim", young, **test_aims.typed(version=number, reasons=reasons))

    shown = caseworker.client.get(url("aim", young)).content.decode()
    assert "Job passer bedst." in shown
    assert "Job passer stadig bedst." in shown
    assert young.events.filter(kind="aims.decided").count() == 2


def test_an_offer_is_cancelled_with_a_reason_and_nobody_hears_of_it(caseworker, case, settings, tmp_path, now):
    settings.POST_FOLDER = tmp_path
    post(caseworker, "referrals:offer_grant", case, **OFFER)
    offer = case.offers.get()

    post(caseworker, "referrals:offer_cancel", offer, version=offer.version, reason="Fejl.")

    offer.refresh_from_db()
    assert (offer.status, offer.cancel_reason) == ("cancelled", "Fejl.")
    run(now + 11 * MINUTE)
    assert not list(tmp_path.rglob("*.xml"))


def test_a_message_that_has_gone_is_put_right_by_a_new_one(adviser, case, office, now):
    meeting = factories.book(case, office.adviser, now + 8 * DAY, at=now)
    run(now + 11 * MINUTE)
    with time_machine.travel(now + DAY, tick=False):
        assert adviser.send("cancel", meeting, reason="adviser").status_code == 302

    run(now + DAY + 11 * MINUTE)

    invited, cancelled = to(case.citizen)
    assert invited.subject.startswith("Indkaldelse til samtale")
    assert cancelled.subject.endswith("er aflyst")
    assert case.events.filter(kind="cases.message_sent").count() == 2


def test_a_text_to_many_is_undone_on_its_receipt_and_is_not_sent(client, office, now):
    cases = cases_with_talks(office, 2, at=now, talks=False)
    client.force_login(office.leader)
    job = client.post(reverse("meetings:list_job_choose"), {"sag": [str(case.public_id) for case in cases]}).url
    client.post(f"{job}?handling=message", {"title": "Vi flytter", "text": "Til Torvet 1."})
    client.post(f"{job}udfoer/")
    work(now)
    assert f"{job}fortryd/" in client.get(job).content.decode()

    client.post(f"{job}fortryd/")
    work(now + 9 * MINUTE)

    assert ListJob.objects.get().state == "taken_back"
    run(now + 30 * MINUTE)
    assert [message for message in mail.outbox if message.to[0].startswith("borger")] == []
    assert "er fortrudt og bliver ikke sendt" in cases[0].events.latest("pk").text
