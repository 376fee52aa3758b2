"""What a value of the law says in plain Danish: one source of words for the pages of the law and the administration."""

from typing import Any

from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules.declaring import REGISTRY, Parameter, Subject, Unit
from cases.rules.wording import counted, listed


def by_subject() -> list[tuple[str, list[Parameter]]]:
    """Every value that a rule reads under its subject."""
    found = [(subject, [one for one in REGISTRY.values() if one.subject == subject]) for subject in Subject]
    return [(str(subject), parameters) for subject, parameters in found if parameters]


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
    if parameter.read.names:
        return listed(word for code, word in parameter.read.names.items() if code in value)
    return listed(group_name(number) for number in sorted(value))


def group_name(number: int) -> str:
    """1 (dagpenge)"""
    label = TARGET_GROUP_LABELS.get(number)
    return label.replace(" - ", " (", 1) + ")" if label else str(number)


def _number(parameter: Parameter, value: int) -> str:
    unit = parameter.unit
    if unit is Unit.MONTH_NUMBER:
        return f"{unit.one} {value}"
    return counted(value, unit.one, unit.many) if unit else str(value)
