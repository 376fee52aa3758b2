"""Reads the acts we ship, one readable file each, as plain values; a mistake in a file names the file and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases.rules.declaring import REGISTRY, Parameter
from cases.rules.rule_book import Act, LegalValue, RuleBook

ACTS = Path(__file__).parents[1] / "acts"
COPENHAGEN = ZoneInfo("Europe/Copenhagen")

ACT_FIELDS = {
    "slug",
    "title",
    "reference",
    "in_force_on",
    "status",
    "published_on",
    "adopted",
    "running_courses",
    "source_url",
    "note",
}
VALUE_FIELDS = {"value", "legal_basis", "certainty", "note"}
ROW_FIELDS = {
    "kind",
    "responsible",
    "number",
    "from_month",
    "to_month",
    "due_days_after_registration",
    "legal_basis",
    "certainty",
    "note",
}
OPTIONAL = {"note", "due_days_after_registration", "published_on", "adopted"}


class BadLawFile(ValueError):
    """A shipped file that cannot be loaded; the message names the file and the key."""


@dataclass(frozen=True)
class ShippedAct:
    """One file: the act, and the rows of its table as plain data."""

    act: Act
    rows: tuple[Mapping[str, Any], ...]


def read_acts(folder: Path = ACTS, registry: Mapping[str, Parameter] = REGISTRY) -> tuple[ShippedAct, ...]:
    """All acts of a folder, by day in force and then by slug."""
    shipped = [_read(path, registry) for path in sorted(folder.glob("*.toml"))]
    if not shipped:
        raise BadLawFile(f"{folder} har ingen love (*.toml).")
    slugs = [one.act.slug for one in shipped]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise BadLawFile(f"To filer i {folder} har samme slug: {slug}.")
    return tuple(sorted(shipped, key=lambda one: (one.act.in_force_on, one.act.slug)))


def rule_book(shipped: tuple[ShippedAct, ...]) -> RuleBook:
    """The published acts of the files; the drafts only give their notice."""
    acts = [one.act for one in shipped]
    return RuleBook([act for act in acts if not act.is_draft], [act for act in acts if act.is_draft])


def _read(path: Path, registry: Mapping[str, Parameter]) -> ShippedAct:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadLawFile(f"{path.name} kan ikke læses: {error}") from error
    values = data.pop("values", {})
    rows = data.pop("meetings", [])
    _check_fields(path.name, data, ACT_FIELDS)
    if type(data["in_force_on"]) is not date:
        raise BadLawFile(f"{path.name}: in_force_on er ikke en dato.")
    _one_of(path.name, "status", data["status"], {"draft", "published"})
    _one_of(path.name, "running_courses", data["running_courses"], {"keep", "move"})
    act = Act(
        slug=data["slug"],
        title=data["title"],
        reference=data["reference"],
        in_force_on=data["in_force_on"],
        published_at=_published_at(path.name, data),
        values={key: _value(f"{path.name}, {key}", key, value, registry) for key, value in values.items()},
        is_draft=data["status"] == "draft",
        is_sketch=data["status"] == "draft" and data.get("adopted") is not True,
        source_url=data["source_url"],
        note=data.get("note", ""),
        moves_running_courses=data["running_courses"] == "move",
    )
    table = tuple(_row(f"{path.name}, række {order}", order, row) for order, row in enumerate(rows, start=1))
    return ShippedAct(act, table)


def _published_at(name: str, data: Mapping[str, Any]) -> datetime | None:
    # The statute was known to everybody from the day it was published, whenever its file was written.
    day = data.get("published_on")
    if data["status"] == "draft":
        if day is not None:
            raise BadLawFile(f"{name}: published_on står i et udkast, som ikke er offentliggjort.")
        return None
    if type(day) is not date:
        raise BadLawFile(f"{name}: published_on mangler eller er ikke en dato.")
    return datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN)


def _value(where: str, key: str, data: Mapping[str, Any], registry: Mapping[str, Parameter]) -> LegalValue:
    parameter = registry.get(key)
    if parameter is None:
        raise BadLawFile(f"{where}: ingen regel læser den.")
    _check_fields(where, data, VALUE_FIELDS)
    text = _text(data["value"])
    try:
        read = parameter.value_of(text)
    except ValueError as error:
        raise BadLawFile(f"{where}: {error}") from error
    return LegalValue(
        text=parameter.text_of(read) or None,
        legal_basis=data["legal_basis"],
        note=data.get("note", ""),
        certainty=data["certainty"],
    )


def _row(where: str, order: int, data: Mapping[str, Any]) -> Mapping[str, Any]:
    _check_fields(where, data, ROW_FIELDS)
    return {"due_days_after_registration": None, "note": "", **data, "order": order}


def _text(value: Any) -> str:
    # As an act stores it: "true", "3", "1, 2, 3"; "" is no value.
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    return str(value)


def _check_fields(where: str, data: Mapping[str, Any], fields: set[str]) -> None:
    for name in data:
        if name not in fields:
            raise BadLawFile(f"{where}: ukendt felt {name}.")
    for name in sorted(fields - OPTIONAL):
        if data.get(name) is None or (data[name] == "" and name != "value"):
            raise BadLawFile(f"{where}: {name} mangler.")


def _one_of(where: str, name: str, value: str, allowed: set[str]) -> None:
    if value not in allowed:
        raise BadLawFile(f"{where}: {name} er {value}, men skal være {' eller '.join(sorted(allowed))}.")
