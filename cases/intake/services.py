"""Opens the case of a spell of unemployment, and places the citizen anew."""

from datetime import date, datetime, timedelta

from django.db import transaction

from cases import wall
from cases.changing import CitizenHasOpenCase, check_law, lock, set_worker
from cases.citizen.services import is_known
from cases.closing.services import close, weigh_doubts
from cases.history import events as history_events
from cases.intake import opening, returning
from cases.intake.new_case import CourseDetails, NewCase, describe
from cases.models import Act, Case, Citizen, User
from cases.models.cases import CloseReason
from cases.rules.facts import Course, Insurance
from cases.rules.refusal import Refused
from cases.rules.target_group import UnknownGroup

#: The same facts again within this time are the same click; later they are a second wish.
SAME_WITHIN = timedelta(minutes=1)


@wall.lifted()
@transaction.atomic(durable=True)
def open_case(*, new: NewCase, by: User, at: datetime) -> Case:
    """Open a case for the citizen, who is made or brought up to date, and plan the course.

    Who comes back to a course that goes on gets that case. The same case once more, by whoever has just opened it, is
    that case.
    Raises CitizenHasOpenCase, CitizenIsDead, CourseGoesOn, WrongParty, NoRules, NotInForce and BadFacts (with Danish
    sentences) on facts that cannot be.
    """
    try:
        (one,) = opening.weigh([new], by=by)
        opening.open_weighed([one], by=by, at=at)
        return one.opened
    except CitizenHasOpenCase:
        same = _opened_alike(new, by=by, at=at)
        if same is None and new.meanwhile:
            same = returning.gone_on_alike(new.citizen.number, by=by, since=at - SAME_WITHIN)
        if same is None:
            raise
        return same


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
    describe(new, course)
    for office, worker in ((old.fund_id, old.fund_adviser), (old.municipality_id, old.municipality_caseworker)):
        if worker is not None and worker.works_at(office):
            set_worker(new, worker)
    offices = [office for office in (old.fund_id, old.municipality_id) if office is not None]
    try:
        opening.check_parties(new, kinds=opening.kinds_of(offices), by=by)
        check_law(new, Act.objects.rule_book())
        Course(registered_on=registered_on, placed_on=placed_on, born_on=old.citizen.born_on)
    except UnknownGroup as error:
        raise Refused(f"{error} Ret målgruppen på sagen først.") from None
    opening.save_new([new], [f"Nyt forløb efter sag {old.label}: {reason}"], by=by, at=at)
    history_events.record(
        case=old, kind="cases.placed_anew", by=by, at=at, text=f"Et nyt forløb er begyndt i sag {new.label}: {reason}"
    )
    return new
