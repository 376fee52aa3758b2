"""Everything that stands about a person within the reach of whoever asks, to be read by people and by machines."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import DateRangeField
from django.db.models import Count, Model
from django.db.models.functions import TruncDate
from django.template.loader import render_to_string
from django.utils import timezone

from cases.models import AccessLog, Case, Dispatch, Organisation, Purpose, User
from cases.personal_data.classification import OF_PERSONS, OfPerson
from cases.rules.plan_parts import PlanPart

#: In the zip; no name of anybody is in the name of a file.
JSON_NAME, HTML_NAME = "oplysninger.json", "oplysninger.html"


@dataclass(frozen=True)
class Table:
    """One table of the export: a name, and each row as label, value for machines and value for people."""

    name: str
    heading: str
    rows: Sequence[Sequence[tuple[str, str, Any, str]]]


@dataclass(frozen=True)
class Reading:
    """How often an organisation read about the citizen on a day, and why; by whom is not told."""

    day: date
    organisation: str
    purpose: str
    times: int


def readings(cases: Sequence[int]) -> list[Reading]:
    """Who read about these cases and why, the latest first: an organisation, never a name."""
    rows = (
        AccessLog.objects.filter(cases__overlap=list(cases))
        .annotate(day=TruncDate("at"))
        .values("day", "organisation__name", "purpose")
        .annotate(times=Count("pk"))
        .order_by("-day", "organisation__name", "purpose")
    )
    return [
        Reading(row["day"], row["organisation__name"] or "Samtaleflow", Purpose(row["purpose"]).label, row["times"])
        for row in rows
    ]


def reach(case: Case, user: User) -> list[int]:
    """The cases of the same citizen that the user's organisation sees."""
    return list(
        Case.objects.visible_to(user).filter(citizen=case.citizen_id).order_by("pk").values_list("pk", flat=True)
    )


def tables(case: Case, *, user: User) -> list[Table]:
    """What every table has about the citizen, without those that have nothing: one query for each table."""
    cases, models = reach(case, user), {model._meta.db_table: model for model in apps.get_models()}
    found = []
    for name, of in OF_PERSONS.items():
        if not of.given:
            continue
        model = models[name]
        fields = [model._meta.get_field(column) for column in of.columns]
        rows = [[_cell(row, field) for field in fields] for row in _rows(model, of, case, cases, user=user)]
        if rows:
            found.append(Table(name, _capital(model._meta.verbose_name_plural), rows))
    return found


def package(case: Case, *, user: User, at: datetime) -> bytes:
    """A zip of both files, and the letters as they were sent."""
    found, read = tables(case, user=user), readings(reach(case, user))
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(JSON_NAME, json.dumps(_plain(found, read, user=user, at=at), ensure_ascii=False, indent=1))
        context = {"tables": found, "readings": read, "organisation": user.workplace, "at": at}
        files.writestr(HTML_NAME, render_to_string("cases/personal_data/export.html", context))
        for number, letter in enumerate(_letters(case, user=user), start=1):
            files.writestr(f"breve/brev-{number}.pdf", letter)
    return body.getvalue()


def _rows(model: type[Model], of: OfPerson, case: Case, cases: list[int], *, user: User) -> Any:
    rows: Any = model._default_manager.all()
    if of.owner:
        rows = rows.filter(**{of.owner: user.organisation_id})
    elif hasattr(rows, "visible_to"):
        # What is another party's alone, such as a note or a draft, stays its own.
        rows = rows.visible_to(user)
    rows = rows.filter(**({f"{of.case}__in": cases} if of.case else {of.citizen: case.citizen_id}))
    relations = [name for name in of.columns if model._meta.get_field(name).is_relation]
    return rows.select_related(*relations).order_by("pk")


def _letters(case: Case, *, user: User) -> Iterator[bytes]:
    sent = Dispatch.objects.visible_to(user).filter(reminder__case__in=reach(case, user)).exclude(letter=None)
    for letter in sent.order_by("pk").values_list("letter", flat=True):
        yield bytes(letter or b"")


def _cell(row: Any, field: Any) -> tuple[str, str, Any, str]:
    # Where an explanation is kept once for many, the row says how it reads.
    name = "steps" if field.name == "explanation" and field.is_relation else field.name
    value, label = getattr(row, name), _capital(field.verbose_name)
    if field.choices and value not in ("", None):
        return field.name, label, str(value), str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, Organisation):
        return field.name, label, value.name, value.name
    if isinstance(field, DateRangeField):
        last = date.fromordinal(value.upper.toordinal() - 1) if value.upper else None
        return field.name, label, [value.lower, last], f"{_text(value.lower)} til og med {_text(last)}"
    return field.name, label, value, _text(value)


def _text(value: Any) -> str:
    match value:
        case None | "":
            return "–"
        case bool():
            return "ja" if value else "nej"
        case datetime():
            return f"{timezone.localtime(value):%d-%m-%Y kl. %H.%M}"
        case date():
            return f"{value:%d-%m-%Y}"
        case Decimal():
            return str(value).replace(".", ",")
        case list():
            return "\n".join(map(_text, value)) or "–"
        case {"text": text}:
            # A step of an explanation.
            return str(text)
        case dict():
            return "\n".join(f"{_part(key)}: {_text(one)}" for key, one in value.items())
    return str(value)


def _part(key: str) -> str:
    return PlanPart(key).label if key in set(PlanPart) else key


def _capital(text: Any) -> str:
    return f"{str(text)[:1].upper()}{str(text)[1:]}"


def _plain(found: Sequence[Table], read: Sequence[Reading], *, user: User, at: datetime) -> Mapping[str, Any]:
    return {
        "organisation": user.workplace.name,
        "taken_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "tables": {
            table.name: [{name: _value(value) for name, _, value, _ in row} for row in table.rows] for table in found
        },
        "readings": [
            {"day": one.day.isoformat(), "organisation": one.organisation, "purpose": one.purpose, "times": one.times}
            for one in read
        ],
    }


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return timezone.localtime(value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case list() | tuple():
            return [_value(one) for one in value]
    return value
