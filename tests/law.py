"""The shipped law as plain values, and small invented acts for tests of one rule."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from cases.law import shipped_acts
from cases.law.questions import ValuesQuestion
from cases.rules.declaring import Parameter
from cases.rules.facts import Course, ExemptionFact, Party, PauseFact
from cases.rules.period import Period
from cases.rules.rule_book import Act, LegalValue, RuleBook
from meetings.law import questions as about_meetings
from meetings.rules.contact_course import MeetingTable, Plan, TableRow, plan, row_of
from meetings.rules.kinds import MeetingKind
from referrals.law import questions as about_referrals
from referrals.rules.offers import OfferFact

SHIPPED = shipped_acts.read_acts()
BOOK = shipped_acts.rule_book(SHIPPED)
WITH_D = BOOK.with_draft("d")
WITH_E = BOOK.with_draft("e")
TABLE = MeetingTable({one.act.slug: tuple(row_of(row) for row in one.rows) for one in SHIPPED})


#: What the law can be asked without a case, by its name on the command line.
QUESTIONS = {one.name: one for one in (ValuesQuestion(), *about_meetings.QUESTIONS, *about_referrals.QUESTIONS)}


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(first: str, last: str | None) -> Period:
    """The period from one day to another, both included."""
    return Period.of_days_inclusive(day(first), day(last) if last else None)


def pause(first: str, last: str | None, kind: str = "employment") -> PauseFact:
    return PauseFact(kind, span(first, last))


def exemption(first: str, last: str | None, reason: str = "sent_home", **facts) -> ExemptionFact:
    return ExemptionFact(reason, span(first, last), **facts)


def offer(type_: str, first: str, last: str | None, granted_on: str | None = None, key: str = "") -> OfferFact:
    """An offer from one day to another, both included."""
    return OfferFact(key, type_, span(first, last), day(granted_on) if granted_on else None)


def course(start: str, **facts) -> Course:
    """A course registered and placed on one day, unless the facts say otherwise."""
    return Course(**{"registered_on": day(start), "placed_on": day(start), **facts})


def planned(start: str, *, book: RuleBook = BOOK, table: MeetingTable = TABLE, **facts) -> Plan:
    return plan(course=course(start, **facts), book=book, table=table)


def lines(answer: Plan) -> list[tuple[str, str, int, str, str]]:
    """The plan as a lawyer would write it down: who holds what, from when, by when."""
    return [
        (meeting.responsible, meeting.kind, meeting.number, str(meeting.window_from), str(meeting.due_on))
        for meeting in answer.meetings
    ]


def act(
    in_force_on: str,
    values: Mapping[Parameter, str | None],
    *,
    slug: str = "",
    is_draft: bool = False,
    published_at: datetime | None = None,
    moves: bool = False,
) -> Act:
    return Act(
        slug=slug or f"act-{in_force_on}",
        title=f"Loven af {in_force_on}",
        reference="",
        in_force_on=day(in_force_on),
        published_at=published_at,
        values={parameter.key: LegalValue(text, "§ 1") for parameter, text in values.items()},
        is_draft=is_draft,
        moves_running_courses=moves,
    )


def interviews(*rows: tuple[Party, int, int, int, int | None]) -> tuple[TableRow, ...]:
    """A table of jobsamtaler: by whom, how many, from which month to which, the first within which days."""
    return tuple(
        TableRow(order, MeetingKind.CONTACT_INTERVIEW, party, number, first, last, days, "§ 31")
        for order, (party, number, first, last, days) in enumerate(rows, start=1)
    )


def table_with(tables: Mapping[str, tuple[TableRow, ...]]) -> MeetingTable:
    """The shipped tables, and those of more acts by their slugs."""
    return MeetingTable({**TABLE.rows_by_act, **tables})


def book_of(*acts: Act, drafts: tuple[Act, ...] = ()) -> RuleBook:
    return RuleBook(acts, drafts)


def shipped_and(*acts: Act) -> RuleBook:
    """The published acts with more on top, published later than they."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    return RuleBook([*BOOK.acts, *(replace(act, published_at=act.published_at or later) for act in acts)], BOOK.drafts)
