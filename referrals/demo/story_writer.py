"""Tells the stories of the demo through the services: takes days from today and gives moments."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.changing import with_parties
from cases.handover import services as handover_services
from cases.intake import services as intake_services
from cases.intake.new_case import CourseDetails, NewCase
from cases.models import Case, User
from cases.models.cases import HandoverSource
from cases.pauses import services as pauses_services
from cases.rules.facts import Party
from cases.rules.period import add_months
from cases.rules.workdays import closed_day
from meetings.booking import free_times
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.channel import allowed as channel_allowed
from meetings.channel import services as channel_services
from meetings.models import Meeting, NoShowStepKind, Outcome
from meetings.no_shows import services as no_shows_services
from meetings.no_shows.services import Step
from meetings.outcomes import services as outcomes_services
from meetings.planning import replan as planning_replan
from meetings.planning.law import Law
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.spans import Span, local
from meetings.unbooked import services as unbooked_services
from meetings.unbooked.services import UnbookedMeeting
from referrals.demo.courses import LENGTH, Drawn, write_meetings
from referrals.demo.ledger import write_meetings_told
from referrals.demo.names import Invented
from referrals.demo.office import Office
from referrals.demo.sketch import ONE_DAY, Cohort, Sketch, worker_of


class Booked:
    """Who is busy when, as the database says."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def free(self, *, worker: User, citizen_id: int, day: date, rng: Random) -> datetime:
        while True:
            diary = free_times.diary(case=self._case, adviser=worker, first=day, last=day)
            for span in diary.slots(day, LENGTH):
                if not closed_day(day) and not diary.occupied(span):
                    return span.starts_at
            day += ONE_DAY


