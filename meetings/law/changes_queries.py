"""Reads what a re-planning changed in an organisation's cases: the rows of its page and of its file."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from cases.models import Case, User
from cases.ui.keyset import Page, page
from meetings.models import ChangeKind, LawChange, LawRun, Meeting, WorklistEntry
from meetings.models.law_runs import LawChangeQuerySet
from meetings.rules.lifecycle import MeetingStatus

#: The gravest first: the parts of the list, and the badges of a line.
KINDS = (
    ChangeKind.UNPLANNED,
    ChangeKind.OVERDUE,
    ChangeKind.BOOKING_OUTSIDE,
    ChangeKind.APPEARS,
    ChangeKind.MOVES,
    ChangeKind.VANISHES,
    ChangeKind.ALTERS,
    ChangeKind.CHANNEL,
    ChangeKind.HANDOVER,
    ChangeKind.OFFER,
    ChangeKind.OFFER_DEADLINE,
)
VARIANTS = {ChangeKind.UNPLANNED: "error", ChangeKind.OVERDUE: "error", ChangeKind.BOOKING_OUTSIDE: "warning"}
_RANK = {str(kind): rank for rank, kind in enumerate(KINDS)}
#: Said by the day before and the day after; the others need their sentence.
_SAID_BY_DAYS = {ChangeKind.MOVES, ChangeKind.OVERDUE, ChangeKind.OFFER_DEADLINE}
_CALLS_FOR_BOOKING = {ChangeKind.OVERDUE, ChangeKind.APPEARS, ChangeKind.BOOKING_OUTSIDE}


@dataclass(frozen=True)
class ChangeSelection:
    """Selects the changes of one run for one user, of one kind or of all; the page and its file share it."""

    run: LawRun
    user: User
    is_only_own: bool
    kind: ChangeKind | None
    #: Also what rests on another act and asks nobody to do anything.
    is_every: bool = False

    @property
    def everybodys(self) -> LawChangeQuerySet:
        return LawChange.objects.visible_to(self.user).filter(run=self.run, case__status="open")

    @property
    def changes(self) -> LawChangeQuerySet:
        """Return the changes in the user's selection, of every kind."""
        return self.everybodys.filter(worker=self.user) if self.is_only_own else self.everybodys

    @property
    def shown(self) -> LawChangeQuerySet:
        if self.kind is not None:
            return self.changes.filter(kind=self.kind)
        return self.changes if self.is_every else self.changes.exclude(kind=ChangeKind.ALTERS)


@dataclass(frozen=True)
class ChangeLine:
    """Shows one thing that changed in a case: two dates or a sentence, with a badge for each kind of change."""

    about: str
    day_before: date | None
    day_after: date | None
    badges: Sequence[tuple[str, str]]
    texts: Sequence[str]


@dataclass(frozen=True)
class Row:
    """Shows one case, what changed in it, and what somebody has to do about it."""

    case: Case
    worker: User | None
    lines: Sequence[ChangeLine]
    # A booking that no longer lies where it should.
    to_move: Meeting | None
    is_to_book: bool


def selected(run: LawRun, *, user: User, scope: str, kind: str, is_every: bool) -> ChangeSelection:
    """Select what the address asks for. An empty scope means the user's own cases, if any changed, else everybody's."""
    is_asked = scope in ("mine", "organisation")
    chosen = ChangeKind(kind) if kind in _RANK else None
    own = ChangeSelection(run=run, user=user, is_only_own=True, kind=chosen, is_every=is_every)
    if scope == "mine" or not is_asked and own.changes.exists():
        return own
    return replace(own, is_only_own=False)


def counts(selection: ChangeSelection) -> dict[ChangeKind | None, int]:
    """Count the cases of each kind of change, the gravest kind first; the key None holds what is shown without one."""
    found = dict(selection.changes.order_by().values_list("kind").annotate(Count("case", distinct=True)))
    total = replace(selection, kind=None).shown.aggregate(cases=Count("case", distinct=True))["cases"]
    return {None: total, **{kind: found[str(kind)] for kind in KINDS if str(kind) in found}}


def page_of(selection: ChangeSelection, *, params: Mapping[str, str]) -> tuple[Page[Case], list[Row]]:
    """Return one page of cases in the order of their numbers, with what changed in each."""
    listed = page(
        cases_of(selection).select_related("citizen"),
        among=Case.objects.visible_to(selection.user),
        order="number",
        public_id="public_id",
        params=params,
    )
    return listed, _rows(listed.rows, selection)


