"""A jobcenter's cases without an offer that counts, and its offers: the parts of their list, and the tile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from cases.models import Organisation, User, scopes
from cases.models.scopes import Scope
from cases.rules.labelled import Labelled
from cases.rules.rule_book import RuleBook
from cases.seam import RowsOfTile
from cases.ui.keyset import CappedCount, Page, page
from referrals.models import Offer, OfferDuty
from referrals.models.offers import OfferDutyQuerySet, OfferQuerySet
from referrals.rules.lead_times import offer_due_soon_until


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
    return rows.filter(scopes.of_cases(selection.user, selection.scope, today=selection.today))


def offers_of(selection: OfferSelection) -> OfferQuerySet:
    rows = Offer.objects.visible_to(selection.user)
    return rows.filter(scopes.of_cases(selection.user, selection.scope, today=selection.today))


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


def tile_of(user: User, scope: Scope) -> RowsOfTile | None:
    """On the jobcenter's worklist: how many lack an offer that counts, as the list behind it counts them."""
    if user.organisation is None or not user.organisation.is_municipality:
        return None

    def rows(user: User, *, today: date) -> QuerySet[Any]:
        return in_tile(Tile.MISSING, OfferSelection(user=user, today=today, soon=today, scope=scope))

    url = f"{reverse('referrals:offers')}?{urlencode({'del': Tile.MISSING, **scopes.in_address(scope)})}"
    return RowsOfTile(label="Mangler tilbud", rows=rows, url=url)