class StoryWriter:
    """Opens, books, holds and hands over through the services, on days that are counted from today."""

    def __init__(self, *, office: Office, seed: str, number: int, law: Law, at: datetime) -> None:
        self.rng = Random(seed)
        self.law = law
        self.at = at
        self.today = timezone.localtime(at).date()
        self.anne, self.jens = office.by_name["anne"], office.by_name["jens"]
        self.people = Invented(self.rng, today=self.today, first=1000 + number)

    def day(self, days: int) -> date:
        """The working day that many days from today; a day in the past moves further back, one to come further on."""
        day = self.today + timedelta(days=days)
        while closed_day(day):
            day += timedelta(days=1 if days > 0 else -1)
        return day

    def moment(self, day: date, hour: int = 10) -> datetime:
        """That hour of the day, but never later than now."""
        return min(local(day, time(hour)), self.at)

    def open(self, name: str, days: int, *, placed_on: date | None = None, **changes: Any) -> Case:
        """A case registered that many days from today, in Anne's a-kasse and Jens's municipality."""
        course = {field: changes.pop(field) for field in tuple(changes) if field in CourseDetails.__dataclass_fields__}
        registered_on = placed_on or self.today + timedelta(days=days)
        citizen = self.people.citizen(age=changes.pop("age", self.rng.randint(26, 61)), name=name, **changes)
        return intake_services.open_case(
            new=NewCase(
                citizen=citizen,
                course=CourseDetails(registered_on=registered_on, placed_on=registered_on, **course),
                fund_id=self.anne.organisation_id,
                municipality_id=self.jens.organisation_id or 0,
                worker_id=self.anne.pk,
            ),
            by=self.anne,
            at=self.moment(registered_on, 9),
        )

    def book(self, case: Case, days: int, *, by: User | None = None, **changes: Any) -> Meeting:
        by = by or self.anne
        span = self._free(case, by, days)
        booking = Booking(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=by.pk,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            is_confirmed=True,
            **changes,
        )
        booked_on = max(case.registered_on, span.day - timedelta(days=9))
        return booking_services.book(
            case_id=case.pk, booking=booking, by=by, at=min(self.moment(booked_on), span.starts_at - LENGTH)
        )

    def _free(self, case: Case, worker: User, days: int) -> Span:
        while True:
            day = self.day(days)
            diary = free_times.diary(case=case, adviser=worker, first=day, last=day)
            for span in diary.slots(day, LENGTH):
                if not diary.occupied(span):
                    return span
            days += 1 if days > 0 else -1

    def move(self, meeting: Meeting, days: int) -> Meeting:
        span = self._free(meeting.case, meeting.adviser, days)
        booking = Booking(
            kind=MeetingKind(meeting.kind),
            adviser_id=meeting.adviser_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            is_confirmed=True,
        )
        moved_at = min(meeting.booked_at + timedelta(hours=26), self.at)
        return booking_services.move(meeting_id=meeting.pk, booking=booking, by=meeting.adviser, at=moved_at)

    def hold(
        self, meeting: Meeting, outcome: Outcome = Outcome.HELD, note: str = "", guided: bool | None = None
    ) -> None:
        outcomes_services.register(
            meeting_id=meeting.pk,
            outcome=outcome,
            note=note,
            is_six_weeks_guided=guided,
            next_booking=None,
            by=meeting.adviser,
            at=min(meeting.ends_at + timedelta(minutes=10), self.at),
        )

    def hear(self, missed: Meeting, text: str, *, answer_in: int) -> None:
        """The citizen is asked why an hour after a talk that was missed, with that many days from today to answer."""
        step = Step(NoShowStepKind.HEARING, text, self.day(answer_in))
        no_shows_services.take_step(
            meeting_id=missed.pk, step=step, by=missed.adviser, at=missed.ends_at + timedelta(hours=1)
        )

    def enter(self, case: Case, days: int, channel: Channel, note: str) -> None:
        """A meeting held that many days from today without a booking, and registered the same afternoon."""
        worker = worker_of(case)
        span = self._free(case, worker, days)
        unbooked = UnbookedMeeting(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=worker.pk,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            channel=channel,
            outcome=Outcome.HELD,
            note=note,
            is_six_weeks_guided=False,
        )
        unbooked_services.enter(
            case_id=case.pk, unbooked=unbooked, accepted="", by=worker, at=span.ends_at + timedelta(hours=2)
        )

    def held(self, case: Case, *days: int, by: User | None = None) -> None:
        """Meetings held that many days from today: long ago, so drawn as the courses in bulk are."""
        case = with_parties(case.pk)
        choice = channel_allowed.citizens_choice(case=case, meeting=None)
        sketch = Sketch(
            case=case,
            cohort=Cohort(1, case.placed_on, case.placed_on, is_open=True),
            until=self.today,
            channel=Channel(choice.channel) if choice else None,
        )
        drawn = Drawn(sketch, law=self.law, diary=Booked(case), rng=self.rng, at=self.at)
        party = Party.MUNICIPALITY if by else Party.FUND
        with transaction.atomic():
            sketch.meetings = [drawn.held(MeetingKind.CONTACT_INTERVIEW, party, self.day(one)) for one in days]
            write_meetings([sketch])
            write_meetings_told(sketch, at=self.at)
            planning_replan.refresh(case=case)

    def choose(self, case: Case, channel: Channel, days: int | None = None, only: Meeting | None = None) -> None:
        day = case.registered_on if days is None else self.today + timedelta(days=days)
        channel_services.choose_channel(
            case_id=case.pk,
            channel=channel,
            chosen_on=day,
            meeting_id=only.pk if only else None,
            by=self.anne,
            at=max(self.moment(day), self.moment(case.registered_on, 9)),
        )

    def hand_over(self, case: Case, *, at_days: int, is_received: bool = False, is_counted: bool = False) -> None:
        """Where it is counted, by the hours paid in three months; received by Jens two days later."""
        at = self.moment(self.day(at_days), 13)
        for number in range(3 if is_counted else 0):
            month = add_months(case.placed_on.replace(day=1), number)
            pauses_services.record_hours(case_id=case.pk, month=month, hours=Decimal("160.33"), by=self.anne, at=at)
        handover_services.hand_over(
            case_id=case.pk,
            on=add_months(case.placed_on, 3),
            hours=Decimal("480.99"),
            source=HandoverSource.PAYOUT if is_counted else HandoverSource.MANUAL,
            note="Tre samtaler er holdt; Min Plan er gennemgået.",
            by=self.anne,
            at=at,
        )
        if is_received:
            handover_services.receive(case_id=case.pk, worker_id=self.jens.pk, by=self.jens, at=at + timedelta(days=2))

    def months_ago(self, months: int, *, plus_days: int) -> date:
        """The day from which that many months are over in so many days (or were, with a negative number)."""
        return add_months(self.today + timedelta(days=plus_days), -months)


Story = Callable[[StoryWriter, str], None]