def cases_of(selection: ChangeSelection) -> QuerySet[Case]:
    return Case.objects.filter(pk__in=selection.shown.values("case"))


def _rows(cases: Sequence[Case], selection: ChangeSelection) -> list[Row]:
    changes: defaultdict[int, list[LawChange]] = defaultdict(list)
    for change in selection.shown.filter(case__in=cases).select_related("worker"):
        changes[change.case_id].append(change)
    to_move = _booked_outside([change for of_case in changes.values() for change in of_case], selection.user)
    unbooked = set(
        WorklistEntry.objects.visible_to(selection.user)
        .filter(case__in=cases, unbooked_due_on__isnull=False)
        .values_list("case_id", flat=True)
    )
    rows = []
    for case in cases:
        of_case = sorted(changes[case.pk], key=_order)
        calls = any(change.kind in _CALLS_FOR_BOOKING for change in of_case)
        rows.append(
            Row(
                case=case,
                worker=of_case[0].worker,
                lines=_lines(of_case, is_each_told=selection.kind == ChangeKind.ALTERS),
                to_move=to_move.get(case.pk),
                is_to_book=calls and case.pk in unbooked and case.pk not in to_move,
            )
        )
    return rows


def _booked_outside(changes: Collection[LawChange], user: User) -> dict[int, Meeting]:
    """Return, by case, the booked meeting that must be moved, if the user's own organisation holds it."""
    keys = [change.key.partition("/")[2] for change in changes if change.kind == ChangeKind.BOOKING_OUTSIDE]
    found = Meeting.objects.filter(
        pk__in=[int(key) for key in keys if key.isdecimal()],
        case__in={change.case_id for change in changes},
        organisation=user.organisation_id,
        status=MeetingStatus.BOOKED,
    )
    return {meeting.case_id: meeting for meeting in found.order_by("-starts_at")}


def _order(change: LawChange) -> tuple[Any, ...]:
    return (change.day_after or change.day_before or date.max, change.key, _RANK[change.kind])


def _lines(changes: Sequence[LawChange], *, is_each_told: bool) -> list[ChangeLine]:
    """The changes of a case in their order, those about the same thing together.

    Requirements that only rest on another act are one line, last, unless each is asked for: nobody has to act.
    """
    quiet = [] if is_each_told else [change for change in changes if change.kind == ChangeKind.ALTERS]
    about: dict[str, list[LawChange]] = {}
    for change in changes:
        if len(quiet) < 2 or change not in quiet:
            about.setdefault(change.key, []).append(change)
    lines = [_line(of_key) for of_key in about.values()]
    if len(quiet) > 1:
        badge = ("ændres uden ny frist", "")
        lines.append(ChangeLine(f"{len(quiet)} samtalekrav", None, None, [badge], ["Fristerne er de samme som før."]))
    return lines


def _line(changes: Sequence[LawChange]) -> ChangeLine:
    moved = next((one for one in changes if one.kind in _SAID_BY_DAYS and one.day_before and one.day_after), None)
    # That a deadline is over is a badge on what moved it.
    others = [one for one in changes if one.kind not in _SAID_BY_DAYS] or [changes[0]]
    return ChangeLine(
        about=changes[0].about,
        day_before=moved.day_before if moved else None,
        day_after=moved.day_after if moved else None,
        badges=[(ChangeKind(one.kind).label, VARIANTS.get(ChangeKind(one.kind), "")) for one in changes],
        texts=[] if moved else [one.text for one in others],
    )


COLUMNS = ("Borger", "Sagsnummer", "Ændring", "Hvad", "Før", "Efter", "Ændringen i ord", "Medarbejder")


def cells(selection: ChangeSelection) -> Iterator[Sequence[Any]]:
    """Yield the list as rows of a spreadsheet, one row for each change."""
    changes = selection.shown.select_related("case__citizen", "worker").order_by("case__number", "pk")
    for change in changes.iterator(chunk_size=500):
        yield (
            change.case.citizen.name,
            change.case.label,
            change.get_kind_display(),
            change.about,
            change.day_before,
            change.day_after,
            change.text,
            str(change.worker) if change.worker else "",
        )
