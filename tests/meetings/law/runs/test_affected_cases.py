"""Whom an act reaches: each thing of a case that can bring it there alone, on its last day before and on its first."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from cases.models import Case, Pause
from cases.rules.facts import ExemptionReason, PauseKind
from meetings.law.runs import affected_cases
from meetings.models import Exemption, RequiredMeeting
from tests import factories
from tests.meetings.law.runs.acts import EARLIER, JUNE, draft_of

THE_DAY_BEFORE = JUNE - timedelta(days=1)
#: The longest table, the draft's own, has six months.
SIX_MONTHS_BEFORE = date(2025, 12, 1)
A_WEEK = timedelta(days=7)


@pytest.fixture
def over(office, nobody_follows):
    """A course that was over long before June, with all that was ever asked of it."""
    return factories.case(office, at=EARLIER, registered_on=date(2024, 12, 2))


def placed(case, day):
    Case.objects.filter(pk=case.pk).update(placed_on=day)


def passed_on(case, day):
    Case.objects.filter(pk=case.pk).update(municipality_from=day)


def due(case, day):
    RequiredMeeting.objects.filter(pk=case.required_meetings.current().first().pk).update(due_on=day)


def booked(case, day):
    meeting = factories.book(case, case.worker_at(case.fund), EARLIER + A_WEEK, at=EARLIER)
    # The first moment of a day, as Copenhagen counts it.
    meeting.starts_at = timezone.make_aware(datetime.combine(day, time.min))
    meeting.ends_at = meeting.starts_at + timedelta(minutes=30)
    meeting.save()


def paused(case, last_day):
    Pause.objects.create(
        case=case,
        kind=PauseKind.EMPLOYMENT,
        span=(last_day - A_WEEK, last_day + timedelta(days=1)),
        source="borgeren",
        recorded_at=EARLIER,
    )


def exempted(case, last_day):
    Exemption.objects.create(
        case=case,
        reason=ExemptionReason.ORDINARY_JOB,
        span=(last_day - A_WEEK, last_day + timedelta(days=1)),
        documented_on=EARLIER.date(),
        document="Ansættelsesbrev",
        recorded_by=case.worker_at(case.fund),
        recorded_at=EARLIER,
    )


def is_reached(case, act):
    return affected_cases.touched(act).filter(pk=case.pk).exists()


@pytest.mark.parametrize("thing", [placed, passed_on, due, booked, paused, exempted])
@pytest.mark.parametrize(("day", "reaches"), [(THE_DAY_BEFORE, False), (JUNE, True)], ids=["the day before", "its day"])
def test_an_act_reaches_a_case_by_one_thing_on_its_day_in_force(over, author, thing, day, reaches):
    keeps = draft_of(author, running_courses="keep")
    assert not is_reached(over, keeps)

    thing(over, day)

    assert is_reached(over, keeps) == reaches


@pytest.mark.parametrize("thing", [paused, exempted])
def test_an_act_that_moves_running_courses_reaches_whatever_moved_the_months_of_one(over, author, thing):
    moves = draft_of(author)
    assert not is_reached(over, moves)

    thing(over, date(2025, 1, 15))

    assert is_reached(over, moves)


@pytest.mark.parametrize(
    ("day", "reaches"), [(SIX_MONTHS_BEFORE, False), (SIX_MONTHS_BEFORE + timedelta(days=1), True)], ids=str
)
def test_an_act_that_moves_running_courses_reaches_them_while_the_longest_table_lasts(over, author, day, reaches):
    placed(over, day)

    assert is_reached(over, draft_of(author)) == reaches


def test_an_act_that_moves_running_courses_reaches_those_that_no_jobcenter_was_to_have(over, author):
    passed_on(over, None)

    assert is_reached(over, draft_of(author))
    assert not is_reached(over, draft_of(author, in_force_on=date(2026, 7, 1), running_courses="keep"))
