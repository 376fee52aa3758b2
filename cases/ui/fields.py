"""Form fields that read Danish dates and times as people write them, and say plainly what is wrong."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from cases.people import cpr, phones
from cases.rules.text_use import TextUse
from cases.rules.wording import MONTHS

_MARK = r"(?:\s*[-./]\s*|\s+)"
# A Danish reader says the day first; the year may be left out.
_DAY_MONTH_YEAR = re.compile(rf"(\d{{1,2}}){_MARK}(\d{{1,2}})(?:{_MARK}(\d{{2}}|\d{{4}}))?\.?")
_DAY_NAME_YEAR = re.compile(r"(?:den\s+)?(\d{1,2})\.?\s*([a-z]{3,9})\.?(?:\s*(\d{4}|\d{2}))?", re.IGNORECASE)
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_HOUR_MINUTE = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:\s*[.:]\s*(\d{2}))?", re.IGNORECASE)
_FOUR_DIGITS = re.compile(r"(\d{2})(\d{2})")

DATE_EXAMPLE = "Skriv datoen som dag-måned-år, fx 01-12-2026."
TIME_EXAMPLE = "Skriv klokkeslættet som timer og minutter, fx 14.30."
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
#: A year of two figures from here on is of the last century.
_LAST_CENTURY = 70


class DateField(forms.DateField):
    """A day. What was typed stays in the form, also when no such day exists."""

    widget = forms.DateInput(
        format="%d-%m-%Y", attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-char-11"}
    )
    default_error_messages = {"required": DATE_EXAMPLE, "invalid": DATE_EXAMPLE}
    #: What day it is, for a date without a year; the application lends the clock when it starts.
    today: Callable[[], date] | None = None

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Dag-måned-år, fx 01-12-2026")
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if found := _ISO.fullmatch(text):
            year, month, day = found.groups()
        elif found := _DAY_MONTH_YEAR.fullmatch(text) or _DIGITS.fullmatch(text):
            day, month, year = found.groups()
        elif (found := _DAY_NAME_YEAR.fullmatch(text)) and (number := _month_named(found[2])):
            day, month, year = found[1], str(number), found[3]
        else:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if year is None:
            return self._nearest(int(day), int(month))
        if len(year) == 2:
            year = f"19{year}" if int(year) >= _LAST_CENTURY else f"20{year}"
        written = f"{int(day):02}-{int(month):02}-{year}"
        if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
            raise ValidationError(f"Året {year} kan ikke passe. {DATE_EXAMPLE}", code="invalid")
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise ValidationError(f"{written} findes ikke i kalenderen. {DATE_EXAMPLE}", code="invalid") from None

    def _nearest(self, day: int, month: int) -> date:
        """The day of this name that lies closest to today."""
        if self.today is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        today = self.today()
        days = []
        for year in (today.year - 1, today.year, today.year + 1):
            with suppress(ValueError):
                days.append(date(year, month, day))
        if not days:
            raise ValidationError(f"{day:02}-{month:02} findes ikke i kalenderen i år. {DATE_EXAMPLE}", code="invalid")
        return min(days, key=lambda one: abs(one - today))


def _month_named(text: str) -> int | None:
    """The number of the month by its name, or by the first letters of it."""
    return next((number for number, name in enumerate(MONTHS, start=1) if name.startswith(text.lower())), None)


class PlainTextField(forms.CharField):
    """Words for people to read: in one line or more, and never a CPR number."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if cpr.is_mentioned(text):
            raise ValidationError(cpr.MENTIONED)
        return text


class StandardTextField(PlainTextField):
    """A text into which a standard text of the office can be put; whoever shows the form says which there are."""

    def __init__(self, *, use: TextUse, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use = use
        self.standard_texts: Sequence[Any] = ()


class PhoneField(forms.CharField):
    """One telephone number, given back as it is stored and shown in groups."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "Telefon", "help_text": "Fx 20 30 40 50", "max_length": 40, **kwargs})

    def clean(self, value: Any) -> str:
        try:
            return phones.read(super().clean(value))
        except phones.NotPhone as error:
            raise ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        return phones.shown(value) if isinstance(value, str) else value


class TimeField(forms.TimeField):
    """A time of day in hours and minutes."""

    widget = forms.TimeInput(
        format="%H.%M", attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-char-8"}
    )
    default_error_messages = {"required": TIME_EXAMPLE, "invalid": TIME_EXAMPLE}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Timer og minutter, fx 14.30")
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values:
            return None
        if isinstance(value, time):
            return value
        found = _FOUR_DIGITS.fullmatch(text := str(value).strip()) or _HOUR_MINUTE.fullmatch(text)
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour > 23 or minute > 59:
            raise ValidationError(
                f"Klokken {hour:02}.{minute:02} findes ikke. "
                "Timer går fra 0 til 23, og minutter går fra 0 til 59. Fx 14.30.",
                code="invalid",
            )
        return time(hour, minute)


if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    _Form = object


class PlainErrors(_Form):
    """Mixed into a form before forms.Form: its standard errors name the field and say what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            label = str(field.label or name.replace("_", " ").capitalize())
            for code, text in _plain_errors(field, label).items():
                # A text that a field's own class or the form chose says more than ours.
                if field.error_messages.get(code) == _standard_error(field, code):
                    field.error_messages[code] = text


def _plain_errors(field: forms.Field, label: str) -> dict[str, str]:
    if isinstance(field, forms.BooleanField):
        return {"required": f"Sæt kryds ved »{label}« for at gå videre."}
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        choose = f"Vælg en mulighed under »{label}«."
        return {
            "required": choose,
            "invalid_choice": f"Valget findes ikke længere. {choose}",
            "invalid_list": choose,
            "invalid_pk_value": choose,
        }
    if isinstance(field, forms.FileField):
        return {
            "required": f"Vælg en fil under »{label}«.",
            "empty": "Filen er tom. Vælg en anden fil.",
            "missing": f"Vælg en fil under »{label}«.",
        }
    if isinstance(field, forms.EmailField):
        return {"required": f"Udfyld »{label}«.", "invalid": "Skriv e-mailen som navn@eksempel.dk."}
    if isinstance(field, forms.IntegerField):
        return {"required": f"Udfyld »{label}«.", "invalid": f"Skriv »{label}« som et tal, fx 12."}
    return {"required": f"Udfyld »{label}«."}


def _standard_error(field: forms.Field, code: str) -> object:
    """The text Django itself would have given this kind of field."""
    for kind in type(field).__mro__:
        messages = getattr(kind, "default_error_messages", {}) if kind.__module__.startswith("django.") else {}
        if code in messages:
            return messages[code]
        if code in vars(kind).get("default_error_messages", {}):
            return None
    return None
