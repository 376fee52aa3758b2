"""What several tables of meetings write alike."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import Func, Value

from meetings.rules.kinds import KIND_NAMES


def labelled(labels: Mapping[Any, str]) -> dict[str, str]:
    return {str(key): label for key, label in labels.items()}


def same(field: str) -> Func:
    """The integer as a range over itself, so that an exclusion constraint needs no extension."""
    return Func(field, field, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


KIND_LABELS = {kind: one for kind, (one, _) in KIND_NAMES.items()}
