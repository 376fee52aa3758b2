"""Some 375 courses in bulk, each with the rows that the services would have written day by day."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Prefetch
from django.utils import timezone

from cases.citizen.services import CONTACT_FIELDS, CitizenDetails
from cases.models import BenefitHours, Case, CaseStatus, Citizen, CitizenContact, Handover, Pause, User
from cases.models.cases import CloseReason, HandoverSource
from cases.rules.facts import Course, ExemptionReason, PauseKind
from cases.rules.period import Period, add_months
from cases.rules.responsibility import municipality_from
from meetings.models import Exemption
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.planning.law import Law
from meetings.rules.kinds import Channel
from meetings.rules.spans import local
from referrals.demo import efforts
from referrals.demo.courses import Diary, Drawn, Mix, write_meetings
from referrals.demo.ledger import write_history
from referrals.demo.names import LANGUAGES, Invented
from referrals.demo.office import Office
from referrals.demo.sketch import ONE_DAY, Cohort, Sketch, worker_of, working_day

CLOSED_BECAUSE = {
    CloseReason.WORK: 78,
    CloseReason.EDUCATION: 9,
    CloseReason.BENEFIT_ENDED: 6,
    CloseReason.PENSION: 4,
    CloseReason.MOVED: 3,
}


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


def write(*, office: Office, people: Invented, rng: Random, at: datetime) -> None:
    """Write the courses in the caller's transaction."""
    law = planning_law.law_in_force()
    sketches = _open_cases(office=office, people=people, rng=rng, at=at)
    _write_spans(sketches, rng=rng, at=at)
    _write_handovers(sketches, office=office, law=law, rng=rng, at=at)
    by_pk = (
        Case.objects.with_parties().select_related("handover").prefetch_related("pauses", "exemptions", "benefit_hours")
    )
    facts = by_pk.in_bulk([sketch.case.pk for sketch in sketches])
    diary, mix = Diary(), Mix()
    for sketch in sketches:
        sketch.case = facts[sketch.case.pk]
        wish = mix.most_wanted()
        sketch.channel = None if wish == Channel.ATTENDANCE and rng.random() < 0.5 else wish
        sketch.meetings = list(Drawn(sketch, law=law, diary=diary, rng=rng, at=at).meetings())
        mix.add(sketch.meetings)
    write_meetings(sketches)
    write_history(sketches, at=at)
    _plan(sketches, law=law)
    efforts.write(sketches, office=office, law=law, rng=rng, at=at)


def _plan(sketches: list[Sketch], *, law: Law) -> None:
    """Each case planned when it was opened, and anew when its pause or exemption was registered."""
    registered = {sketch.case.pk: moment for sketch in sketches if (moment := _registered_at(sketch.case))}
    # As they were before: a plan knows no pause that was registered later.
    bare = Case.objects.with_parties().prefetch_related(
        Prefetch("pauses", Pause.objects.none()),
        Prefetch("exemptions", Exemption.objects.none()),
        Prefetch("benefit_hours", BenefitHours.objects.none()),
    )
    as_opened = bare.in_bulk(list(registered))
    for sketch in sketches:
        case, by = sketch.case, worker_of(sketch.case)
        if case.pk in registered:
            planning_replan.replan(cases=[as_opened[case.pk]], at=case.created_at, by=by, law=law)
        planning_replan.replan(cases=[case], at=registered.get(case.pk, case.created_at), by=by, law=law)


def _registered_at(case: Case) -> datetime | None:
    """When the span of the course was registered, where it has one that was not there from the beginning."""
    spans: list[Pause | Exemption] = [*case.pauses.all(), *case.exemptions.all()]
    return max((one.recorded_at for one in spans if one.recorded_at > case.created_at), default=None)


# The cases


def _open_cases(*, office: Office, people: Invented, rng: Random, at: datetime) -> list[Sketch]:
    today = timezone.localtime(at).date()
    drawn = [(cohort, _sketch_citizen(people, cohort, rng)) for cohort in cohorts(today) for _ in range(cohort.size)]
    citizens = Citizen.objects.bulk_create(_citizen(details) for _, details in drawn)
    sketches = [
        _sketch(office, citizen=citizen, cohort=cohort, rng=rng, at=at)
        for (cohort, _), citizen in zip(drawn, citizens, strict=True)
    ]
    _keep_contacts(sketches, [details for _, details in drawn])
    Case.objects.bulk_create(sketch.case for sketch in sketches)
    return sketches


def _keep_contacts(sketches: list[Sketch], told: list[CitizenDetails]) -> None:
    """Both parties of each case were told the same."""
    contacts = []
    for sketch, details in zip(sketches, told, strict=True):
        case = sketch.case
        ways = {name: getattr(details, name) for name in CONTACT_FIELDS}
        case.municipality_contact = CitizenContact(citizen=case.citizen, organisation_id=case.municipality_id, **ways)
        contacts.append(case.municipality_contact)
        if case.fund_id is not None:
            case.fund_contact = CitizenContact(citizen=case.citizen, organisation_id=case.fund_id, **ways)
            contacts.append(case.fund_contact)
    CitizenContact.objects.bulk_create(contacts)


