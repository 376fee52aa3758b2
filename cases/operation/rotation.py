"""Write all that is sealed anew with the newest keys, a portion at a time, while everybody goes on working.

Each portion is a transaction: whoever is killed loses one, and the next run goes on with what is left. A model with
columns that end in `_encrypted` says by `sealed_as` what stands in them; citizens and their numbers are bound to what
they are found by, and both are changed together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet

from cases.models import Case, Citizen, CitizenNumber
from cases.people import cpr, encryption

#: Written anew in one transaction: their cases wait for it.
PORTION = 200

SEALED = "_encrypted"


@dataclass(frozen=True)
class Portion:
    """What one transaction did: of which table, how many rows, and which of them nobody can write anew."""

    table: str
    written: int
    refused: tuple[int, ...] = ()


def columns() -> list[tuple[type[models.Model], str]]:
    """Every sealed column but those of CPR numbers."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith(SEALED) and model not in (Citizen, CitizenNumber)
    ]


def left() -> int:
    """How many rows are not written with the newest keys."""
    people = _stale(Citizen.objects.all()).count() + _stale(CitizenNumber.objects.all()).count()
    return people + sum(_stale(model._default_manager.all(), column).count() for model, column in columns())


def portions() -> Iterator[Portion]:
    """Write everything anew, each portion as it is asked for."""
    last = 0
    while ids := _people(after=last):
        last = ids[-1]
        yield _write_people(ids)
    for model, column in columns():
        last = 0
        while ids := _ids(_stale(model._default_manager.filter(pk__gt=last), column)):
            last = ids[-1]
            yield _write(model, column, ids)


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])


def _stale(rows: QuerySet[Any], column: str = f"cpr{SEALED}") -> QuerySet[Any]:
    """Those that the newest keys did not write."""
    head = encryption.head_of(settings.CPR_ENCRYPTION_KEYS[0])
    begins = Func(F(column), 1, len(head), function="substring", output_field=models.BinaryField())
    is_stale = ~Q(begins=head)
    if column == f"cpr{SEALED}" and (key_id := settings.CPR_INDEX_KEYS[0].id):
        is_stale |= ~Q(cpr_index__startswith=f"{key_id}:")
    stale: QuerySet[Any] = rows.filter(**{f"{column}__isnull": False}).annotate(begins=begins).filter(is_stale)
    return stale


def _people(*, after: int) -> list[int]:
    numbers = _stale(CitizenNumber.objects.filter(citizen=OuterRef("pk")))
    is_stale = Q(pk__in=_stale(Citizen.objects.all()).values("pk")) | Exists(numbers)
    return _ids(Citizen.objects.filter(is_stale, pk__gt=after))


@transaction.atomic(durable=True)
def _write_people(ids: list[int]) -> Portion:
    # The cases before the citizens, as every change of a case locks them.
    list(Case.objects.select_for_update(of=("self",)).filter(citizen__in=ids).order_by("pk").values("pk"))
    citizens = list(Citizen.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    numbers = list(CitizenNumber.objects.filter(citizen__in=ids).order_by("pk"))
    unreadable = {one.citizen_id for one in numbers if not _is_sealed_anew(one)}
    unreadable |= {one.pk for one in citizens if not _is_sealed_anew(one)}
    refused = unreadable | _taken(numbers)
    # The numbers first: the trigger of the citizens finds them.
    written = [one for one in numbers if one.citizen_id not in refused]
    CitizenNumber.objects.bulk_update(written, ["cpr_encrypted", "cpr_index"])
    people = [one for one in citizens if one.pk not in refused]
    Citizen.objects.bulk_update(people, ["cpr_encrypted", "cpr_index"])
    return Portion(Citizen._meta.db_table, len(people), tuple(sorted(refused)))


def _is_sealed_anew(row: Citizen | CitizenNumber) -> bool:
    try:
        digits = cpr.digits_of(row.cpr_encrypted, index=row.cpr_index)
    except encryption.CannotBeRead:
        return False
    number = cpr.Cpr(digits=digits, born_on=row.born_on, is_replacement=False)
    row.cpr_encrypted, row.cpr_index = cpr.encrypt(number), cpr.index(number)
    return True


def _taken(numbers: list[CitizenNumber]) -> set[int]:
    """Whose number stands under the newest key already: two of one person were made while the keys changed places."""
    new = {one.cpr_index: one for one in numbers if one.withdrawn_at is None}
    twice = {one.citizen_id for one in numbers if one.withdrawn_at is None and new[one.cpr_index] is not one}
    others = CitizenNumber.objects.filter(cpr_index__in=list(new), withdrawn_at=None)
    others = others.exclude(pk__in=[one.pk for one in numbers])
    return twice | {new[index].citizen_id for index in others.values_list("cpr_index", flat=True)}


@transaction.atomic(durable=True)
def _write(model: type[Any], column: str, ids: list[int]) -> Portion:
    rows, refused = [], []
    for row in _stale(model._default_manager.select_for_update(of=("self",)).filter(pk__in=ids), column):
        of = row.sealed_as(column)
        try:
            setattr(row, column, encryption.seal(encryption.unseal(getattr(row, column), of=of), of=of))
            rows.append(row)
        except encryption.CannotBeRead:
            refused.append(row.pk)
    model._default_manager.bulk_update(rows, [column])
    return Portion(model._meta.db_table, len(rows), tuple(sorted(refused)))
