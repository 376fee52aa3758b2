"""A citizen comes back: the case that was closed opens again, and the old course goes on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.changing import CitizenHasOpenCase, field_of, label_of, shown
from cases.citizen.services import HAS_OPEN_CASE
from cases.closing.services import lock_with_citizen, open_again
from cases.history.before import pauses_of
from cases.models import Case, Citizen, User
from cases.models.cases import CloseReason
from cases.pauses.services import add_with_cases
from cases.people import cpr
from cases.rules.facts import PauseFact, PauseKind
from cases.rules.refusal import Refused
from cases.rules.restart import days_away, goes_on
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text

#: What somebody who comes back did meanwhile, if it is no pause, and that the course begins anew all the same.
OTHER, ANEW = "other", "anew"
#: What decides the course and stays as the case had it; to change it is to correct it.
OF_THE_OLD_COURSE = (
    "fund",
    "municipality",
    "insurance",
    "has_qualifying_education",
    "has_children_at_home",
    "is_trial",
)
#: Ends after which there is no course to go on in.
_FINAL = (CloseReason.MISTAKE, CloseReason.DEATH, CloseReason.NEW_PLACEMENT)


@dataclass(frozen=True)
class LeftCourse:
    """A course that its citizen left and goes on in: why, and since when he was away."""

    case: Case
    why: str
    left_on: date
    #: What is to be done of parties that have changed meanwhile.
    hint: str = ""

    @property
    def text(self) -> str:
        before = f"Borgeren har haft et forløb før, i sag {self.case.label} til den {day_text(self.left_on)}."
        return f"{before} {self.why} {self.hint}".strip()


class CourseGoesOn(Refused):
    """The old course goes on, and it is not answered what shall happen, or why a new course begins instead."""

    def __init__(self, left: LeftCourse, *, missing: str = "") -> None:
        """Takes the course that it is about, and what is missing in the answer."""
        self.left, self.missing = left, missing
        super().__init__(f"{left.text} {missing}".strip())


def last_left(citizen_ids: Collection[int], *, by: User) -> dict[int, Case]:
    """By the id of each citizen: the case left last, where it is the user's own and could go on."""
    cases = Case.objects.filter(citizen__in=citizen_ids).exclude(close_reason=CloseReason.MISTAKE)
    last = {case.citizen_id: case for case in cases.with_parties().select_related("next").order_by("placed_on", "pk")}
    return {
        citizen_id: case
        for citizen_id, case in last.items()
        if not case.is_open
        and case.close_reason not in _FINAL
        and by.organisation_id in (case.fund_id, case.municipality_id)
    }


def left_course(case: Case | None, *, new: Case, book: RuleBook) -> LeftCourse | None:
    """The course that goes on instead of the new one; None where the law lets it begin.

    A party that has changed meanwhile is changed on the case: the course goes on with it.
    """
    if case is None or case.closed_on is None:
        return None
    if case.target_group != new.target_group:
        return None
    step = goes_on(
        placed_on=case.placed_on,
        target_group=case.target_group,
        left_on=case.closed_on,
        returned_on=new.registered_on,
        book=book,
    )
    if step is None:
        return None
    is_same = (case.fund_id, case.municipality_id) == (new.fund_id, new.municipality_id)
    return LeftCourse(case=case, why=step.text, left_on=case.closed_on, hint="" if is_same else _others(case))


def _others(case: Case) -> str:
    parties = " og ".join(str(party) for party in (case.fund, case.municipality) if party is not None)
    return f"Sagen er hos {parties}: er borgeren flyttet eller skiftet a-kasse, så skift parten på sagen bagefter."


def not_taken(case: Case, new: Case) -> str:
    """What was typed for the new case and is otherwise in the one that goes on, in Danish; empty where it is alike."""
    facts = [
        f"{label_of(Case, name)} ({shown(new, name)} er skrevet, {shown(case, name)} gælder)"
        for name in OF_THE_OLD_COURSE
        if _stored(case, name) != _stored(new, name)
    ]
    return (
        f"Det gamle forløb går videre som det var, og det her er ikke taget med: {'; '.join(facts)}." if facts else ""
    )


def _stored(case: Case, name: str) -> Any:
    return field_of(Case, name).value_from_object(case)


def go_on(*, left: LeftCourse, new: Case, meanwhile: str, note: str, by: User, at: datetime) -> Case:
    """Open the old case again with the days away as a pause, in the caller's transaction.

    The new one, which is not saved, says when the citizen came back, who has the case and how he is reached; what else
    was typed of it is told where it differs.
    """
    case = lock_with_citizen(left.case.pk)
    # Somebody else was faster: what was asked about is no longer so.
    if case.is_open or case.closed_on is None:
        raise CitizenHasOpenCase(HAS_OPEN_CASE)
    was = pauses_of(case)
    days = _add_pauses(case, returned_on=new.registered_on, kind=meanwhile, by=by, at=at) if meanwhile != OTHER else ""
    case.fund_adviser = new.fund_adviser or case.fund_adviser
    case.municipality_caseworker = new.municipality_caseworker or case.municipality_caseworker
    if case.fund_id == new.fund_id:
        case.fund_contact = new.fund_contact
    if case.municipality_id == new.municipality_id:
        case.municipality_contact = new.municipality_contact
    told = (
        f"Borgeren er tilmeldt igen den {day_text(new.registered_on)}. {left.why} {days} {not_taken(case, new)} {note}"
    )
    parties = ["fund_adviser", "municipality_caseworker", "fund_contact", "municipality_contact"]
    open_again(case, text=" ".join(told.split()), fields=parties, was=was, by=by, at=at)
    return case


def gone_on_alike(number: cpr.Cpr, *, by: User, since: datetime) -> Case | None:
    """The case that the user has just opened again for the citizen."""
    mine = Case.objects.open().filter(events__kind="cases.reopened", events__by=by, events__at__gte=since)
    return mine.filter(citizen__in=Citizen.objects.with_cpr(number)).first()


def _add_pauses(case: Case, *, returned_on: date, kind: str, by: User, at: datetime) -> str:
    known = [pause.period for pause in case.pauses.all()]
    away = days_away(case.last_day, returned_on, known=known)
    pauses = (PauseFact(kind=kind, span=period) for period in away)
    (told,) = add_with_cases([(case, pauses)], source="ny tilmelding", by=by, at=at)
    return told


def what_they_did() -> list[tuple[str, str]]:
    """The answers to what somebody did meanwhile, as a form offers them."""
    return [
        *PauseKind.options(),
        (OTHER, "Andet. Forløbet fortsætter uden pause"),
        (ANEW, "Borgeren er indplaceret på ny, fx i en ny dagpengeperiode. Begynd et nyt forløb"),
    ]