def _sketch_citizen(people: Invented, cohort: Cohort, rng: Random) -> CitizenDetails:
    age = rng.choice((19, 20, 21, 22, 23, 24)) if cohort.target_group == 4 else rng.randint(20, 64)
    oddity = rng.random()
    changes: dict[str, Any] = {}
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
        has_protected_address=details.has_protected_address,
        is_exempt_from_digital_post=details.is_exempt_from_digital_post,
    )
    citizen.set_name(details.name)
    citizen.set_cpr(details.number)
    return citizen


def _sketch(office: Office, *, citizen: Citizen, cohort: Cohort, rng: Random, at: datetime) -> Sketch:
    today = timezone.localtime(at).date()
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
        created_at=_moment(registered_on, time(9, rng.randrange(60)), at),
    )
    until = today
    if not cohort.is_open:
        weeks = min(max(3.0, rng.expovariate(1 / 24.6)), 90.0)
        until = min(placed_on + timedelta(weeks=weeks), today - ONE_DAY)
        case.status, case.closed_on = CaseStatus.CLOSED, until
        case.close_reason = str(rng.choices(list(CLOSED_BECAUSE), list(CLOSED_BECAUSE.values()))[0])
    return Sketch(case=case, cohort=cohort, until=until)


def _one_of(workers: list[User], rng: Random) -> User:
    # The first is the one who can log in: she has the most.
    return rng.choices(workers, [2] + [1] * (len(workers) - 1))[0]


def _moment(day: date, clock_time: time, at: datetime) -> datetime:
    """That time of the first working day from the day, but never later than now."""
    return min(local(working_day(day), clock_time), at)


# Pauses, exemptions, hours and handovers


def _write_spans(sketches: list[Sketch], *, rng: Random, at: datetime) -> None:
    today = timezone.localtime(at).date()
    pauses, exemptions = [], []
    # One at least in each regime, so that each has a plan that was made anew.
    with_pause = {sketch.cohort for sketch in sketches if sketch.cohort.is_open}
    for sketch in sketches:
        case, placed_on = sketch.case, sketch.case.placed_on
        if sketch.cohort.fate == "paused":
            first = today - timedelta(days=rng.randint(3, 25))
            kind = rng.choice((PauseKind.HOLIDAY, PauseKind.SICKNESS, PauseKind.EMPLOYMENT))
            pauses.append(_pause(case, kind, Period(first, today + timedelta(days=rng.randint(4, 20))), at))
        elif sketch.cohort.fate == "exempt":
            first = today - timedelta(days=rng.randint(2, 20))
            exemptions.append(_exemption(case, Period(first, first + timedelta(days=rng.randint(28, 41))), at))
        elif (sketch.until - placed_on).days > 80 and (rng.random() < 0.12 or sketch.cohort not in with_pause):
            with_pause.add(sketch.cohort)
            first = placed_on + timedelta(days=rng.randint(20, 60))
            pauses.append(_pause(case, PauseKind.HOLIDAY, Period(first, first + timedelta(days=14)), at))
    Pause.objects.bulk_create(pauses)
    Exemption.objects.bulk_create(exemptions)


def _pause(case: Case, kind: PauseKind, span: Period, at: datetime) -> Pause:
    return Pause(
        case=case,
        kind=str(kind),
        span=DateRange(span.start, span.end),
        source="borgerens oplysning",
        recorded_by=case.fund_adviser,
        recorded_at=_moment(span.start, time(10, 20), at),
    )


def _exemption(case: Case, span: Period, at: datetime) -> Exemption:
    return Exemption(
        case=case,
        reason=str(ExemptionReason.ORDINARY_JOB),
        span=DateRange(span.start, span.end),
        documented_on=span.start,
        document="Ansættelseskontrakt",
        recorded_by=worker_of(case),
        recorded_at=_moment(span.start, time(11, 40), at),
    )


def _write_handovers(sketches: list[Sketch], *, office: Office, law: Law, rng: Random, at: datetime) -> None:
    today = timezone.localtime(at).date()
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
            handed_over_at=_moment(begins - timedelta(days=9), time(13, 5), at),
        )
        if begins < today - timedelta(days=4):
            case.municipality_caseworker = _one_of(colleagues, rng)
            handover.received_by = case.municipality_caseworker
            handover.received_at = _moment(begins - timedelta(days=2), time(8, 50), at)
        handovers.append(handover)
    BenefitHours.objects.bulk_create(hours)
    Handover.objects.bulk_create(handovers)
    Case.objects.bulk_update([sketch.case for sketch in sketches], ["municipality_caseworker"])


def _begins(sketch: Sketch, law: Law) -> date | None:
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
