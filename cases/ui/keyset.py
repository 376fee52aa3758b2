"""Pages of a list by key: as fast on the last page as on the first, and no row jumps between pages.

A place in the list is the value sorted by and a public key; row numbers never leave the server.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, IntegerField, Model, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PAGE_SIZE = 25
COUNT_CAP = 1000
#: In an address: before or after which row the page lies.
PLACES = ("before", "after")
BIGGEST_KEY = 2**63 - 1

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the places before and after them; empty where there is nothing more."""

    rows: list[Row]
    before: str
    after: str

    def links(self, params: Mapping[str, str]) -> tuple[str, str]:
        """The query strings of the previous and the next page, with the list's other parameters kept."""
        kept = {key: value for key, value in params.items() if value and key not in PLACES}
        previous = f"?{urlencode({**kept, 'before': self.before})}" if self.before else ""
        return previous, f"?{urlencode({**kept, 'after': self.after})}" if self.after else ""


def page(
    rows: QuerySet[Row],
    *,
    among: QuerySet[Row],
    order: str,
    public_id: str,
    params: Mapping[str, str],
    is_newest_first: bool = False,
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """The page of `rows`, sorted by `order` (never empty) and then by key, at the place that the parameters name.

    `among` are the rows in which a place is looked up, also when it has left the list. A place that nobody could
    have been given is the first page.
    """
    is_backward = "before" in params
    is_descending = is_newest_first != is_backward
    place = _place(params.get("before") or params.get("after") or "", among=among, order=order, public_id=public_id)
    if place is not None:
        if place[1] is None:
            # The row is gone: it held some place among those of its value, so begin with all of them.
            place = (place[0], BIGGEST_KEY if is_descending else 0)
        beyond = TupleLessThan if is_descending else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(F(order), F("pk")), place))
    found = list(in_order(rows, order, is_descending=is_descending, size=size))
    has_more = len(found) > size
    found = found[:size]
    if is_backward:
        found.reverse()

    has_before = has_more if is_backward else place is not None
    has_after = has_more or is_backward and place is not None
    return Page(
        rows=found,
        before=_name(found[0], order, public_id) if found and has_before else "",
        after=_name(found[-1], order, public_id) if found and has_after else "",
    )


def first_page(found: list[Row], *, order: str, public_id: str, size: int = PAGE_SIZE) -> Page[Row]:
    """The page of rows that were found `in_order`."""
    rows = found[:size]
    return Page(rows=rows, before="", after=_name(rows[-1], order, public_id) if len(found) > size else "")


def in_order(rows: QuerySet[Row], order: str, *, is_descending: bool = False, size: int = PAGE_SIZE) -> QuerySet[Row]:
    """The first rows of a page, and one more by which it knows whether there is another."""
    sign = "-" if is_descending else ""
    return rows.order_by(f"{sign}{order}", f"{sign}pk")[: size + 1]


class CappedCount(Subquery):
    """How many rows there are, counted to one beyond the cap and no further."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[: COUNT_CAP + 1])


def count_text(count: int) -> str:
    """1.000 at most, and beyond it only that there are more."""
    return "mere end 1.000" if count > COUNT_CAP else str(count)


def _place(text: str, *, among: QuerySet[Row], order: str, public_id: str) -> tuple[Any, int | None] | None:
    value_text, _, key_text = text.rpartition("_")
    try:
        value = _column(among.model, order).to_python(value_text)
        key = UUID(key_text)
    except (ValidationError, ValueError):
        return None
    if value is None:
        return None
    return value, among.filter(**{public_id: key}).values_list("pk", flat=True).first()


def _name(row: Model, order: str, public_id: str) -> str:
    return f"{_follow(row, order)}_{_follow(row, public_id)}"


def _column(model: type[Model], path: str) -> Any:
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]  # of a relation it is a model
    return model._meta.get_field(name)


def _follow(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def public_ids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that can be public ids; the others name nothing."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found
