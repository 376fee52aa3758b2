"""What a value of the law says in plain Danish: one source of words for the pages of the law and the administration."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules.facts import EXEMPTION_NAMES, PARTY_NAMES, PAUSE_NAMES
from cases.rules.parameter import ANCHOR_NAMES, REGISTRY, Anchor, Parameter
from cases.rules.plan_parts import PLAN_MEETING_NAMES, PLAN_PART_NAMES
from cases.rules.wording import counted, listed

#: The same code has another name in another field: that of the first list which knows all that a parameter allows.
_CODE_LISTS: list[Mapping[str, str]] = [PLAN_MEETING_NAMES, PARTY_NAMES, PLAN_PART_NAMES, PAUSE_NAMES, EXEMPTION_NAMES]

#: The values of the law in the order in which people read them.
_SUBJECTS: list[tuple[str, tuple[Parameter, ...]]] = []

#: What a number counts, by the word in its key that says so.
_UNITS = {
    "months": ("måned", "måneder"),
    "weeks": ("uge", "uger"),
    "days": ("dag", "dage"),
    "workdays": ("arbejdsdag", "arbejdsdage"),
    "hours": ("time", "timer"),
    "limit": ("år", "år"),
    "percent": ("procent", "procent"),
    "meetings": ("jobsamtale", "jobsamtaler"),
}


def tell_with(*, subjects: Iterable[tuple[str, tuple[Parameter, ...]]], names: Iterable[Mapping[str, str]]) -> None:
    """Take the subjects, and the names of their codes, from the app that knows every value."""
    _SUBJECTS[:] = subjects
    _CODE_LISTS.extend(one for one in names if one not in _CODE_LISTS)


def by_subject() -> list[tuple[str, list[Parameter]]]:
    """Every value that a rule reads under its subject; what has none comes last."""
    known = {one.key for _, parameters in _SUBJECTS for one in parameters}
    others = [one for key, one in sorted(REGISTRY.items()) if key not in known]
    return [(title, list(parameters)) for title, parameters in _SUBJECTS] + ([("Andet", others)] if others else [])


def in_words(parameter: Parameter, value: Any) -> str:
    """A value as people say it: »3 måneder«, »a-kassen og jobcentret«, »ja«."""
    if value is None:
        return "ingen værdi"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int):
        return _number(parameter, value)
    if not value:
        return "ingen"
    if parameter.read.allowed:
        names = names_of(parameter.read.allowed)
        return listed(names[code] for code in parameter.read.allowed if code in value)
    return listed(group_name(number) for number in sorted(value))


def group_name(number: int) -> str:
    """1 (dagpenge)"""
    label = TARGET_GROUP_LABELS.get(number)
    return label.replace(" - ", " (", 1) + ")" if label else str(number)


def _number(parameter: Parameter, value: int) -> str:
    if is_ordinal(parameter):
        return f"måned {value}"
    unit = unit_of(parameter)
    return counted(value, *unit) if unit else str(value)


def is_ordinal(parameter: Parameter) -> bool:
    """Whether the number says which month, not how many."""
    return "month" in _words_of(parameter)


def unit_of(parameter: Parameter) -> tuple[str, str] | None:
    """What a number counts: one of it, and many."""
    return next((_UNITS[word] for word in _words_of(parameter) if word in _UNITS), None)


def _words_of(parameter: Parameter) -> list[str]:
    return parameter.key.partition(".")[2].removeprefix("six_weeks_").split("_")


def names_of(codes: Sequence[str]) -> Mapping[str, str]:
    """The Danish names of the codes that a parameter allows."""
    return next((names for names in _CODE_LISTS if set(codes) <= set(names)), {code: code for code in codes})


def decided_by(parameter: Parameter) -> str:
    """The day of a case that decides which act gives the value."""
    return parameter.event_is if parameter.anchor == Anchor.EVENT else ANCHOR_NAMES[parameter.anchor]
