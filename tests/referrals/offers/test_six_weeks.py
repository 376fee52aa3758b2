"""Six weeks of job-oriented education on the page of a case: the right, the days, and the guidance given."""

from datetime import date, timedelta

import pytest
import time_machine

from cases.models import Case
from cases.ui.case_tabs import Tab
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import MeetingKind
from referrals.offers.six_weeks import part_of
from referrals.rules.six_weeks import CONDITIONS
from tests import factories


def guided(case, worker, starts_at, *, answer=True):
    booking = Booking(
        kind=MeetingKind.CONTACT_INTERVIEW,
        adviser_id=worker.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        is_confirmed=True,
    )
    earlier = starts_at - timedelta(days=5)
    meeting = booking_services.book(case_id=case.pk, booking=booking, by=worker, at=earlier)
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=answer,
        next_booking=None,
        by=worker,
        at=meeting.ends_at,
    )
    return meeting


def block(case, user, at):
    part = part_of(Case.objects.with_parties().get(pk=case.pk), user, at)
    return part and part.data


def text_of(client, case):
    return client.get(Tab.PLAN.url_of(case.public_id)).content.decode()


def test_the_days_stand_with_their_reasons_and_what_is_not_decided_here(log_in, office, now):
    case = factories.case(office, registered_on=date(2026, 4, 13))

    text = text_of(log_in(office.adviser), case)

    assert "<dt>Kan begynde</dt><dd>18. maj 2026</dd>" in text
    assert "<dt>Slut senest</dt><dd>12. januar 2027</dd>" in text
    assert "<dt>Længst</dt><dd>6 uger</dd>" in text
    assert "5 ugers ledighed" in text
    assert all(condition in text for condition in CONDITIONS)


@pytest.mark.parametrize(
    ("begun", "is_open", "is_over"),
    [
        pytest.param(date(2026, 3, 31), False, False, id="can begin tomorrow"),
        pytest.param(date(2026, 3, 30), True, False, id="can begin today"),
        pytest.param(date(2025, 8, 5), True, False, id="over today"),
        pytest.param(date(2025, 8, 4), True, True, id="over yesterday"),
    ],
)
def test_it_can_begin_and_be_over(office, now, begun, is_open, is_over):
    shown = block(factories.case(office, registered_on=begun), office.adviser, now)

    assert (shown.is_open_yet, shown.is_over) == (is_open, is_over)


def test_the_guidance_given_stands_with_when_and_by_whom(log_in, office, case, now):
    before = text_of(log_in(office.caseworker), case)
    guided(case, office.adviser, now - timedelta(days=4))

    after = text_of(log_in(office.caseworker), case)

    assert "Borgeren er ikke vejledt endnu." in before
    assert f"Vejledt den 30. april 2026 af {office.adviser}, {office.fund}." in after
    assert "Borgeren er ikke vejledt endnu." not in after


def test_a_meeting_where_nobody_guided_is_no_guidance(office, case, now):
    guided(case, office.adviser, now - timedelta(days=4), answer=False)

    shown = block(case, office.adviser, now)

    assert (shown.guided, shown.is_missing) == ([], True)


@pytest.mark.parametrize(
    ("on", "duties"),
    [
        pytest.param("2023-03-21", [True, True], id="the last day of the municipality's duty"),
        pytest.param("2023-03-22", [True, False], id="only the a-kasse's from act b"),
    ],
)
def test_who_has_the_duty_on_each_side_of_22_march_2023(office, on, duties):
    with time_machine.travel(f"{on}T10:00:00Z", tick=False):
        case = factories.case(office, registered_on=date(2023, 2, 1))

        shown = block(case, office.caseworker, case.created_at)

    assert [duty.has_duty for duty in shown.duties] == duties


def test_group_9_has_the_right_and_nobody_the_duty(office, now):
    case = factories.case(office, target_group=9)
    Case.objects.filter(pk=case.pk).update(fund=None)

    shown = block(case, office.caseworker, now)

    assert [duty.has_duty for duty in shown.duties] == [False]
    assert not shown.is_missing


@pytest.mark.parametrize(
    ("begun", "is_missing"),
    [
        pytest.param(date(2025, 8, 5), True, id="it can end today"),
        pytest.param(date(2025, 8, 4), False, id="it is over since yesterday"),
    ],
)
def test_guidance_is_missed_as_long_as_it_can_be_used(office, now, begun, is_missing):
    assert block(factories.case(office, registered_on=begun), office.adviser, now).is_missing is is_missing


def test_a_group_without_the_right_has_no_block(office, now):
    assert block(factories.case(office, target_group=2), office.caseworker, now) is None


def test_nobody_must_guide_whoever_is_on_another_benefit_with_the_right(log_in, office, now):
    case = factories.case(office, registered_on=date(2026, 4, 13), target_group=9)

    shown = block(case, office.adviser, now)

    assert ([duty.has_duty for duty in shown.duties], shown.is_missing) == ([False, False], False)
    text = text_of(log_in(office.adviser), case)
    assert "A-kassen har ikke pligt til at vejlede om 6 ugers jobrettet uddannelse i målgruppe 9." in text
    assert "pligt til at vejlede om 6 ugers jobrettet uddannelse" in text
    assert "A-kassen har den" not in text
