"""What several tables of meetings write alike."""

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import Func, Value


def same(field: str) -> Func:
    """The integer as a range over itself, so that an exclusion constraint needs no extension."""
    return Func(field, field, Value("[]"), function="int8range", output_field=BigIntegerRangeField())
