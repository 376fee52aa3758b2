"""The meetings of the courses in bulk: held, missed, moved, booked, or missing, as the law demands them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Protocol

from django.utils import timezone

from cases.models import User
from cases.rules.facts import Party
from cases.rules.period import add_months
from cases.rules.workdays import closed_day
from meetings.channel.places import default_place
from meetings.models import CancelReason, Meeting, Outcome
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules import channel as channel_rules
from meetings.rules.contact_course import PlannedMeeting, plan
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import local
from referrals.demo.sketch import ONE_DAY, Sketch, working_day

LENGTH = timedelta(minutes=45)
SLOTS = (time(9), time(9, 45), time(10, 30), time(11, 15), time(12, 30), time(13, 15), time(14))
#: How far ahead people book.
BOOKED_AHEAD = timedelta(days=28)
#: The real shares of a-kasse meetings by form, in per mille.
CHANNELS = {Channel.ATTENDANCE: 546, Channel.TELEPHONE: 331, Channel.VIDEO: 123}
NOTES = (
    "Gennemgik joblog og aftalte to nye brancher at søge i.",
    "CV opdateret. Søger bredere geografisk fra næste uge.",
    "Talte om opkvalificering inden for lager og logistik.",
    "Er i dialog med en arbejdsgiver. Følger op ved næste samtale.",
    "Aftalte at ringe til tre virksomheder inden næste gang.",
)


class Calendar(Protocol):
    def free(self, *, worker: User, citizen_id: int, day: date, rng: Random) -> datetime:
        """When a meeting can begin: the first time from that day on which both are free."""


class Diary:
    """Who is busy when: an adviser has one meeting at a time, a citizen one a day."""

    def __init__(self) -> None:
        self._taken: set[tuple[int, datetime]] = set()
        self._citizens: set[tuple[int, date]] = set()

    def free(self, *, worker: User, citizen_id: int, day: date, rng: Random) -> datetime:
        while True:
            if not closed_day(day) and (citizen_id, day) not in self._citizens:
                for slot in rng.sample(SLOTS, len(SLOTS)):
                    moment = local(day, slot)
                    if (worker.pk, moment) not in self._taken:
                        self._taken.add((worker.pk, moment))
                        self._citizens.add((citizen_id, day))
                        return moment
            day += ONE_DAY


class Mix:
    """Steers the forms of the meetings towards the real shares."""

    def __init__(self) -> None:
        self._held: Counter[Channel] = Counter(dict.fromkeys(CHANNELS, 0))

    def most_wanted(self) -> Channel:
        return min(CHANNELS, key=lambda channel: self._held[channel] / CHANNELS[channel])

    def add(self, meetings: Iterable[Meeting]) -> None:
        self._held.update(Channel(meeting.channel) for meeting in meetings if meeting.channel_chosen_by != "law")


class Drawn:
    """Draws the meetings of one course in the order of their deadlines."""

    def __init__(self, sketch: Sketch, *, law: Law, diary: Calendar, rng: Random, at: datetime) -> None:
        self.sketch, self.case, self.fate = sketch, sketch.case, sketch.cohort.fate
        self.law, self.diary, self.rng, self.at = law, diary, rng, at
        self.today = timezone.localtime(at).date()
        self.course = planning_stored.course_of(self.case)
        self.numbers: defaultdict[MeetingKind, int] = defaultdict(int)
        self.resting = [pause.period for pause in self.case.pauses.all()]
        self.resting += [exemption.period for exemption in self.case.exemptions.all()]
        self.last = self.case.registered_on

    def meetings(self) -> Iterator[Meeting]:
        demanded = plan(course=self.course, book=self.law.book, table=self.law.table).meetings
        enforced = [meeting for meeting in demanded if meeting.is_enforced and self._is_staffed(meeting)]
        missing = self._missing(enforced)
        for meeting in enforced:
            if meeting in missing:
                continue
            day = self._day_for(meeting, enforced)
            if not self.case.is_open and day > self.sketch.until - timedelta(days=14):
                return
            if day > self.today:
                if day <= self.today + BOOKED_AHEAD and self.fate not in ("unbooked", "overdue", "outcome"):
                    yield self._booked(meeting.kind, meeting.responsible, day)
                break
            yield from self._past(meeting.kind, meeting.responsible, day)
        if self.fate == "outcome" and enforced:
            yield self._without_outcome()
        yield from self._beyond_the_minimum()

    def _missing(self, enforced: list[PlannedMeeting]) -> list[PlannedMeeting]:
        if self.fate != "overdue":
            return []
        # The youngest deadline that has passed is the one that nobody kept.
        return [meeting for meeting in enforced if meeting.due_on < self.today][-1:]

    def _is_staffed(self, meeting: PlannedMeeting) -> bool:
        return self._worker(meeting.responsible) is not None

    def _worker(self, responsible: Party) -> User | None:
        return self.case.fund_adviser if responsible == Party.FUND else self.case.municipality_caseworker

    def _day_for(self, meeting: PlannedMeeting, enforced: list[PlannedMeeting]) -> date:
        of_row = [other for other in enforced if other.row == meeting.row and other.act == meeting.act]
        place = of_row.index(meeting)
        first = max(meeting.window_from, self.case.registered_on + ONE_DAY)
        share = (place + self.rng.uniform(0.35, 0.8)) / len(of_row)
        if meeting.due_on < meeting.window_to:
            share = self.rng.uniform(0.4, 0.9)
        day = max(first + share * (meeting.due_on - first), self.last + timedelta(days=6))
        day = min(day, max(meeting.due_on - timedelta(days=3), first))
        for span in self.resting:
            if span.contains(day) and span.end is not None:
                day = span.end + ONE_DAY
        return working_day(day)

    def _past(self, kind: MeetingKind, responsible: Party, day: date) -> Iterator[Meeting]:
        luck = self.rng.random()
        before = max(self.last + ONE_DAY, self.case.registered_on + ONE_DAY, day - timedelta(days=5))
        if luck < 0.14 and before < day:
            first = self._meeting(kind, responsible, before)
            if first.ends_at >= self.at:
                yield first
                return
            if luck < 0.05:
                first.status, first.missed_at = MeetingStatus.MISSED, first.ends_at
                first.outcome = str(self.rng.choice((Outcome.ABSENT, Outcome.ABSENT_ILL, Outcome.ABSENT_ACCEPTED)))
            elif luck < 0.09:
                first.status = MeetingStatus.CANCELLED
                first.cancelled_at = max(first.starts_at - timedelta(hours=20), first.booked_at)
                first.cancel_reason = str(self.rng.choice((CancelReason.CITIZEN, CancelReason.ADVISER)))
            else:
                first.status = MeetingStatus.MOVED
            yield first
            second = self.held(kind, responsible, day)
            if first.status == MeetingStatus.MOVED:
                second.moved_from, second.series, second.version = first, first.series, 2
                # It was moved after it was booked, and before it would have begun.
                moved_at = max(second.booked_at, first.booked_at + timedelta(hours=26))
                second.booked_at = min(moved_at, first.starts_at - timedelta(minutes=30))
            yield second
            return
        yield self.held(kind, responsible, day)

    def held(self, kind: MeetingKind, responsible: Party, day: date) -> Meeting:
        """A meeting held on the first free day from that one; where that is not over yet, it is only booked."""
        meeting = self._meeting(kind, responsible, day)
        if meeting.ends_at >= self.at:
            return meeting
        meeting.status, meeting.held_at, meeting.outcome = MeetingStatus.HELD, meeting.ends_at, str(Outcome.HELD)
        meeting.note = self.rng.choice(NOTES) if self.rng.random() < 0.6 else ""
        if responsible == Party.FUND and self.numbers[kind] == 1 and kind != MeetingKind.AVAILABILITY_INTERVIEW:
            meeting.is_six_weeks_guided = True
        return meeting

    def _booked(self, kind: MeetingKind, responsible: Party, day: date) -> Meeting:
        return self._meeting(kind, responsible, max(day, self.today + ONE_DAY))

    def _without_outcome(self) -> Meeting:
        responsible = Party.MUNICIPALITY if self.case.municipality_caseworker else Party.FUND
        day = self.today - timedelta(days=self.rng.randint(3, 6))
        return self._meeting(MeetingKind.CONTACT_INTERVIEW, responsible, max(day, self.case.registered_on + ONE_DAY))

    def _beyond_the_minimum(self) -> Iterator[Meeting]:
        responsible = Party.MUNICIPALITY if self.case.municipality_caseworker else Party.FUND
        every = timedelta(days=12 if self.fate == "extra" else 49)
        most = 3 if self.fate == "extra" else 12
        ends = add_months(self.case.placed_on, 6)
        day = self.last + every
        if self.fate != "extra":
            if self._worker(Party.MUNICIPALITY) is None or self.sketch.until < ends or self.fate:
                return
            day = max(day, ends + timedelta(days=20))
        for _ in range(most):
            if day >= self.sketch.until - timedelta(days=7):
                return
            yield self.held(MeetingKind.CONTACT_INTERVIEW, responsible, day)
            day = self.last + every

    def _meeting(self, kind: MeetingKind, responsible: Party, day: date) -> Meeting:
        worker = self._worker(responsible)
        assert worker is not None
        starts_at = self.diary.free(worker=worker, citizen_id=self.case.citizen_id, day=day, rng=self.rng)
        self.last = timezone.localtime(starts_at).date()
        booked_on = working_day(max(self.case.registered_on, self.last - timedelta(days=self.rng.randint(7, 15))))
        organisation = self.case.fund if responsible == Party.FUND else self.case.municipality
        meeting = Meeting(
            case=self.case,
            citizen=self.case.citizen,
            organisation=organisation,
            adviser=worker,
            kind=str(kind),
            starts_at=starts_at,
            ends_at=starts_at + LENGTH,
            booked_at=min(
                max(local(booked_on, time(8, self.rng.randrange(60))), self.case.created_at),
                starts_at - timedelta(hours=1),
                self.at,
            ),
            booked_by=worker,
        )
        self._set_channel(meeting)
        meeting.place = default_place(case=self.case, meeting=meeting)
        if responsible == Party.BOTH:
            meeting.fund_attends = True
        return meeting

    def _set_channel(self, meeting: Meeting) -> None:
        kind = MeetingKind(meeting.kind)
        self.numbers[kind] += 1
        answer = channel_rules.channel_on(
            course=self.course, meeting_on=self.last, kind=kind, number=self.numbers[kind], book=self.law.book
        )
        wish = self.sketch.channel
        demanded = wish if answer.decided_by == channel_rules.DecidedBy.AUTHORITY else None
        resolved = channel_rules.resolve(answer, wish=wish, demanded=demanded)
        meeting.channel, meeting.channel_chosen_by = str(resolved.channel), str(resolved.chosen_by)


def write_meetings(sketches: Iterable[Sketch]) -> None:
    meetings = [meeting for sketch in sketches for meeting in sketch.meetings]
    # A moved meeting is written before the one that took its place, and gives it its key.
    Meeting.objects.bulk_create(meeting for meeting in meetings if meeting.moved_from is None)
    for meeting in meetings:
        if meeting.moved_from is not None:
            meeting.moved_from = meeting.moved_from
    Meeting.objects.bulk_create(meeting for meeting in meetings if meeting.moved_from is not None)
