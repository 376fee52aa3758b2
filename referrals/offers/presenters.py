"""A jobcenter's offers, how a case stands with right and duty, and the shift over the months. Nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone

from cases.accounts.access import Permission, has
from cases.models import Act, Case, Event, Organisation, User, scopes
from cases.models.scopes import Scope
from cases.rules.explanation import Explanation, Step, from_data
from cases.rules.labelled import Labelled
from cases.rules.period import add_months
from cases.rules.rule_book import RuleBook
from cases.rules.wording import MONTHS
from cases.seam import Part, RowsOfTile
from cases.ui.keyset import CappedCount, Page, page
from meetings.planning import stored as planning_stored
from referrals.models import Offer, OfferDuty
from referrals.models.offers import OfferDutyQuerySet, OfferQuerySet
from referrals.rules.lead_times import offer_due_soon_until
from referrals.rules.lifecycle import OfferStatus
from referrals.rules.offers import GRANTED_TYPES, KIND_OF_TYPE, OfferKind
from referrals.rules.right_and_duty import DutyStanding, DutyState, counting_rule, standing

HISTORY_SIZE = 50
MONTHS_SHOWN = 12


class Tile(Labelled):
    """The parts of a jobcenter's list; the first two are cases without an offer, the others are offers."""

    MISSING = "mangler", "Mangler tilbud, der tæller"
    SOON = "frist-snart", "Frist snart"
    TO_REGISTER = "skal-registreres", "Start eller slut mangler"
    RUNNING = "i-gang", "I gang"
    ENDING = "afsluttes-snart", "Afsluttes snart"


WITHOUT_OFFER = (Tile.MISSING, Tile.SOON)


@dataclass(frozen=True)
class OfferSelection:
    """Selects the cases that a user may see, on a day."""

    user: User
    today: date
    soon: date
    scope: Scope = Scope.ORGANISATION

    @classmethod
    def of(cls, *, user: User, at: datetime, book: RuleBook, scope: Scope) -> "OfferSelection":
        today = timezone.localtime(at).date()
        return cls(user=user, today=today, soon=offer_due_soon_until(today, book), scope=scope)


def duties_of(selection: OfferSelection) -> OfferDutyQuerySet:
    rows = OfferDuty.objects.visible_to(selection.user)
    return rows.filter(scopes.of_cases(selection.user, selection.scope))


def offers_of(selection: OfferSelection) -> OfferQuerySet:
    rows = Offer.objects.visible_to(selection.user)
    return rows.filter(scopes.of_cases(selection.user, selection.scope))


def in_tile(tile: Tile, selection: OfferSelection) -> QuerySet[Any]:
    if tile in WITHOUT_OFFER:
        missing = duties_of(selection).missing(selection.today)
        return missing.filter(due_on__gte=selection.today, due_on__lte=selection.soon) if tile is Tile.SOON else missing
    return _offers_in(tile, selection)


def _offers_in(tile: Tile, selection: OfferSelection) -> OfferQuerySet:
    rows = offers_of(selection)
    if tile is Tile.TO_REGISTER:
        return rows.to_register(selection.today)
    return rows.running() if tile is Tile.RUNNING else rows.ending(today=selection.today, soon=selection.soon)


def counts(selection: OfferSelection, *, organisation: Organisation) -> dict[Tile, int]:
    """Count the rows of each part, in one query."""
    parts = {tile.name: CappedCount(in_tile(tile, selection)) for tile in Tile}
    found: Any = Organisation.objects.filter(pk=organisation.pk).values(**parts).get()
    return {tile: found[tile.name] for tile in Tile}


def page_of(tile: Tile, selection: OfferSelection, *, params: Mapping[str, str]) -> Page[Any]:
    """Return one page of a part: cases in the order of their deadline, or offers in the order of their first day."""
    if tile in WITHOUT_OFFER:
        return page(
            in_tile(tile, selection).select_related("case__citizen", "worker"),
            among=duties_of(selection),
            order="due_on",
            public_id="case__public_id",
            params=params,
        )
    return page(
        _offers_in(tile, selection).with_details(),
        among=offers_of(selection),
        order="over_on" if tile is Tile.ENDING else "starts_on",
        public_id="public_id",
        params=params,
    )


def tile_of(user: User, today: date, scope: Scope) -> RowsOfTile | None:
    """On the jobcenter's worklist: how many lack an offer that counts, as the list behind it counts them."""
    if user.organisation is None or not user.organisation.is_municipality:
        return None
    own = OfferSelection(user=user, today=today, soon=today, scope=scope)
    url = f"{reverse('referrals:offers')}?{urlencode({'del': Tile.MISSING, **scopes.in_address(scope)})}"
    return RowsOfTile(label="Mangler tilbud", rows=in_tile(Tile.MISSING, own), url=url)


# The page of a case


@dataclass(frozen=True)
class DutyPart:
    """What the page of a case says about right and duty."""

    case: Case
    state: str
    variant: str
    duty: DutyStanding
    rule: Step
    offers: Sequence[Offer]
    today: date
    may_grant: bool


_VARIANTS = {
    DutyState.MET: "success",
    DutyState.ARRANGED: "success",
    DutyState.MISSING: "warning",
    DutyState.OVERDUE: "error",
}


def part_of(case: Case, user: User, at: datetime) -> Part | None:
    """Right and duty on the page of a case: by when, what counts and what not, and the offers."""
    today = timezone.localtime(at).date()
    book = Act.objects.rule_book()
    offers = list(case.offers.order_by("-span", "-pk"))
    duty = standing(
        course=planning_stored.course_of(case),
        offers=[offer.as_fact() for offer in offers if not offer.is_cancelled],
        on=today,
        book=book,
    )
    part = DutyPart(
        case=case,
        state=duty.state.label,
        variant=_VARIANTS.get(duty.state, "info"),
        duty=duty,
        rule=counting_rule(starts_on=max(today, case.placed_on), book=book),
        offers=offers,
        today=today,
        may_grant=case.is_open and has(user, Permission.GRANT_OFFER, organisation=case.municipality),
    )
    return Part(template="referrals/offers/duty_block.html", data=part)


# The page of an offer


def moves_of(offer: Offer, *, user: User) -> dict[str, bool]:
    """Return, by the name of each action, whether this user may do it with the offer now."""
    is_ours = has(user, Permission.GRANT_OFFER, organisation=offer.case.municipality)
    is_open = is_ours and offer.case.is_open
    status = offer.status
    return {
        "start": is_open and status == OfferStatus.GRANTED,
        "end": is_ours and status == OfferStatus.STARTED,
        "change": is_open and status in (OfferStatus.GRANTED, OfferStatus.STARTED),
        "cancel": is_ours and status == OfferStatus.GRANTED,
        "undo": is_open and status in (OfferStatus.STARTED, OfferStatus.ENDED),
        "follow_up": is_ours and status != OfferStatus.CANCELLED,
    }


def why_of(offer: Offer) -> Explanation:
    """Return the stored explanation of whether the offer counts."""
    return from_data(offer.explanation)


def history_of(offer: Offer) -> QuerySet[Event]:
    """What happened to this offer, the newest first."""
    events = Event.objects.for_case(offer.case).filter(kind__startswith="referrals.offer_", data__offer=offer.pk)
    return events[:HISTORY_SIZE]


# The overview

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
