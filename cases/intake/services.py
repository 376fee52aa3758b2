"""Opens the case of a spell of unemployment, and places the citizen anew."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from cases import seam, wall
from cases.changing import (
    CitizenHasOpenCase,
    CitizenIsDead,
    WrongParty,
    check_course,
    check_law,
    find_worker,
    lock,
    set_worker,
)
from cases.citizen.services import CitizenDetails, contact_at, is_known, save_citizen
from cases.closing.services import close, weigh_doubts
from cases.history import events as history_events
from cases.intake import returning
from cases.intake.returning import ANEW, CourseGoesOn, LeftCourse, last_left, left_course
from cases.models import Act, Case, Citizen, Organisation, OrganisationKind, User
from cases.models.cases import CloseReason
from cases.pauses.services import add_with_case
from cases.rules.facts import Course, Insurance, PauseFact
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from cases.rules.target_group import UnknownGroup
from cases.seam import HeldBefore


@dataclass(frozen=True)
class CourseDetails:
    """What decides the course, as typed."""

    registered_on: date
    placed_on: date
    target_group: int = 1
    insurance: Insurance = Insurance.FULL_TIME
    has_qualifying_education: bool = True
    has_children_at_home: bool = False
    is_trial: bool = False


@dataclass(frozen=True)
class NewCase:
    """All that is needed to open a case."""

    citizen: CitizenDetails
    course: CourseDetails
    fund_id: int | None
    municipality_id: int
    worker_id: int | None = None
    # Why something that looks like a mistake is right.
    note: str = ""
    # That an earlier case was closed as the citizen died has been asked about.
    is_death_weighed: bool = False
    # The meetings that were held before the case came here.
    held: HeldBefore | None = None
    # The days on which the course stood still, or is to, as they are known when the case opens.
    pauses: tuple[PauseFact, ...] = ()
    # What the citizen did between the course that he left and this one: a kind of pause, OTHER or ANEW.
    meanwhile: str = ""


#: The same facts again within this time are the same click; later they are a second wish.
SAME_WITHIN = timedelta(minutes=1)

IS_DEAD = (
    "En tidligere sag for borgeren er afsluttet med grunden »død«. Se efter, om CPR-nummeret er rigtigt. Er det, så "
    "opret sagen under »Ny sag«, og skriv, hvorfor den alligevel skal oprettes."
)


WHY_ANEW = "Skriv, hvorfor et nyt forløb begynder, fx at borgeren er i en ny dagpengeperiode."
NOTHING_TO_GO_ON_IN = (
    "Borgeren har intet forløb hos jer, som kan gå videre i den samme målgruppe. Lad spørgsmålet "
    "om et tidligere forløb stå tomt."
)


NUMBER_BEFORE = (
    "Det skrevne CPR-nummer er et, borgeren havde før. Det er den samme borger, og det nuværende nummer gælder."
)


@wall.lifted()
@transaction.atomic(durable=True)
def open_case(*, new: NewCase, by: User, at: datetime) -> Case:
    """Open a case for the citizen, who is made or brought up to date, and plan the course.

    Who comes back to a course that goes on gets that case. The same case once more, by whoever has just opened it, is
    that case.
    Raises CitizenHasOpenCase, CitizenIsDead, CourseGoesOn, WrongParty, NoRules, ValidationError and BadFacts (with
    Danish sentences) on facts that cannot be.
    """
    try:
        return open_one_of_many(new=new, by=by, at=at)
    except CitizenHasOpenCase:
        same = _opened_alike(new, by=by, at=at)
        if same is None and new.meanwhile:
            same = returning.gone_on_alike(new.citizen.number, by=by, since=at - SAME_WITHIN)
        if same is None:
            raise
        return same


def open_one_of_many(*, new: NewCase, by: User, at: datetime) -> Case:
    """As `open_case`, in the transaction of a caller that opens many."""
    case = described(new)
    if new.worker_id is not None:
        set_worker(case, find_worker(new.worker_id, among=(new.fund_id, new.municipality_id)))
    _check(case, born_on=new.citizen.number.born_on, by=by)
    # Only now: whether the citizen has a case is told to nobody whose own case could never be saved.
    case.citizen = save_citizen(new.citizen, by=by, at=at)
    if not new.is_death_weighed and case.citizen.cases.filter(close_reason=CloseReason.DEATH).exists():
        raise CitizenIsDead(IS_DEAD)
    case.fund_contact, case.municipality_contact = (
        contact_at(organisation_id, of=case.citizen, told=new.citizen, is_own=organisation_id == by.organisation_id)
        for organisation_id in (new.fund_id, new.municipality_id)
    )
    if (left := _left_by(case, by=by)) is not None:
        if new.meanwhile != ANEW:
            return _go_on(left, case=case, new=new, by=by, at=at)
        if not new.note:
            raise CourseGoesOn(left, missing=WHY_ANEW)
        case.previous = left.case if not hasattr(left.case, "next") else None
    elif new.meanwhile not in ("", ANEW):
        raise Refused(NOTHING_TO_GO_ON_IN)
    case = _save_new(case, note=f"{new.note} {not_as_typed(case, new)}".strip(), by=by, at=at, pauses=new.pauses)
    if new.held is not None and new.held.has_any:
        seam.enter_held(case, new.held, reason=new.note, by=by, at=at)
    return case


def not_as_typed(case: Case, new: NewCase) -> str:
    """What the case says otherwise than what was typed for it, in Danish; empty where it is all as typed."""
    number = "" if case.citizen.has_now(new.citizen.number) else NUMBER_BEFORE
    return f"{number} {returning.not_taken(case, described(new))}".strip()


def _left_by(case: Case, *, by: User) -> LeftCourse | None:
    left = last_left([case.citizen.pk], by=by).get(case.citizen.pk)
    return left_course(left, new=case, book=Act.objects.rule_book())


def _go_on(left: LeftCourse, *, case: Case, new: NewCase, by: User, at: datetime) -> Case:
    if not new.meanwhile:
        raise CourseGoesOn(left)
    if new.pauses or (new.held is not None and new.held.has_any):
        raise Refused(
            f"{left.text} Registrér holdte samtaler, pauser og valg af samtaleform på sagen i stedet, og lad felterne "
            "her stå tomme."
        )
    return returning.go_on(left=left, new=case, meanwhile=new.meanwhile, note=new.note, by=by, at=at)


def _opened_alike(new: NewCase, *, by: User, at: datetime) -> Case | None:
    """The open case that the user has just made of all the same facts."""
    case = (
        Case.objects.with_parties()
        .open()
        .filter(**vars(new.course), fund=new.fund_id, municipality=new.municipality_id)
        .filter(citizen__in=Citizen.objects.with_cpr(new.citizen.number))
        .filter(events__kind="cases.opened", events__by=by, created_at__gte=at - SAME_WITHIN)
        .first()
    )
    if case is None or by.organisation is None:
        return None
    is_told = is_known(new.citizen, of=case.citizen, contact=case.contact_of(by.organisation))
    workers = (None, case.fund_adviser_id, case.municipality_caseworker_id)
    return case if is_told and new.worker_id in workers else None


def check_facts(new: NewCase, *, book: RuleBook) -> None:
    """Refuse facts of which no case can be made, whoever the citizen is; nothing is read or saved.

    Raises BadFacts, NotInForce, NoRules and WrongParty.
    """
    check_law(described(new), book)
    course_of(new)


def course_of(new: NewCase) -> Course:
    """The course that the case would begin. Raises BadFacts."""
    return Course(**vars(new.course), born_on=new.citizen.number.born_on, pauses=new.pauses)


@wall.lifted()
@transaction.atomic(durable=True)
def place_anew(
    *,
    case_id: int,
    version: int,
    registered_on: date,
    placed_on: date,
    reason: str,
    by: User,
    at: datetime,
    accepted: str | None = None,
) -> Case:
    """Begin a new course at a new placement: the old case is closed and stays readable, the new one points to it.

    `accepted` is as in `close_case`.
    Raises StaleForm, AlreadyClosed, Refused when the new placement does not lie after the old, and what `open_case`
    raises.
    """
    old = lock(case_id, version)
    if placed_on <= old.placed_on:
        raise Refused(
            f"Den nye indplacering skal ligge efter den gamle, {old.placed_on:%d-%m-%Y}. Ret datoen, eller ret den "
            "gamle sag."
        )
    weigh_doubts(old, reason=CloseReason.NEW_PLACEMENT, closed_on=placed_on, accepted=accepted, by=by, at=at)
    close(old, reason=CloseReason.NEW_PLACEMENT, closed_on=placed_on, by=by, at=at)
    course = CourseDetails(
        registered_on=registered_on,
        placed_on=placed_on,
        target_group=old.target_group,
        insurance=Insurance(old.insurance),
        has_qualifying_education=old.has_qualifying_education,
        has_children_at_home=old.has_children_at_home,
    )
    new = Case(fund_id=old.fund_id, municipality_id=old.municipality_id, previous=old, citizen=old.citizen)
    new.fund_contact, new.municipality_contact = old.fund_contact, old.municipality_contact
    _describe(new, course)
    for office, worker in ((old.fund_id, old.fund_adviser), (old.municipality_id, old.municipality_caseworker)):
        if worker is not None and worker.works_at(office):
            set_worker(new, worker)
    try:
        _check(new, born_on=old.citizen.born_on, by=by)
    except UnknownGroup as error:
        raise Refused(f"{error} Ret målgruppen på sagen først.") from None
    _save_new(new, note=f"Nyt forløb efter sag {old.label}: {reason}", by=by, at=at)
    history_events.record(
        case=old, kind="cases.placed_anew", by=by, at=at, text=f"Et nyt forløb er begyndt i sag {new.label}: {reason}"
    )
    return new


def described(new: NewCase) -> Case:
    """The case as it would be saved, with no citizen yet."""
    case = Case(fund_id=new.fund_id, municipality_id=new.municipality_id)
    _describe(case, new.course)
    return case


def _describe(case: Case, course: CourseDetails) -> None:
    case.registered_on = course.registered_on
    case.placed_on = course.placed_on
    case.target_group = course.target_group
    case.insurance = str(course.insurance)
    case.has_qualifying_education = course.has_qualifying_education
    case.has_children_at_home = course.has_children_at_home
    case.is_trial = course.is_trial


def _check(case: Case, *, born_on: date, by: User) -> None:
    _check_parties(case, by=by)
    check_course(case)
    _check_days(case, born_on=born_on)


def _check_days(case: Case, *, born_on: date) -> None:
    Course(registered_on=case.registered_on, placed_on=case.placed_on, born_on=born_on)


def _save_new(case: Case, *, note: str, by: User, at: datetime, pauses: tuple[PauseFact, ...] = ()) -> Case:
    case.created_at = at
    case.save()
    paused = add_with_case(case, pauses, source="importeret fil", by=by, at=at)
    text = f"Sagen er oprettet. Tilmeldt {case.registered_on:%d-%m-%Y}, indplaceret {case.placed_on:%d-%m-%Y}."
    told = " ".join(filter(None, (text, paused, note)))
    history_events.record(case=case, kind="cases.opened", by=by, at=at, text=told)
    return case


def _check_parties(case: Case, *, by: User) -> None:
    parties = [case.municipality_id] if case.fund_id is None else [case.fund_id, case.municipality_id]
    kinds = dict(Organisation.objects.filter(pk__in=parties).values_list("pk", "kind"))
    if kinds.get(case.municipality_id) != OrganisationKind.MUNICIPALITY:
        raise WrongParty("Vælg borgerens kommune.")
    if case.fund_id is not None and kinds.get(case.fund_id) != OrganisationKind.FUND:
        raise WrongParty("Vælg borgerens a-kasse.")
    if by.organisation_id not in (case.fund_id, case.municipality_id):
        raise WrongParty("Din egen organisation skal være a-kasse eller kommune i sagen.")
