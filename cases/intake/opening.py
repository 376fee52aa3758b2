"""Opens cases, the one of a form or the many of a file, in the caller's transaction.

The number of statements does not grow with the cases, but for held talks and courses that go on, which are written
case by case. All are weighed first, which saves nothing and tells nothing; what stands is opened then.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases import bulk_rows, seam
from cases.changing import (
    CitizenHasOpenCase,
    CitizenIsDead,
    WrongParty,
    active_users,
    check_law,
    set_worker,
    worker_among,
)
from cases.citizen.services import HAS_OPEN_CASE, people_of, save_citizens, save_contacts
from cases.history import events as history_events
from cases.intake import returning
from cases.intake.new_case import NewCase, course_of, described
from cases.intake.returning import ANEW, CourseGoesOn, LeftCourse, last_left, left_course
from cases.models import Act, Case, CaseStatus, Citizen, Event, Organisation, OrganisationKind, User
from cases.models.cases import CloseReason
from cases.pauses.services import add_with_cases
from cases.people import cpr
from cases.rules.facts import PauseFact
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook

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


@dataclass
class Opening:
    """One case on its way: refused, to be opened, or a course that was left and goes on."""

    new: NewCase
    case: Case
    left: LeftCourse | None = None
    refusal: Refused | None = None

    @property
    def opened(self) -> Case:
        """The case, when it has been opened. Raises why it was not."""
        if self.refusal is not None:
            raise self.refusal
        return self.case


def weigh(news: Sequence[NewCase], *, by: User) -> list[Opening]:
    """Each of the new cases as it would be opened, or with why it cannot be. The citizens that are known are locked.

    A citizen who stands in several of them gets the first that can be opened.
    """
    openings = [Opening(new=new, case=described(new)) for new in news]
    _weigh_facts(openings, by=by)
    # Only now: whether the citizen has a case is told to nobody whose own case could never be saved.
    _weigh_citizens([one for one in openings if one.refusal is None], by=by)
    return openings


def open_weighed(openings: Sequence[Opening], *, by: User, at: datetime) -> None:
    """Open those that are not refused.

    Raises Refused and IntegrityError where somebody was faster, a course cannot go on after all, or what was held
    before cannot have been: the caller rolls all of it back. Others may have been refused for the sake of that one.
    """
    standing = [one for one in openings if one.refusal is None]
    _open_new([one for one in standing if one.left is None], by=by, at=at)
    for one in standing:
        if one.left is not None:
            _go_on(one, one.left, by=by, at=at)


# Weighed


def kinds_of(offices: Collection[int]) -> dict[int, str]:
    """The kind of each of these organisations."""
    return dict(Organisation.objects.filter(pk__in=offices).values_list("pk", "kind"))


def check_parties(case: Case, *, kinds: Mapping[int, str], by: User) -> None:
    """Refuse parties of the wrong kind, and a case to which one's own organisation is none. Raises WrongParty."""
    if kinds.get(case.municipality_id) != OrganisationKind.MUNICIPALITY:
        raise WrongParty("Vælg borgerens kommune.")
    if case.fund_id is not None and kinds.get(case.fund_id) != OrganisationKind.FUND:
        raise WrongParty("Vælg borgerens a-kasse.")
    if by.organisation_id not in (case.fund_id, case.municipality_id):
        raise WrongParty("Din egen organisation skal være a-kasse eller kommune i sagen.")


def check_facts(new: NewCase, *, book: RuleBook) -> None:
    """Refuse facts of which no case can be made, whoever the citizen is; nothing is read or saved.

    Raises BadFacts, NotInForce, NoRules and WrongParty.
    """
    check_law(described(new), book)
    course_of(new)


def _weigh_facts(openings: Sequence[Opening], *, by: User) -> None:
    book = Act.objects.rule_book()
    workers = active_users({one.new.worker_id for one in openings if one.new.worker_id is not None})
    kinds = kinds_of({pk for one in openings for pk in (one.new.fund_id, one.new.municipality_id) if pk is not None})
    for one in openings:
        new = one.new
        try:
            if new.worker_id is not None:
                among = (new.fund_id, new.municipality_id)
                set_worker(one.case, worker_among(workers.get(new.worker_id), among=among))
            check_parties(one.case, kinds=kinds, by=by)
            check_law(one.case, book)
            course_of(new)
        except Refused as refusal:
            one.refusal = refusal


