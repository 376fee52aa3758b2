"""Puts the figures into words: each with its whole beside it, and the list that it opens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse

from cases.models import User
from cases.models.scopes import Scope
from cases.rules.wording import counted
from cases.ui.bars import Bars, Number, Row
from meetings.overview.figures import OF_CHANNEL, STATISTICS_DEMAND, WEEKS, Choice, Figure
from meetings.overview.forms import ALL_TEAMS
from meetings.overview.queries import Figures, Week
from meetings.rules.shares import Share
from meetings.worklist.queries import Tile

#: The columns of the load.
OF_LOAD = (Figure.CASES, Figure.TO_BOOK, Figure.OVERDUE)
_ON_WORKLIST = {Figure.TO_BOOK: Tile.TO_BOOK, Figure.OVERDUE: Tile.OVERDUE}
#: In the address of a list, for what no adviser has.
NOBODY = "ingen"


@dataclass(frozen=True)
class Cell:
    """A count, what it is of, and the list of what it counts."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class WorkerRow:
    """The load of one adviser, or of nobody."""

    name: str
    load: Sequence[Cell]
    in_time: Cell
    due: Cell
    share: str
    #: Hours that are free in the weeks to come; empty for what nobody has.
    free: str


@dataclass(frozen=True)
class Part:
    """A share with its part and its whole as lists, and what it is measured by."""

    heading: str
    share: str
    part: Cell
    whole: Cell
    definition: str
    is_beyond: bool = False


