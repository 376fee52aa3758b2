"""The offers by type and month, drawn, so that a shift from one effort to another can be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth

from cases.models import User
from cases.rules.period import add_months
from cases.rules.wording import MONTHS
from referrals.models import Offer
from referrals.rules.offers import GRANTED_TYPES, KIND_OF_TYPE, OfferKind

MONTHS_SHOWN = 12
_ROW_HEIGHT, _BAR_HEIGHT, _LEFT, _STEP, _BAR_WIDTH = 92, 56, 190, 56, 34


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    count: int
    middle: int


@dataclass(frozen=True)
class Lane:
    """One kind of effort over the months, drawn by itself on the scale of all."""

    kind: str
    name: str
    base: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Shift:
    """The offers by type and by the month in which they begin, so that the shift between the efforts can be seen."""

    months: Sequence[date]
    rows: Sequence[tuple[str, Sequence[int], int]]
    totals: Sequence[int]
    total: int
    lanes: Sequence[Lane]
    # Under the lowest lane: each month's place and its short name.
    ticks: Sequence[tuple[int, str]]
    width: int
    height: int
    message: str


def shift_of(*, user: User, last_month: date) -> Shift:
    """Count the offers that begin in the twelve months up to and with `last_month`. Cancelled offers are left out."""
    first = add_months(last_month.replace(day=1), 1 - MONTHS_SHOWN)
    months = [add_months(first, n) for n in range(MONTHS_SHOWN)]
    found = (
        Offer.objects.visible_to(user)
        .standing()
        .filter(starts_on__gte=first, starts_on__lt=add_months(first, MONTHS_SHOWN))
        .annotate(month=TruncMonth("starts_on"))
        .values("type", "month")
        .annotate(number=Count("pk"))
        .order_by()
    )
    number = {(row["type"], row["month"]): row["number"] for row in found}
    rows = [(type_.label, [number.get((str(type_), month), 0) for month in months]) for type_ in GRANTED_TYPES]
    kinds: dict[OfferKind, list[int]] = {
        kind: [
            sum(number.get((str(type_), month), 0) for type_ in GRANTED_TYPES if KIND_OF_TYPE[type_] == kind)
            for month in months
        ]
        for kind in OfferKind
        if kind != OfferKind.OWN_RIGHT
    }
    totals = [sum(counts[n] for _, counts in rows) for n in range(MONTHS_SHOWN)]
    lanes = _lanes(kinds)
    return Shift(
        months=months,
        rows=[(name, counts, sum(counts)) for name, counts in rows],
        totals=totals,
        total=sum(totals),
        lanes=lanes,
        ticks=[(_LEFT + n * _STEP + _STEP // 2, f"{month:%m-%y}") for n, month in enumerate(months)],
        width=_LEFT + MONTHS_SHOWN * _STEP,
        height=len(lanes) * _ROW_HEIGHT + 28,
        message=_message(kinds),
    )


def _lanes(kinds: Mapping[OfferKind, Sequence[int]]) -> list[Lane]:
    most = max((max(counts) for counts in kinds.values()), default=0) or 1
    lanes = []
    for place, (kind, counts) in enumerate(kinds.items()):
        base = (place + 1) * _ROW_HEIGHT - 12
        bars = []
        for n, count in enumerate(counts):
            x, height = _LEFT + n * _STEP + (_STEP - _BAR_WIDTH) // 2, round(_BAR_HEIGHT * count / most)
            bars.append(Bar(x=x, y=base - height, height=height, count=count, middle=x + _BAR_WIDTH // 2))
        lanes.append(Lane(kind=str(kind), name=kind.label.capitalize(), base=base, bars=bars))
    return lanes


def _message(kinds: Mapping[OfferKind, Sequence[int]]) -> str:
    """What the drawing shows, in words: guidance against the efforts that the agreement wants instead."""
    half = MONTHS_SHOWN // 2
    guidance, all_ = kinds[OfferKind.GUIDANCE], [sum(column) for column in zip(*kinds.values(), strict=True)]
    parts = []
    for name, span in (("de første", slice(0, half)), ("de sidste", slice(half, None))):
        parts.append(f"{sum(guidance[span])} af {sum(all_[span])} tilbud i {name} {half} måneder")
    return f"Vejledning og opkvalificering var {parts[0]} og {parts[1]}."


def month_name(month: date) -> str:
    """marts 2023"""
    return f"{MONTHS[month.month - 1]} {month.year}"


def month_of(text: str, *, today: date) -> date:
    """The month that an address names as 2023-12, but none to come; this month when it names none."""
    this = today.replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return month if date(2020, 1, 1) <= month <= this else this


def neighbours(month: date, *, today: date) -> tuple[str, str]:
    """The last months of the year before and of the year after, as addresses name them; empty beyond today."""
    before, after = add_months(month, -MONTHS_SHOWN), add_months(month, MONTHS_SHOWN)
    this = today.replace(day=1)
    earlier = f"{before:%Y-%m}" if before >= date(2020, 12, 1) else ""
    later = f"{min(after, this):%Y-%m}" if month < this else ""
    return earlier, later