def _weigh_citizens(openings: Sequence[Opening], *, by: User) -> None:
    people = people_of([one.new.citizen for one in openings])
    ids = [citizen.pk for citizen in people.values()]
    ends = list(Case.objects.filter(citizen__in=ids).values_list("citizen_id", "status", "close_reason"))
    busy = {citizen for citizen, status, _ in ends if status == CaseStatus.OPEN}
    dead = {citizen for citizen, _, reason in ends if reason == CloseReason.DEATH}
    left_by = last_left(ids, by=by) if ids else {}
    book = Act.objects.rule_book()
    taken: set[int | str] = {*busy}
    for one in openings:
        index = cpr.index(one.new.citizen.number)
        one.case.citizen = citizen = people.get(index) or Citizen()
        try:
            if (citizen.pk or index) in taken:
                raise CitizenHasOpenCase(HAS_OPEN_CASE)
            if citizen.pk in dead and not one.new.is_death_weighed:
                raise CitizenIsDead(IS_DEAD)
            one.left = _course_to_go_on_in(one, left_by.get(citizen.pk), book=book)
        except Refused as refusal:
            one.refusal = refusal
        else:
            taken.add(citizen.pk or index)


def _course_to_go_on_in(one: Opening, last: Case | None, *, book: RuleBook) -> LeftCourse | None:
    """The course that goes on instead of the new one, if one does."""
    new, left = one.new, left_course(last, new=one.case, book=book)
    if left is None:
        if new.meanwhile not in ("", ANEW):
            raise Refused(NOTHING_TO_GO_ON_IN)
        return None
    if new.meanwhile == ANEW:
        if not new.note:
            raise CourseGoesOn(left, missing=WHY_ANEW)
        one.case.previous = left.case if not hasattr(left.case, "next") else None
        return None
    if not new.meanwhile:
        raise CourseGoesOn(left)
    if new.pauses or (new.held is not None and new.held.has_any):
        raise Refused(
            f"{left.text} Registrér holdte samtaler, pauser og valg af samtaleform på sagen i stedet, og lad felterne "
            "her stå tomme."
        )
    return left


# Opened


def _open_new(openings: Sequence[Opening], *, by: User, at: datetime) -> None:
    if not openings:
        return
    _save_people(openings, by=by, at=at)
    notes = [f"{one.new.note} {_number_before(one)}".strip() for one in openings]
    save_new([one.case for one in openings], notes, pauses=[one.new.pauses for one in openings], by=by, at=at)
    for one in openings:
        if one.new.held is not None and one.new.held.has_any:
            seam.enter_held(one.case, one.new.held, reason=one.new.note, by=by, at=at)


def save_new(
    cases: Sequence[Case],
    notes: Sequence[str],
    *,
    by: User,
    at: datetime,
    pauses: Sequence[Sequence[PauseFact]] | None = None,
) -> None:
    """Save these new cases, each with its note and its pauses, and tell of them, so that they are planned."""
    for case in cases:
        case.created_at = at
    # The database counts the numbers of cases.
    bulk_rows.insert_instances(Case, cases, without=["number"])
    numbers = dict(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("pk", "number"))
    paused = [""] * len(cases)
    if pauses is not None:
        paused = add_with_cases(list(zip(cases, pauses, strict=True)), source="importeret fil", by=by, at=at)
    events = []
    for case, pauses_told, note in zip(cases, paused, notes, strict=True):
        case.number = numbers[case.pk]
        text = f"Sagen er oprettet. Tilmeldt {case.registered_on:%d-%m-%Y}, indplaceret {case.placed_on:%d-%m-%Y}."
        told = " ".join(filter(None, (text, pauses_told, note)))
        events.append(Event(case=case, kind="cases.opened", by=by, at=at, text=told))
    history_events.record_all(events)


def _save_people(openings: Sequence[Opening], *, by: User, at: datetime) -> None:
    """The citizens of these cases, and how each party reaches them."""
    people = [(one.case.citizen, one.new.citizen) for one in openings]
    save_citizens(people, by=by, at=at)
    told = [
        (organisation_id, citizen, details)
        for (citizen, details), one in zip(people, openings, strict=True)
        for organisation_id in (one.new.fund_id, one.new.municipality_id)
    ]
    contacts = iter(save_contacts(told, own_id=by.organisation_id))
    for one in openings:
        # Named again, now that the citizen has a number.
        one.case.citizen = one.case.citizen
        one.case.fund_contact, one.case.municipality_contact = next(contacts), next(contacts)


def _number_before(one: Opening) -> str:
    return "" if one.case.citizen.has_now(one.new.citizen.number) else NUMBER_BEFORE


def _go_on(one: Opening, left: LeftCourse, *, by: User, at: datetime) -> None:
    _save_people([one], by=by, at=at)
    one.case = returning.go_on(left=left, new=one.case, meanwhile=one.new.meanwhile, note=one.new.note, by=by, at=at)


def not_as_typed(case: Case, new: NewCase) -> str:
    """What the case says otherwise than what was typed for it, in Danish; empty where it is all as typed."""
    number = _number_before(Opening(new=new, case=case))
    return f"{number} {returning.not_taken(case, described(new))}".strip()
