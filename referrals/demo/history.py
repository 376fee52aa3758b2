"""Some 375 courses in bulk, each with the rows that the services would have written day by day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cases.models import (
    BenefitHours,
    Case,
    CaseStatus,
    Citizen,
    Event,
    Handover,
    Pause,
    Reminder,
    ReminderState,
    User,
)
from cases.models.cases import CLOSE_REASON_LABELS, CloseReason, HandoverSource
from cases.names import sort_key
from cases.rules.facts import EXEMPTION_NAMES, Course, ExemptionReason, Party, PauseKind
from cases.rules.period import Period, add_months
from cases.rules.responsibility import municipality_from
from cases.rules.workdays import closed_day
from cases.services.cases import CitizenDetails
from meetings import planning
from meetings.models import (
    CANCEL_REASON_LABELS,
    OUTCOME_LABELS,
    CancelReason,
    ChannelChoice,
    Exemption,
    Meeting,
    Outcome,
)
from meetings.outbox import ReminderKind
from meetings.rules import channel as channel_rules
from meetings.rules.contact_course import PlannedMeeting, plan
from meetings.rules.kinds import CHANNEL_NAMES, Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.services import default_place
from referrals.demo.names import LANGUAGES, Invented
from referrals.demo.office import Office

ONE_DAY = timedelta(days=1)
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
CLOSED_BECAUSE = (
    (CloseReason.WORK, 78),
    (CloseReason.EDUCATION, 9),
    (CloseReason.BENEFIT_ENDED, 6),
    (CloseReason.PENSION, 4),
    (CloseReason.MOVED, 3),
)


@dataclass(frozen=True)
class Cohort:
    """A number of courses that began between two days."""

    size: int
    first: date
    last: date
    is_open: bool = False
    target_group: int = 1
    is_trial: bool = False
    #: What is special about the open ones: "", "overdue", "outcome", "unbooked", "extra", "paused", "exempt".
    fate: str = ""


@dataclass
class Sketch:
    """One course while it is drawn."""

    case: Case
    cohort: Cohort
    channel: Channel | None
    until: date
    meetings: list[Meeting] = field(default_factory=list)


def cohorts(today: date) -> list[Cohort]:
    """The regimes of the law as closed courses on their own days, and the open ones around today."""

    def ago(most: int, least: int) -> tuple[date, date]:
        return today - timedelta(days=most), today - timedelta(days=least)

    closed = [
        Cohort(3, date(2021, 3, 1), date(2022, 3, 1), is_trial=True),
        Cohort(30, date(2022, 2, 1), date(2022, 12, 15)),
        Cohort(6, date(2023, 1, 9), date(2023, 2, 20)),
        Cohort(28, date(2023, 3, 22), date(2023, 10, 31)),
        Cohort(12, date(2023, 12, 1), date(2023, 12, 31)),
        Cohort(40, date(2024, 1, 2), date(2025, 9, 30)),
    ]
    return [cohort for cohort in closed if cohort.last < today - timedelta(days=400)] + [
        Cohort(90, *ago(185, 6), is_open=True),
        Cohort(24, *ago(420, 186), is_open=True),
        Cohort(20, *ago(400, 60)),
        Cohort(12, *ago(5, 0), is_open=True),
        Cohort(12, *ago(30, 16), is_open=True, fate="overdue"),
        Cohort(4, *ago(110, 93), is_open=True, fate="overdue"),
        Cohort(4, *ago(200, 184), is_open=True, fate="overdue"),
        Cohort(14, *ago(170, 8), is_open=True, fate="outcome"),
        Cohort(18, *ago(90, 74), is_open=True, fate="unbooked"),
        Cohort(10, *ago(12, 4), is_open=True, fate="unbooked"),
        Cohort(10, *ago(150, 45), is_open=True, fate="extra"),
        Cohort(12, *ago(140, 40), is_open=True, fate="paused"),
        Cohort(10, *ago(140, 40), is_open=True, fate="exempt"),
        Cohort(10, *ago(170, 5), is_open=True, target_group=2),
        Cohort(6, *ago(170, 5), is_open=True, target_group=4),
    ]


class Diary:
    """Who is busy when: an adviser has one meeting at a time, a citizen one a day."""

    def __init__(self) -> None:
        self._taken: set[tuple[int, datetime]] = set()
        self._citizens: set[tuple[int, date]] = set()

    def free(self, *, worker: User, citizen_id: int, day: date, rng: Random) -> datetime:
        """The first working day from that one on which both are free, at one of the office's times."""
        while True:
            if not closed_day(day) and (citizen_id, day) not in self._citizens:
                for slot in rng.sample(SLOTS, len(SLOTS)):
                    moment = local(day, slot)
                    if (worker.pk, moment) not in self._taken:
                        self._taken.add((worker.pk, moment))
                        self._citizens.add((citizen_id, day))
                        return moment
            day += ONE_DAY


