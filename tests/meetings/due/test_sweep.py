"""What falls due, and when: each kind on both sides of its border, once, and never for a case that rests."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.models import Reminder, Role, SweepRun
from cases.models.cases import CloseReason
from cases.pauses import services as pauses_services
from cases.reminders import delivery as reminders_delivery
from cases.rules.facts import ExemptionReason, PauseKind
from cases.rules.period import Period
from meetings.exemptions import services as exemptions_services
from meetings.models import NextLook, Outcome
from meetings.outcomes import services as outcomes_services
from meetings.owing.kinds import ReminderKind
from meetings.planning import law as planning_law
from meetings.rules import lead_times
from tests import factories

REGISTERED_ON = date(2026, 5, 1)
#: Fourteen days after the registration.
DUE_ON = date(2026, 5, 15)
#: Seven in the morning in Copenhagen, in summer.
SEVEN = timedelta(hours=5)
MINUTE = timedelta(minutes=1)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + SEVEN


@pytest.fixture
def fresh(office):
    """A case registered the Friday before, whose first meeting is due on 15 May and booked by nobody."""
    return factories.case(office, registered_on=REGISTERED_ON, at=morning(REGISTERED_ON - timedelta(days=1)))


@pytest.fixture
def book(fresh, office, now):
    def book(*, starts_at, at=now, by=office.adviser, case=fresh):
        return factories.book(case, by, starts_at, at=at)

    return book


def kinds(case, **filters):
    found = Reminder.objects.filter(case=case, **filters).order_by("due_at", "kind")
    return [ReminderKind(kind) for kind in found.values_list("kind", flat=True)]


def first_requirement(case):
    return case.required_meetings.current().order_by("due_on").first()


@pytest.mark.parametrize(
    ("kind", "due_at"),
    [
        pytest.param(ReminderKind.BOOK_BY, morning(DUE_ON - timedelta(days=14)), id="14 days before the deadline"),
        pytest.param(ReminderKind.DEADLINE_NEAR, morning(DUE_ON - timedelta(days=5)), id="5 days before the deadline"),
        pytest.param(ReminderKind.DEADLINE_PASSED, morning(DUE_ON + timedelta(days=1)), id="the day after the last"),
    ],
)
def test_a_deadline_that_nobody_books(fresh, office, kind, due_at):
    requirement = first_requirement(fresh)

    reminders_delivery.sweep(at=due_at - MINUTE)
    assert not Reminder.objects.filter(kind=kind, subject=requirement.pk).exists()

    reminders_delivery.sweep(at=due_at)
    row = Reminder.objects.get(kind=kind, subject=requirement.pk)
    assert (row.user, row.organisation, row.due_at) == (office.adviser, None, due_at)


def test_the_lead_times_are_those_of_the_rules(fresh):
    book = planning_law.law_in_force().book
    requirement = first_requirement(fresh)

    assert requirement.due_on == DUE_ON
    assert lead_times.book_from(DUE_ON, book) == DUE_ON - timedelta(days=14)
    assert lead_times.deadline_near_from(DUE_ON, book) == DUE_ON - timedelta(days=5)


def test_a_meeting_booked_in_time_stops_the_talk_of_its_deadline(fresh, book):
    requirement = first_requirement(fresh)
    book(starts_at=datetime(2026, 5, 15, 7, 0, tzinfo=UTC))

    reminders_delivery.sweep(at=morning(DUE_ON + timedelta(days=1)))

    assert not Reminder.objects.filter(kind__contains="deadline", subject=requirement.pk).exists()
    assert not Reminder.objects.filter(kind=ReminderKind.BOOK_BY, subject=requirement.pk).exists()


def test_a_meeting_booked_after_its_deadline_does_not(fresh, book):
    requirement = first_requirement(fresh)
    meeting = book(starts_at=datetime(2026, 5, 18, 8, 0, tzinfo=UTC))
    assert meeting.requirement == requirement

    reminders_delivery.sweep(at=morning(DUE_ON + timedelta(days=1)))

    about = Reminder.objects.filter(subject=requirement.pk).exclude(kind__contains="invitation")
    assert set(about.values_list("kind", flat=True)) == {ReminderKind.DEADLINE_NEAR, ReminderKind.DEADLINE_PASSED}


def test_the_citizen_is_reminded_24_hours_before_the_meeting(fresh, book):
    starts_at = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
    meeting = book(starts_at=starts_at)

    reminders_delivery.sweep(at=starts_at - timedelta(hours=24) - MINUTE)
    assert ReminderKind.MEETING_TOMORROW not in kinds(fresh)

    reminders_delivery.sweep(at=starts_at - timedelta(hours=24))
    row = Reminder.objects.get(kind=ReminderKind.MEETING_TOMORROW)
    assert (row.subject, row.version, row.user, row.organisation) == (meeting.pk, meeting.version, None, None)


@pytest.mark.parametrize(
    "starts_at",
    [
        pytest.param(datetime(2027, 3, 28, 7, 0, tzinfo=UTC), id="the day the clock goes forward"),
        pytest.param(datetime(2026, 10, 25, 9, 0, tzinfo=UTC), id="the day the clock goes back"),
    ],
)
def test_24_hours_are_24_hours_when_the_clock_changes(office, book, starts_at):
    at = starts_at - timedelta(days=7)
    case = factories.case(office, registered_on=(at - timedelta(days=3)).date(), at=at)
    book(starts_at=starts_at, case=case, at=at)

    reminders_delivery.sweep(at=starts_at - timedelta(hours=24) - MINUTE)
    assert ReminderKind.MEETING_TOMORROW not in kinds(case)

    reminders_delivery.sweep(at=starts_at - timedelta(hours=24))
    assert ReminderKind.MEETING_TOMORROW in kinds(case)


def test_a_day_begins_at_seven_in_copenhagen_in_winter_too(office):
    at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    case = factories.case(office, registered_on=date(2026, 10, 30), at=at)
    due_at = datetime(2026, 11, 14, 6, 0, tzinfo=UTC)

    reminders_delivery.sweep(at=due_at - MINUTE)
    assert ReminderKind.DEADLINE_PASSED not in kinds(case)

    reminders_delivery.sweep(at=due_at)
    assert ReminderKind.DEADLINE_PASSED in kinds(case)


def test_an_outcome_is_missed_the_morning_after_the_meeting(fresh, book, office):
    meeting = book(starts_at=datetime(2026, 5, 12, 8, 0, tzinfo=UTC), by=office.colleague)
    due_at = morning(date(2026, 5, 13))

    reminders_delivery.sweep(at=due_at - MINUTE)
    assert ReminderKind.OUTCOME_MISSING not in kinds(fresh)

    reminders_delivery.sweep(at=due_at)
    row = Reminder.objects.get(kind=ReminderKind.OUTCOME_MISSING)
    assert (row.subject, row.user) == (meeting.pk, office.colleague)


def test_an_outcome_that_is_registered_is_not_missed(fresh, book, office):
    meeting = book(starts_at=datetime(2026, 5, 12, 8, 0, tzinfo=UTC))
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=True,
        next_booking=None,
        by=office.adviser,
        at=meeting.ends_at,
    )

    reminders_delivery.sweep(at=morning(date(2026, 5, 13)))

    assert ReminderKind.OUTCOME_MISSING not in kinds(fresh)


def test_both_parties_are_reminded_of_a_handover_14_days_before(fresh, office):
    due_at = morning(fresh_handover(fresh) - timedelta(days=14))

    reminders_delivery.sweep(at=due_at - MINUTE)
    assert ReminderKind.HANDOVER_NEAR not in kinds(fresh)

    reminders_delivery.sweep(at=due_at)
    rows = Reminder.objects.filter(kind=ReminderKind.HANDOVER_NEAR)
    # Nobody at the jobcenter has the case yet: the organisation itself is told.
    assert {(row.user, row.organisation) for row in rows} == {(office.adviser, None), (None, office.municipality)}


def fresh_handover(case):
    case.refresh_from_db()
    return case.municipality_from


def test_after_the_handover_the_fund_is_not_reminded_of_deadlines(fresh, office):
    reminders_delivery.sweep(at=morning(fresh_handover(fresh) + timedelta(days=30)))

    late = Reminder.objects.filter(case=fresh, user=office.adviser, due_at__gt=morning(fresh_handover(fresh)))
    assert not late.exists()


@pytest.mark.parametrize("times", [2, 5])
def test_many_sweeps_record_what_one_records(fresh, book, times):
    book(starts_at=datetime(2026, 5, 12, 8, 0, tzinfo=UTC))
    at = morning(date(2026, 7, 20))
    reminders_delivery.sweep(at=at)
    before = list(Reminder.objects.order_by("pk").values())

    for _ in range(times):
        NextLook.objects.update(look_at=None)
        reminders_delivery.sweep(at=at)

    assert list(Reminder.objects.order_by("pk").values()) == before
    assert SweepRun.objects.get().recorded == 0


def test_what_is_recorded_is_not_tried_again(fresh, book):
    book(starts_at=datetime(2026, 5, 12, 8, 0, tzinfo=UTC))
    at = morning(date(2026, 7, 20))
    assert numbers_taken(at=at) > 0
    NextLook.objects.update(look_at=None)

    assert numbers_taken(at=at) == 0


def numbers_taken(*, at):
    """How many rows a sweep tries to write: each takes a number, also one that is found to be there already."""
    before = next_number()
    reminders_delivery.sweep(at=at)
    return next_number() - before - 1


def next_number():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_reminder_id_seq')")
        return cursor.fetchone()[0]


def test_a_deadline_that_is_planned_anew_and_stays_is_spoken_of_once(fresh, office, now):
    first = first_requirement(fresh)
    reminders_delivery.sweep(at=now)
    first.replaced_at = now
    first.save()
    first.pk, first.public_id, first.replaced_at = None, uuid.uuid4(), None
    first.save(force_insert=True)
    NextLook.objects.update(look_at=None)

    reminders_delivery.sweep(at=now)

    assert kinds(fresh) == [ReminderKind.BOOK_BY]


def test_a_missed_run_is_healed_by_any_later_one(fresh):
    requirement = first_requirement(fresh)

    reminders_delivery.sweep(at=morning(DUE_ON + timedelta(days=40)))

    about = Reminder.objects.filter(subject=requirement.pk)
    assert set(about.values_list("kind", flat=True)) == {
        ReminderKind.BOOK_BY,
        ReminderKind.DEADLINE_NEAR,
        ReminderKind.DEADLINE_PASSED,
    }


def test_a_case_without_a_worker_reminds_the_organisation(fresh, office):
    office.adviser.is_active = False
    office.adviser.save()

    reminders_delivery.sweep(at=morning(DUE_ON))

    row = Reminder.objects.get(kind=ReminderKind.DEADLINE_NEAR)
    assert (row.user, row.organisation) == (None, office.fund)


def test_another_adviser_who_gets_the_case_is_reminded_anew(fresh, office, now):
    reminders_delivery.sweep(at=morning(DUE_ON))
    corrections_services.assign(case_id=fresh.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)

    reminders_delivery.sweep(at=morning(DUE_ON) + MINUTE)

    near = Reminder.objects.filter(kind=ReminderKind.DEADLINE_NEAR)
    assert {row.user for row in near} == {office.adviser, office.colleague}


def test_a_closed_case_raises_nothing(fresh, office, now):
    closing_services.close_case(
        case_id=fresh.pk,
        version=fresh.version,
        reason=CloseReason.WORK,
        closed_on=date(2026, 5, 4),
        by=office.adviser,
        at=now,
    )

    reminders_delivery.sweep(at=morning(DUE_ON + timedelta(days=40)))

    assert kinds(fresh) == []


def test_a_pause_raises_nothing_until_it_is_over(fresh, office, now):
    near = dict(kind=ReminderKind.DEADLINE_NEAR, subject=first_requirement(fresh).pk)
    # Holiday does not stop the clock: the deadline stands, and only the talk of it waits.
    span = Period(date(2026, 5, 10), date(2026, 5, 13))
    pauses_services.add_pause(
        case_id=fresh.pk, kind=PauseKind.HOLIDAY, span=span, source="borgeren", by=office.adviser, at=now
    )
    assert first_requirement(fresh).due_on == DUE_ON

    reminders_delivery.sweep(at=morning(date(2026, 5, 12)))
    assert not Reminder.objects.filter(**near).exists()

    reminders_delivery.sweep(at=morning(date(2026, 5, 13)) - MINUTE)
    assert not Reminder.objects.filter(**near).exists()

    reminders_delivery.sweep(at=morning(date(2026, 5, 13)))
    assert Reminder.objects.filter(**near).exists()


def test_an_exemption_raises_nothing_unless_the_duty_is_kept(fresh, office, now):
    exemption = exemptions_services.exempt(
        case_id=fresh.pk,
        reason=ExemptionReason.SENT_HOME,
        span=Period(date(2026, 5, 4), date(2026, 8, 1)),
        documented_on=date(2026, 5, 4),
        starts_on=None,
        document="brev",
        by=office.adviser,
        at=now,
    )
    reminders_delivery.sweep(at=morning(date(2026, 7, 31)))
    assert kinds(fresh) == []

    exemptions_services.keep_duty(
        exemption_id=exemption.pk, reason="Der er plads til en samtale.", by=office.caseworker, at=now
    )
    reminders_delivery.sweep(at=morning(date(2026, 7, 31)))
    assert ReminderKind.DEADLINE_PASSED in kinds(fresh)


def test_the_sweep_costs_the_same_for_one_case_and_for_fifty(fresh, office):
    at = morning(DUE_ON)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            reminders_delivery.sweep(at=at)
        return len(queries)

    reminders_delivery.sweep(at=at - MINUTE)
    NextLook.objects.update(look_at=None)
    for_one = cost()
    for _ in range(50):
        factories.case(office, registered_on=REGISTERED_ON)
    for_fifty = cost()
    idle = cost()

    assert for_fifty == for_one
    assert idle < for_one
    assert Reminder.objects.filter(kind=ReminderKind.DEADLINE_NEAR).count() == 51


def test_an_idle_sweep_looks_at_no_case(fresh, office):
    reminders_delivery.sweep(at=morning(DUE_ON))

    assert not NextLook.objects.filter(look_at=None).exists()
    assert NextLook.objects.get(case=fresh).look_at == morning(DUE_ON + timedelta(days=1))


def test_an_idle_sweep_asks_fewer_than_ten_statements(fresh):
    reminders_delivery.sweep(at=morning(DUE_ON))

    with CaptureQueriesContext(connection) as queries:
        reminders_delivery.sweep(at=morning(DUE_ON) + MINUTE)

    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) < 10, asked


def test_every_change_asks_for_another_look(fresh, book, office, now):
    reminders_delivery.sweep(at=now)
    assert not NextLook.objects.filter(look_at=None).exists()

    book(starts_at=datetime(2026, 5, 12, 8, 0, tzinfo=UTC))

    assert NextLook.objects.filter(look_at=None).count() == 1


def test_nobody_is_reminded_of_what_the_law_no_longer_enforces(office, now):
    case = factories.case(office, registered_on=date(2023, 11, 1))
    historic = case.required_meetings.current().filter(state="historic")
    assert historic.exists()

    reminders_delivery.sweep(at=now)

    assert not Reminder.objects.filter(subject__in=historic, kind__contains="deadline").exists()


def test_a_jobcenter_has_reminders_of_its_own_meetings(office, now):
    case = factories.case(office, registered_on=date(2026, 2, 2))
    corrections_services.assign(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    reminders_delivery.sweep(at=morning(date(2026, 7, 20)))

    rows = Reminder.objects.filter(case=case, user=office.caseworker)
    assert rows.exists()
    assert {row.kind for row in rows} <= {
        ReminderKind.BOOK_BY,
        ReminderKind.DEADLINE_NEAR,
        ReminderKind.DEADLINE_PASSED,
    }


def test_roles_that_have_no_cases_get_no_reminders(fresh, office):
    reminders_delivery.sweep(at=morning(DUE_ON + timedelta(days=90)))

    assert {row.user.role for row in Reminder.objects.exclude(user=None).select_related("user")} <= {
        str(Role.ADVISER),
        str(Role.CASEWORKER),
    }