class Links:
    """The addresses of the lists, which keep what the leader chose."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self.chosen = chosen

    @property
    def query(self) -> str:
        return urlencode(self.chosen)

    @property
    def overview(self) -> str:
        return f"{reverse('meetings:overview')}?{self.query}"

    def to(self, figure: Figure, **more: str) -> str:
        return f"{reverse('meetings:overview_list')}?{urlencode({**self.chosen, 'tal': str(figure), **more})}"

    def of_worker(self, figure: Figure, worker: User | None) -> str:
        """The address of an adviser's part of a figure: the worklist where it has the same rows, else the list.

        On the worklist one can act on many at once. Without an adviser it is what nobody has.
        """
        if worker is None:
            return self.to(figure, medarbejder=NOBODY)
        if figure in _ON_WORKLIST and worker.is_active:
            asked = {"scope": Scope.ORGANISATION, "worker": worker.public_id, "tile": _ON_WORKLIST[figure]}
            return f"{reverse('meetings:worklist')}?{urlencode(asked)}"
        return self.to(figure, medarbejder=str(worker.public_id))


def worker_rows(figures: Figures, links: Links) -> list[WorkerRow]:
    """The row of each adviser by name, and at the end one for what nobody has."""
    untaken = [None] if None in figures.of_workers else []
    return [_worker_row(worker, figures, links) for worker in (*figures.workers, *untaken)]


def _worker_row(worker: User | None, figures: Figures, links: Links) -> WorkerRow:
    counts = figures.of_workers.get(worker.pk if worker else None, {})

    def cell(figure: Figure) -> Cell:
        return Cell(figure.label, counts.get(figure, 0), links.of_worker(figure, worker))

    free = figures.free_soon.get(worker.pk) if worker else None
    return _row(str(worker or "Uden medarbejder"), cell, _hours(free))


def total_row(figures: Figures, links: Links) -> WorkerRow:
    """The row that sums up all advisers and what nobody has."""
    free = sum(figures.free_soon.values(), timedelta())
    return _row("I alt", lambda figure: Cell(figure.label, figures.totals[figure], links.to(figure)), _hours(free))


def _hours(time: timedelta | None) -> str:
    """Hours as the page shows them: »7,5«; empty for nobody."""
    return "" if time is None else Number(time / timedelta(hours=1)).shown


def _row(name: str, cell: Callable[[Figure], Cell], free: str) -> WorkerRow:
    in_time, due = cell(Figure.IN_TIME), cell(Figure.DUE)
    return WorkerRow(
        name=name,
        load=[cell(figure) for figure in OF_LOAD],
        in_time=in_time,
        due=due,
        share=Share(in_time.count, due.count).in_words,
        free=free,
    )


def shares(figures: Figures, links: Links) -> list[Part]:
    """What is measured against the law and the public statistics."""
    demanded = "Af de forløb, der er overgået til jobcentret i perioden: dem, hvor a-kassen før overgangen holdt"
    return [
        _part(
            figures,
            links,
            (Figure.IN_TIME, Figure.DUE),
            "Frister, hvis dag er gået i perioden. Holdt i tide er en samtale, der er holdt senest på fristens dag; "
            "en frist, som en pause eller fritagelse har flyttet, tæller på sin nye dag.",
        ),
        _part(
            figures,
            links,
            (Figure.PASSED_THREE, Figure.PASSED),
            f"{demanded} mindst {STATISTICS_DEMAND} samtaler. Sådan måler STAR (jobindsats.dk, mål y30e22ak).",
        ),
        _part(
            figures,
            links,
            (Figure.PASSED_DEMANDED, Figure.PASSED),
            f"{demanded} så mange samtaler, som loven kræver af netop det forløb. Tallet følger den lov, forløbet "
            "hører under.",
        ),
        _exempted(figures, links),
    ]


def _part(figures: Figures, links: Links, of: tuple[Figure, Figure], definition: str) -> Part:
    part, whole = of
    return Part(
        heading=part.label,
        share=Share(figures.totals[part], figures.totals[whole]).in_words,
        part=Cell(part.label, figures.totals[part], links.to(part)),
        whole=Cell(whole.label, figures.totals[whole], links.to(whole)),
        definition=definition,
    )


def _exempted(figures: Figures, links: Links) -> Part:
    exempted = figures.exempted
    limit = (
        f"Loven lader højst {figures.quota} procent af enhedens borgere fritage på den måde i dag."
        if figures.quota
        else "Den lov, der gælder i dag, giver ingen andel, der kan fritages på den måde."
    )
    return Part(
        heading=Figure.EXEMPTED.label,
        share=exempted.in_words,
        part=Cell(Figure.EXEMPTED.label, exempted.part, links.to(Figure.EXEMPTED, team=ALL_TEAMS)),
        whole=Cell("Åbne sager", exempted.whole, links.to(Figure.CITIZENS, team=ALL_TEAMS)),
        definition=f"Af alle enhedens åbne sager i dag, uanset team. {limit}",
        is_beyond=exempted.part * 100 > figures.quota * exempted.whole,
    )


def overdue_by_age(figures: Figures, links: Links) -> list[Cell]:
    of_age = (Figure.OVERDUE_WEEK, Figure.OVERDUE_MONTH, Figure.OVERDUE_LONGER)
    return [Cell(figure.label, figures.totals[figure], links.to(figure)) for figure in of_age]


def channels(figures: Figures, links: Links) -> Bars:
    """The talks held, by the way they were really held."""
    rows = [
        Row(
            (way.label if way else "uoplyst").capitalize(),
            [Number(share.part, links.to(OF_CHANNEL[way]))],
            [share.in_words],
        )
        for way, share in figures.channels.items()
    ]
    whole = figures.totals[Figure.HELD]
    most = max(figures.channels.items(), key=lambda item: item[1].part)
    text = f"{counted(whole, 'samtale', 'samtaler')} holdt i perioden"
    if whole and most[0]:
        text += f", flest ved {most[0].label}: {most[1].in_words}"
    return Bars("samtaleformer", "Samtaler efter form", f"{text}.", ("Samtaleform", "Samtaler", "Andel"), rows)


def weeks(figures: Figures, links: Links) -> Bars:
    """The talks that fall due in each of the weeks ahead, and how many of them are booked."""
    rows = [_week_row(week, links) for week in figures.weeks]
    due, booked = (sum(getattr(week, name) for week in figures.weeks) for name in ("due", "booked"))
    text = f"De næste {WEEKS} uger har {counted(due, 'samtale', 'samtaler')} frist, og {booked} er booket."
    peak = max(figures.weeks, key=lambda week: week.due)
    if peak.due:
        text += f" Flest i uge {_number(peak)}: {peak.due}."
    short = next((week for week in figures.weeks if week.missing), None)
    if short:
        text += f" I uge {_number(short)} er der ikke plads til {counted(short.missing, 'samtale', 'samtaler')}."
    heads = ("Uge", "Frister", "Heraf booket", "Plads til flere")
    return Bars("uger", "Samtaler med frist og plads til dem, uge for uge", text, heads, rows)


def _week_row(week: Week, links: Links) -> Row:
    last = week.first + timedelta(days=6)
    url = links.to(Figure.COMING, uge=week.first.isoformat())
    return Row(
        f"{_number(week)} ({week.first:%d-%m} til {last:%d-%m})",
        [Number(week.due, url), Number(week.booked), Number(week.room)],
    )


def _number(week: Week) -> int:
    return week.first.isocalendar().week


def of_what(choice: Choice, *, in_words: str) -> str:
    """What a list is kept to, beside what was chosen."""
    parts = [in_words]
    if choice.worker or choice.is_nobodys:
        parts.append(str(choice.worker or "uden medarbejder"))
    if choice.week:
        parts.append(f"uge {choice.week.isocalendar().week}")
    return ", ".join(parts)