def local(day: date, clock_time: time) -> datetime:
    """That time of day in Copenhagen."""
    return timezone.make_aware(datetime.combine(day, clock_time))


def write(*, office: Office, people: Invented, rng: Random, at: datetime) -> None:
    """Write the courses in the caller's transaction."""
    today = timezone.localtime(at).date()
    law = planning.law_in_force()
    sketches = _open_cases(office=office, people=people, rng=rng, today=today)
    _write_spans(sketches, rng=rng, today=today)
    _write_handovers(sketches, office=office, law=law, rng=rng, today=today, at=at)
    by_pk = (
        Case.objects.with_parties().select_related("handover").prefetch_related("pauses", "exemptions", "benefit_hours")
    )
    facts = by_pk.in_bulk([sketch.case.pk for sketch in sketches])
    diary = Diary()
    for sketch in sketches:
        sketch.case = facts[sketch.case.pk]
        sketch.meetings = list(_Course(sketch, law=law, diary=diary, rng=rng, at=at).meetings())
    _write_meetings(sketches)
    _write_history(sketches, at=at)
    for sketch in sketches:
        planning.replan(case=sketch.case, at=sketch.case.created_at, by=_worker(sketch.case), law=law)


# The cases


def _open_cases(*, office: Office, people: Invented, rng: Random, today: date) -> list[Sketch]:
    drawn = [(cohort, _sketch_citizen(people, cohort, rng)) for cohort in cohorts(today) for _ in range(cohort.size)]
    citizens = Citizen.objects.bulk_create(_citizen(details) for _, details in drawn)
    channels = _wishes(len(drawn), rng)
    sketches = [
        _sketch(office, citizen=citizen, cohort=cohort, channel=channel, rng=rng, today=today)
        for (cohort, _), citizen, channel in zip(drawn, citizens, channels, strict=True)
    ]
    Case.objects.bulk_create(sketch.case for sketch in sketches)
    return sketches


def _sketch_citizen(people: Invented, cohort: Cohort, rng: Random) -> CitizenDetails:
    age = rng.choice((19, 20, 21, 22, 23, 24)) if cohort.target_group == 4 else rng.randint(20, 64)
    oddity = rng.random()
    changes: dict[str, object] = {}
    if oddity < 0.03:
        changes = {"has_protected_address": True}
    elif oddity < 0.07:
        changes = {"interpreter_language": rng.choice(LANGUAGES)}
    elif oddity < 0.12:
        changes = {"is_exempt_from_digital_post": True}
    elif oddity < 0.14:
        changes = {"is_exempt_from_digital_post": True, "email": "", "phone": ""}
    elif oddity < 0.16:
        changes = {"is_replacement": True}
    return people.citizen(age=age, **changes)


def _citizen(details: CitizenDetails) -> Citizen:
    citizen = Citizen(
        name=details.name,
        name_key=sort_key(details.name),
        email=details.email,
        phone=details.phone,
        address=details.address,
        has_protected_address=details.has_protected_address,
        is_exempt_from_digital_post=details.is_exempt_from_digital_post,
        interpreter_language=details.interpreter_language,
    )
    citizen.set_cpr(details.number)
    return citizen


def _wishes(number: int, rng: Random) -> list[Channel | None]:
    """What each citizen prefers, in the real shares; half of those who come in person never said so."""
    wishes: list[Channel | None] = []
    for channel, share in CHANNELS.items():
        wishes += [channel] * round(number * share / 1000)
    wishes = (wishes + [Channel.ATTENDANCE] * number)[:number]
    rng.shuffle(wishes)
    return [None if wish == Channel.ATTENDANCE and rng.random() < 0.5 else wish for wish in wishes]


