"""What stands beside what was typed, in the words of a form."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import formats


def differences(form: forms.BaseForm, standing: Mapping[str, Any]) -> list[dict[str, str]]:
    """What stands and what was typed instead, for the fields in which they differ."""
    return [
        {"label": str(bound.label), "now": now, "typed": typed}
        for bound in form.visible_fields()
        if bound.name in standing
        and (now := _shown(bound.field, standing[bound.name]))
        != (typed := _shown(bound.field, form.cleaned_data.get(bound.name)))
    ]


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time):
        return f"{value:%H.%M}"
    if isinstance(value, Decimal):
        return formats.number_format(value, decimal_pos=getattr(field, "decimal_places", None))
    if isinstance(value, Model):
        # As the list that it was chosen from names it.
        return str(getattr(field, "label_from_instance", str)(value))
    written = field.prepare_value(value)
    return str(dict(getattr(field, "choices", ())).get(written, "" if written is None else written))
