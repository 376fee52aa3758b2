"""The facts of a course as they were known at the end of a day, from the case and from what later changes kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.history.before import Later, handed_over_on, hours_kept, pauses_kept
from cases.models import Case, Event
from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules.facts import Course, ExemptionFact, ExemptionReason, Insurance, Party, PauseFact, PauseKind
from cases.rules.period import Period
from cases.rules.responsibility import Responsibility, responsible_on
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text
from meetings.models import FundWish
from meetings.models.exemptions import exemptions_kept

TURNS = ("cases.closed", "cases.reopened")


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


def course_of_day(case: Case, later: Later, last: datetime) -> Course | None:
    """The facts as the rules read them; None where what was lost leaves facts that cannot be true together."""
    try:
        return Course(
            registered_on=_day_of(later.before("registered_on", case.registered_on)),
            placed_on=_day_of(later.before("placed_on", case.placed_on)),
            target_group=later.before("target_group", case.target_group),
            born_on=_day_of(later.before("born_on", case.citizen.born_on)),
            has_qualifying_education=later.before("has_qualifying_education", case.has_qualifying_education),
            has_children_at_home=later.before("has_children_at_home", case.has_children_at_home),
            insurance=Insurance(later.before("insurance", case.insurance)),
            pauses=tuple(PauseFact(kind=one["kind"], span=span_of(one)) for one in _pauses(case, later, last)),
            exemptions=tuple(
                ExemptionFact(reason=one["reason"], span=span_of(one), duty_kept=one["is_duty_kept"])
                for one in _exemptions(case, later, last)
            ),
            has_hours=bool(later.before("hours", hours_kept(case.benefit_hours.all()))),
            handed_over_on=handed_over_on(case, later, last),
            is_trial=later.before("is_trial", case.is_trial),
        )
    except ValueError:
        return None


def _day_of(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def span_of(kept: Mapping[str, Any]) -> Period:
    return Period(date.fromisoformat(kept["start"]), date.fromisoformat(kept["end"]) if kept["end"] else None)


def _pauses(case: Case, later: Later, last: datetime) -> list[dict[str, Any]]:
    return _recorded(later.before("pauses", pauses_kept(case.pauses.all())), last)


def _exemptions(case: Case, later: Later, last: datetime) -> list[dict[str, Any]]:
    return _recorded(later.before("exemptions", exemptions_kept(case.exemptions.all())), last)


def _recorded(kept: Sequence[dict[str, Any]], last: datetime) -> list[dict[str, Any]]:
    return [one for one in kept if datetime.fromisoformat(one["recorded_at"]) <= last]


def rests(case: Case, later: Later, last: datetime) -> list[str]:
    """The pauses and exemptions known that day, in words."""
    known = [(span_of(one), f"Pause, {PauseKind(one['kind']).label}") for one in _pauses(case, later, last)]
    known += [
        (
            span_of(one),
            f"Fritaget, {ExemptionReason(one['reason']).label}{', mødepligten fastholdt' * one['is_duty_kept']}",
        )
        for one in _exemptions(case, later, last)
    ]
    return [
        f"{name}: {span.start:%d-%m-%Y} til og med {span.last_day:%d-%m-%Y}"
        for span, name in sorted(known, key=lambda pair: pair[0])
    ]


def was_open(case: Case, told: Sequence[Event], last: datetime) -> bool:
    """Whether the case was open at that moment: by the last event that closed it or opened it again."""
    turns = [event for event in told if event.kind in TURNS]
    until = [event for event in turns if event.at <= last]
    if until:
        return max(until, key=lambda event: (event.at, event.pk)).kind != "cases.closed"
    return case.is_open or bool(turns)


def facts(case: Case, later: Later, last: datetime, *, is_open: bool) -> list[Fact]:
    closed_on = later.before("closed_on", case.closed_on)
    closed = f"afsluttet den {day_text(_day_of(closed_on))}" if closed_on else ""
    group = later.before("target_group", case.target_group)
    wish = _fund_wish(case, later, last)
    fund = fund_name(case, later)
    return [
        Fact("CPR-nummer", later.before("number", case.citizen.number_in_words)),
        Fact("Tilmeldt", day_text(_day_of(later.before("registered_on", case.registered_on)))),
        Fact("Indplaceret", day_text(_day_of(later.before("placed_on", case.placed_on)))),
        Fact("Målgruppe", TARGET_GROUP_LABELS[group]),
        *([Fact("A-kasse", fund)] if fund else []),
        Fact("Kommune", municipality_name(case, later)),
        Fact("Sagen", "åben" if is_open else closed),
        *([Fact("Første samtale i jobcentret", f"borgeren {wish}")] if wish else []),
    ]


def _fund_wish(case: Case, later: Later, last: datetime) -> str:
    """What had been said by then of the a-kasse at the first meeting in the jobcenter; empty where nothing was."""
    wish = FundWish.objects.filter(case=case).first()
    present = wish.is_wished if wish is not None and wish.recorded_at <= last else None
    said = later.before("fund_wish", present)
    return "" if said is None else str(FundWish(is_wished=said))


def holder(course: Course | None, day: date, book: RuleBook) -> Responsibility | None:
    """By the law known that day; None where it, or what is left of the facts, gives no answer."""
    try:
        return responsible_on(course, day, book) if course else None
    except ValueError:
        return None


def fund_name(case: Case, later: Later) -> str:
    """The a-kasse of that day; empty where there was none."""
    name: str | None = later.before("fund", case.fund.name if case.fund else None)
    return name or ""


def municipality_name(case: Case, later: Later) -> str:
    name: str = later.before("municipality", case.municipality.name)
    return name


def name_of_holder(case: Case, later: Later, held_by: Responsibility | None) -> str:
    fund, municipality = fund_name(case, later), municipality_name(case, later)
    if not fund:
        return municipality
    if held_by is None:
        return ""
    return fund if held_by.party is Party.FUND else municipality