def _sketch(
    office: Office, *, citizen: Citizen, cohort: Cohort, channel: Channel | None, rng: Random, today: date
) -> Sketch:
    placed_on = cohort.first + timedelta(days=rng.randint(0, (cohort.last - cohort.first).days))
    registered_on = placed_on - timedelta(days=rng.choice((0, 0, 0, 1, 3)))
    # The first of each kind is the office of the log-ins: a third of all.
    fund = None if cohort.target_group != 1 else rng.choices(office.funds, (8, 4, 4, 4, 3))[0]
    municipality = rng.choices(office.municipalities, (12, 3, 2, 2, 2, 2, 2, 2))[0]
    case = Case(
        citizen=citizen,
        fund=fund,
        municipality=municipality,
        fund_adviser=_one_of(office.workers[fund.pk], rng) if fund else None,
        target_group=cohort.target_group,
        insurance="part_time" if rng.random() < 0.08 else "full_time",
        has_qualifying_education=cohort.target_group != 4 and (citizen.born_on.year < today.year - 30),
        has_children_at_home=rng.random() < 0.3,
        is_trial=cohort.is_trial,
        registered_on=registered_on,
        placed_on=placed_on,
        created_at=local(_working_day(registered_on), time(9, rng.randrange(60))),
    )
    until = today
    if not cohort.is_open:
        weeks = min(max(3.0, rng.expovariate(1 / 24.6)), 90.0)
        until = min(placed_on + timedelta(weeks=weeks), today - ONE_DAY)
        case.status, case.closed_on = CaseStatus.CLOSED, until
        case.close_reason = str(rng.choices(*zip(*CLOSED_BECAUSE, strict=True))[0])
    return Sketch(case=case, cohort=cohort, channel=channel, until=until)


def _one_of(workers: list[User], rng: Random) -> User:
    # The first is the one who can log in: she has the most.
    return rng.choices(workers, [2] + [1] * (len(workers) - 1))[0]


def _working_day(day: date) -> date:
    while closed_day(day):
        day += ONE_DAY
    return day


def _worker(case: Case) -> User:
    worker = case.fund_adviser or case.municipality_caseworker
    assert worker is not None
    return worker


# Pauses, exemptions, hours and handovers


def _write_spans(sketches: list[Sketch], *, rng: Random, today: date) -> None:
    pauses, exemptions = [], []
    for sketch in sketches:
        case, placed_on = sketch.case, sketch.case.placed_on
        if sketch.cohort.fate == "paused":
            first = today - timedelta(days=rng.randint(3, 25))
            kind = rng.choice((PauseKind.HOLIDAY, PauseKind.SICKNESS, PauseKind.EMPLOYMENT))
            pauses.append(_pause(case, kind, Period(first, today + timedelta(days=rng.randint(4, 20)))))
        elif sketch.cohort.fate == "exempt":
            first = today - timedelta(days=rng.randint(2, 20))
            exemptions.append(_exemption(case, Period(first, first + timedelta(days=rng.randint(28, 41)))))
        elif (sketch.until - placed_on).days > 80 and rng.random() < 0.12:
            first = placed_on + timedelta(days=rng.randint(20, 60))
            pauses.append(_pause(case, PauseKind.HOLIDAY, Period(first, first + timedelta(days=14))))
    Pause.objects.bulk_create(pauses)
    Exemption.objects.bulk_create(exemptions)


def _pause(case: Case, kind: PauseKind, span: Period) -> Pause:
    return Pause(
        case=case,
        kind=str(kind),
        span=DateRange(span.start, span.end),
        source="borgerens oplysning",
        recorded_by=case.fund_adviser,
        recorded_at=local(_working_day(span.start), time(10, 20)),
    )


def _exemption(case: Case, span: Period) -> Exemption:
    assert case.fund_adviser is not None
    return Exemption(
        case=case,
        reason=str(ExemptionReason.ORDINARY_JOB),
        span=DateRange(span.start, span.end),
        documented_on=span.start,
        document="Ansættelseskontrakt",
        recorded_by=case.fund_adviser,
        recorded_at=local(_working_day(span.start), time(11, 40)),
    )


