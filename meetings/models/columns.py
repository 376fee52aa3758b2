"""What several tables of meetings write alike."""

from typing import Any

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db.models import Func, Value


def same(field: str) -> Func:
    """The integer as a range over itself, so that an exclusion constraint needs no extension."""
    return Func(field, field, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class DateMultirangeField(DateRangeField):
    """Days in as many ranges as they need: what Django asks of a range, PostgreSQL answers of several as well."""

    def db_type(self, connection: Any) -> str:
        return "datemultirange"
