"""A handover is corrected or withdrawn by the a-kasse, with a reason; a jobcenter that received it is told."""

from datetime import date, timedelta

import pytest
from django.core import mail

from cases.changing import HandoverRefused
from cases.handover import mending
from cases.handover import services as handover_services
from cases.history.before import Later, handed_over_on
from cases.models import Case, Reminder
from cases.parties import services as parties_services
from cases.reminders import delivery as reminders_delivery
from tests import world
from tests.cases.pages import errors, said

BY_MISTAKE = "Timerne var talt forkert."


@pytest.fixture
def passed(case, office, now):
    """The case, handed over yesterday for the day after tomorrow."""
    world.hand_over(case, office, at=now - timedelta(days=1), on=date(2026, 5, 6), is_received=False)
    return fresh(case)


@pytest.fixture
def received(passed, office, now):
    handover_services.receive(case_id=passed.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
    return fresh(passed)


def fresh(case):
    return Case.objects.with_parties().select_related("handover").get(pk=case.pk)


def told(office, now):
    for receiver in reminders_delivery.sweep(at=now):
        reminders_delivery.deliver(receiver, at=now)
    return [message.body for message in mail.outbox if message.to == [office.caseworker.email]]


def test_the_day_is_corrected_before_it_is_received_and_nobody_is_written_to(page, passed, office, now):
    assert "Ret dagen" in page.get("hand_over").content.decode()
    answer = page.post("hand_over_correct", {"version": passed.version, "on": "01-06-2026", "reason": BY_MISTAKE})

    assert said(answer).startswith("Overgangen er rettet.")
    case = fresh(passed)
    assert (case.handed_over_on, case.municipality_from) == (date(2026, 6, 1), date(2026, 6, 1))
    text = case.events.get(kind="cases.handover_corrected").text
    assert text == f"Overgangen er rettet fra den 06-05-2026 til den 01-06-2026. Begrundelse: {BY_MISTAKE}"
    assert told(office, now) == []


def test_a_jobcenter_that_received_it_is_told_of_the_new_day_and_of_its_end(page, received, office, now):
    assert "har modtaget forløbet og får besked" in page.get("hand_over_correct").content.decode()
    page.post("hand_over_correct", {"version": received.version, "on": "01-06-2026", "reason": BY_MISTAKE})
    case = fresh(received)
    answer = page.post("hand_over_withdraw", {"version": case.version, "reason": BY_MISTAKE})

    assert said(answer).startswith("Overgangen er trukket tilbage.")
    case = fresh(case)
    assert (case.handed_over_on, case.holder_on(date(2026, 6, 2))) == (None, office.fund)
    (body,) = told(office, now)
    assert "Overgangen er rettet fra den 06-05-2026 til den 01-06-2026." in body
    assert f"Overgangen den 01-06-2026 er trukket tilbage: {office.fund} har forløbet." in body
    # It can be handed over anew.
    world.hand_over(case, office, at=now, on=date(2026, 6, 8), is_received=False)


def test_a_jobcenter_that_has_left_the_case_is_told_nothing_of_it(page, received, office, now):
    page.post("hand_over_correct", {"version": received.version, "on": "07-05-2026", "reason": BY_MISTAKE})
    case = fresh(received)
    parties_services.change_parties(
        case_id=case.pk,
        version=case.version,
        fund_id=case.fund_id,
        municipality_id=office.other_municipality.pk,
        on=date(2026, 5, 8),
        reason="Flyttet.",
        by=office.adviser,
        at=now,
    )

    assert told(office, now) == []
    assert Reminder.objects.get(kind=mending.TO_JOBCENTER).outcome == "En anden har sagen nu."


def test_the_page_of_a_day_keeps_what_was_said_that_day(passed, office, now):
    mending.withdraw(
        case_id=passed.pk,
        version=passed.version,
        reason=BY_MISTAKE,
        by=office.adviser,
        at=now + timedelta(days=2),
    )
    # Handed over anew, that day still had the first one.
    world.hand_over(passed, office, at=now + timedelta(days=4), on=date(2026, 6, 8), is_received=False)
    case = fresh(passed)
    days = [handed_over_on(case, later_than(case, last), last) for last in moments(now)]
    assert days == [None, date(2026, 5, 6), None]


def moments(now):
    return [now - timedelta(days=2), now, now + timedelta(days=3)]


def later_than(case, last):
    return Later(list(case.events.filter(at__gt=last).order_by("pk")))


def test_a_handover_is_not_mended_like_this(page, passed, office):
    fields = {"version": passed.version, "on": "01-06-2026", "reason": BY_MISTAKE}
    assert "Overgangen kan tidligst ske den dag" in errors(
        page.post("hand_over_correct", {**fields, "on": "01-02-2026"})
    )
    assert "Udfyld »Begrundelse«" in errors(page.post("hand_over_correct", {**fields, "reason": ""}))
    assert "En anden har rettet" in errors(page.post("hand_over_withdraw", {**fields, "version": passed.version - 1}))
    assert fresh(passed).handed_over_on == date(2026, 5, 6)


def test_what_is_withdrawn_is_withdrawn_once_and_not_corrected(page, passed):
    fields = {"version": passed.version, "on": "01-06-2026", "reason": BY_MISTAKE}
    for _ in range(2):
        assert page.post("hand_over_withdraw", fields).status_code == 302
    assert passed.events.filter(kind="cases.handover_withdrawn").count() == 1
    assert "intet at rette eller trække" in errors(page.post("hand_over_correct", fields))


def test_a_course_that_was_never_handed_over_has_nothing_to_withdraw(page, case):
    fields = {"version": case.version, "reason": BY_MISTAKE}
    assert "intet at rette eller trække" in errors(page.post("hand_over_withdraw", fields))


def test_only_the_a_kasse_mends_it(passed, office, now):
    with pytest.raises(HandoverRefused, match="Kun den kan rette"):
        mending.withdraw(case_id=passed.pk, version=passed.version, reason="Nej.", by=office.caseworker, at=now)