def _write_handovers(
    sketches: list[Sketch], *, office: Office, law: planning.Law, rng: Random, today: date, at: datetime
) -> None:
    hours, handovers = [], []
    for sketch in sketches:
        case = sketch.case
        begins = _begins(sketch, law)
        colleagues = office.workers[case.municipality_id]
        if begins is None or begins <= case.registered_on:
            case.municipality_caseworker = _one_of(colleagues, rng)
            continue
        if begins > sketch.until + timedelta(days=10) or case.fund_adviser is None:
            continue
        months = [add_months(case.placed_on.replace(day=1), n) for n in range(3)]
        hours += [BenefitHours(case=case, month=month, hours=Decimal("160.33")) for month in months]
        handover = Handover(
            case=case,
            handed_over_on=begins,
            hours=Decimal("480.99"),
            source=str(HandoverSource.PAYOUT),
            handed_over_by=case.fund_adviser,
            handed_over_at=min(local(_working_day(begins - timedelta(days=9)), time(13, 5)), at),
        )
        if begins < today - timedelta(days=4):
            case.municipality_caseworker = _one_of(colleagues, rng)
            handover.received_by = case.municipality_caseworker
            handover.received_at = local(_working_day(begins - timedelta(days=2)), time(8, 50))
        handovers.append(handover)
    BenefitHours.objects.bulk_create(hours)
    Handover.objects.bulk_create(handovers)
    Case.objects.bulk_update([sketch.case for sketch in sketches], ["municipality_caseworker"])


def _begins(sketch: Sketch, law: planning.Law) -> date | None:
    case = sketch.case
    course = Course(
        registered_on=case.registered_on,
        placed_on=case.placed_on,
        target_group=case.target_group,
        born_on=case.citizen.born_on,
        has_qualifying_education=case.has_qualifying_education,
        has_children_at_home=case.has_children_at_home,
    )
    return municipality_from(course, law.book).day


# The meetings


class _Course:
    """Draws the meetings of one course in the order of their deadlines."""

    def __init__(self, sketch: Sketch, *, law: planning.Law, diary: Diary, rng: Random, at: datetime) -> None:
        self.sketch, self.case, self.fate = sketch, sketch.case, sketch.cohort.fate
        self.law, self.diary, self.rng, self.at = law, diary, rng, at
        self.today = timezone.localtime(at).date()
        self.course = planning.course_of(self.case)
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
        return _working_day(day)

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
                first.status, first.cancelled_at = MeetingStatus.CANCELLED, first.starts_at - timedelta(hours=20)
                first.cancel_reason = str(self.rng.choice((CancelReason.CITIZEN, CancelReason.ADVISER)))
            else:
                first.status = MeetingStatus.MOVED
            yield first
            second = self._held(kind, responsible, day)
            if first.status == MeetingStatus.MOVED:
                second.moved_from, second.series, second.version = first, first.series, 2
            yield second
            return
        yield self._held(kind, responsible, day)

    def _held(self, kind: MeetingKind, responsible: Party, day: date) -> Meeting:
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
            yield self._held(MeetingKind.CONTACT_INTERVIEW, responsible, day)
            day = self.last + every

    def _meeting(self, kind: MeetingKind, responsible: Party, day: date) -> Meeting:
        worker = self._worker(responsible)
        assert worker is not None
        starts_at = self.diary.free(worker=worker, citizen_id=self.case.citizen_id, day=day, rng=self.rng)
        self.last = timezone.localtime(starts_at).date()
        booked_on = _working_day(max(self.case.registered_on, self.last - timedelta(days=self.rng.randint(7, 15))))
        organisation = self.case.fund if responsible == Party.FUND else self.case.municipality
        meeting = Meeting(
            case=self.case,
            citizen=self.case.citizen,
            organisation=organisation,
            adviser=worker,
            kind=str(kind),
            starts_at=starts_at,
            ends_at=starts_at + LENGTH,
            booked_at=min(local(booked_on, time(8, self.rng.randrange(60))), starts_at - timedelta(hours=1), self.at),
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


def _write_meetings(sketches: Iterable[Sketch]) -> None:
    meetings = [meeting for sketch in sketches for meeting in sketch.meetings]
    # A moved meeting is written before the one that took its place, and gives it its key.
    Meeting.objects.bulk_create(meeting for meeting in meetings if meeting.moved_from is None)
    for meeting in meetings:
        if meeting.moved_from is not None:
            meeting.moved_from = meeting.moved_from
    Meeting.objects.bulk_create(meeting for meeting in meetings if meeting.moved_from is not None)


# What was said and sent


def _write_history(sketches: Iterable[Sketch], *, at: datetime) -> None:
    choices, lines, reminders = [], [], []
    for sketch in sketches:
        if sketch.channel is not None:
            choices.append(_choice(sketch))
        lines += sorted(_lines(sketch), key=lambda event: event.at)
        reminders += [reminder for meeting in sketch.meetings for reminder in _sent(meeting, at=at)]
    ChannelChoice.objects.bulk_create(choices)
    Event.objects.bulk_create(lines)
    Reminder.objects.bulk_create(reminders)


def _choice(sketch: Sketch) -> ChannelChoice:
    case = sketch.case
    return ChannelChoice(
        case=case,
        channel=str(sketch.channel),
        chosen_on=case.registered_on,
        recorded_by=_worker(case),
        recorded_at=case.created_at,
    )


def _lines(sketch: Sketch) -> Iterator[Event]:
    case = sketch.case
    worker = _worker(case)

    def line(kind: str, moment: datetime, text: str, by: User = worker, **data: Any) -> Event:
        return Event(case=case, kind=kind, at=moment, by=by, text=text, data=data)

    yield line(
        "cases.opened",
        case.created_at,
        f"Sagen er oprettet. Tilmeldt {case.registered_on:%d-%m-%Y}, indplaceret {case.placed_on:%d-%m-%Y}.",
    )
    if sketch.channel is not None:
        text = f"Borgeren har valgt {CHANNEL_NAMES[sketch.channel]} til alle samtaler."
        yield line("meetings.channel_chosen", case.created_at, text)
    for pause in case.pauses.all():
        yield line("cases.paused", pause.recorded_at, f"Pause registreret: {pause}. Kilde: {pause.source}.")
    for exemption in case.exemptions.all():
        text = f"Fritaget for samtaler til og med {exemption.period.last_day:%d-%m-%Y}: "
        yield line("meetings.exempted", exemption.recorded_at, f"{text}{EXEMPTION_NAMES[exemption.reason]}.")
    handover = getattr(case, "handover", None)
    if handover is not None:
        text = f"Forløbet overgår til {case.municipality} den {handover.handed_over_on:%d-%m-%Y}."
        yield line("cases.handed_over", handover.handed_over_at, text)
        if handover.received_by is not None:
            text = f"{case.municipality} har modtaget forløbet. {case.municipality_caseworker} har sagen."
            yield line("cases.received", handover.received_at, text, by=handover.received_by)
    for meeting in sketch.meetings:
        yield from (line(*told, by=meeting.adviser, meeting=meeting.pk) for told in _told(meeting))
    if not case.is_open:
        assert case.closed_on is not None
        text = (
            f"Sagen er afsluttet den {case.closed_on:%d-%m-%Y}: {CLOSE_REASON_LABELS[CloseReason(case.close_reason)]}."
        )
        yield line("cases.closed", local(case.closed_on, time(15, 10)), text)


def _told(meeting: Meeting) -> Iterator[tuple[str, datetime, str]]:
    name = _name(meeting)
    moved = f" Flyttet fra {_name(meeting.moved_from)}." if meeting.moved_from else ""
    kind = "meetings.moved" if moved else "meetings.booked"
    yield kind, meeting.booked_at, f"{name} er booket ({CHANNEL_NAMES[Channel(meeting.channel)]}).{moved}"
    if meeting.cancelled_at:
        text = f"{name} er aflyst: {CANCEL_REASON_LABELS[CancelReason(meeting.cancel_reason)]}."
        yield "meetings.cancelled", meeting.cancelled_at, text
    elif meeting.held_at or meeting.missed_at:
        kind = "meetings.held" if meeting.held_at else "meetings.missed"
        moment = meeting.held_at or meeting.missed_at
        assert moment is not None
        yield kind, moment, f"{name}: {OUTCOME_LABELS[Outcome(meeting.outcome)]}."


def _name(meeting: Meeting) -> str:
    starts = timezone.localtime(meeting.starts_at)
    return f"{meeting.get_kind_display().capitalize()} den {starts:%d-%m-%Y} kl. {starts:%H.%M}"


def _sent(meeting: Meeting, *, at: datetime) -> Iterator[Reminder]:
    kind = ReminderKind.CORRECTION if meeting.moved_from else ReminderKind.INVITATION
    told = [(kind, meeting.booked_at + timedelta(minutes=1))]
    day_before = meeting.starts_at - timedelta(hours=24)
    if day_before < at and meeting.status != MeetingStatus.CANCELLED and meeting.status != MeetingStatus.MOVED:
        told.append((ReminderKind.MEETING_TOMORROW, day_before))
    for which, moment in told:
        yield Reminder(
            kind=str(which),
            case_id=meeting.case_id,
            subject=meeting.pk,
            version=meeting.version,
            due_at=moment,
            recorded_at=moment,
            state=str(ReminderState.SENT),
            route="e-mail",
            outcome="Sendt.",
            closed_at=min(moment, at),
            attempts=1,
        )
