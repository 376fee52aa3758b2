"""What is typed of hours, caps, absences and closing days: its shape only."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.rules.wording import WEEKDAYS
from cases.ui.fields import DateField, PlainTextField, TimeField
from cases.ui.forms import VersionedForm
from meetings.models import AbsenceKind, StaffAbsence
from meetings.rules.availability import WORKING_WEEKDAYS, Hours
from meetings.rules.kinds import Channel
from meetings.rules.spans import COPENHAGEN, FOREVER, ONE_DAY, Span
from meetings.working_time.services import version_of_absence, version_of_caps, version_of_hours

_EXAMPLE = "Skriv tiderne som fra-til, fx 9-12, 13-15."


class HoursField(forms.CharField):
    """The hours of one weekday, as people write them: 9-12, 13-15."""

    def __init__(self, weekday: int) -> None:
        super().__init__(
            label=WEEKDAYS[weekday].capitalize(), required=False, max_length=60, help_text="Fx 9-12, 13-15"
        )
        self.weekday = weekday

    def clean(self, value: Any) -> list[Hours]:
        parts = [part for part in super().clean(value).replace(" og ", ",").split(",") if part.strip()]
        hours = sorted(self._read(part) for part in parts)
        for one, following in zip(hours, hours[1:], strict=False):
            if following.begins < one.ends:
                raise ValidationError(f"{one.text} og {following.text} overlapper hinanden. Ret en af dem.")
        return hours

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(one.text for one in value) if isinstance(value, list) else value

    def _read(self, part: str) -> Hours:
        begins, _, ends = part.replace("–", "-").partition("-")
        try:
            span = [self._time(begins), self._time(ends)]
        except ValidationError:
            raise ValidationError(f"»{part.strip()}« kan ikke læses. {_EXAMPLE}") from None
        hours = Hours(self.weekday, *span)
        if hours.ends <= hours.begins:
            raise ValidationError(f"{hours.text} slutter, før den begynder. {_EXAMPLE}")
        return hours

    def _time(self, text: str) -> time:
        found: time = TimeField().clean(text)
        return found


class HoursForm(VersionedForm):
    """When somebody works from Monday to Friday."""

    about = "Arbejdstiden"
    holds_the_case = True

    def __init__(self, data: Any = None, *, hours: Iterable[Hours] = ()) -> None:
        hours = sorted(hours)
        texts: dict[str, list[str]] = {}
        for one in hours:
            texts.setdefault(WEEKDAYS[one.weekday], []).append(one.text)
        now = {name: ", ".join(parts) for name, parts in texts.items()}
        super().__init__(data, initial={"version": version_of_hours(hours), **now})
        for weekday in WORKING_WEEKDAYS:
            self.fields[WEEKDAYS[weekday]] = HoursField(weekday)

    def hours(self) -> list[Hours]:
        """All of them, once the form is valid."""
        return [one for weekday in WORKING_WEEKDAYS for one in self.cleaned_data[WEEKDAYS[weekday]]]


class CapField(forms.IntegerField):
    """A cap a day; empty where there is none."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "input-char-4", "autocomplete": "off"})

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=1,
            max_value=40,
            error_messages={
                "min_value": "Et loft er mindst 1. Lad feltet stå tomt, hvis der ikke er noget loft. Er medarbejderen "
                "der ikke, så registrér fravær.",
                "max_value": "Et loft er højst 40 samtaler om dagen. Lad feltet stå tomt, hvis der ikke er noget loft.",
            },
        )


_ALL = "all"


class CapsForm(VersionedForm):
    """How many talks a day at most."""

    about = "Loftet"
    holds_the_case = True

    def __init__(self, data: Any = None, *, caps: Mapping[Channel | None, int]) -> None:
        now = {str(channel or _ALL): caps.get(channel) for channel in (None, *Channel)}
        super().__init__(data, initial={"version": version_of_caps(caps), **now})
        self.fields[_ALL] = CapField("Samtaler i alt om dagen")
        for channel in Channel:
            self.fields[str(channel)] = CapField(f"Heraf {channel.label}")

    def caps(self) -> dict[Channel | None, int]:
        """Those that were given, once the form is valid."""
        typed = {channel: self.cleaned_data[str(channel or _ALL)] for channel in (None, *Channel)}
        return {channel: most for channel, most in typed.items() if most}


class AbsenceForm(VersionedForm):
    """When somebody is away, and nothing of why."""

    about = "Fraværet"
    holds_the_case = True
    groups = (("", ("kind", ("first", "last"), ("begins", "ends"))),)

    kind = forms.ChoiceField(
        label="Art", choices=AbsenceKind.options(), widget=forms.RadioSelect, help_text="Helbred skrives ikke her."
    )
    first = DateField(label="Første dag")
    last = DateField(
        label="Sidste dag",
        required=False,
        help_text="Dagen er med. Lad feltet stå tomt, hvis fraværet er indtil videre.",
    )
    begins = TimeField(label="Fra kl.", required=False, help_text="Kun for en del af en dag, fx 12.00")
    ends = TimeField(label="Til kl.", required=False, help_text="Fx 15.00")

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        first, last, begins, ends = (typed.get(name) for name in ("first", "last", "begins", "ends"))
        if self.errors or first is None:
            return typed
        if last and last < first:
            self.add_error("last", "Sidste dag ligger før første dag. Ret en af de to datoer.")
        elif (begins is None) != (ends is None):
            self.add_error("ends" if begins else "begins", "Skriv både fra og til, eller lad begge stå tomme.")
        elif begins and ends and ends <= begins:
            self.add_error("ends", "Fraværet slutter, før det begynder. Ret et af de to klokkeslæt.")
        elif begins and last and last != first:
            self.add_error("begins", "Klokkeslæt gælder en enkelt dag. Fjern dem, eller ret sidste dag.")
        else:
            typed["span"] = Span.on(first, begins, ends) if begins and ends else Span.of_days(first, last)
        return typed


def initial_of(absence: StaffAbsence) -> dict[str, Any]:
    """What the form says of an absence that there is."""
    span, first = absence.span, absence.span.day
    shown: dict[str, Any] = {"version": version_of_absence(absence), "kind": absence.kind, "first": first}
    if span.ends_at == FOREVER:
        return shown
    last = span.last_day - ONE_DAY
    if last >= first and span == Span.of_days(first, last):
        return {**shown, "last": last}
    begins, ends = (moment.astimezone(COPENHAGEN).time() for moment in (span.starts_at, span.ends_at))
    return {**shown, "last": first, "begins": begins, "ends": ends}


class ClosingDayForm(VersionedForm):
    """What an office says of one day."""

    about = "Dagen"

    day = DateField(label="Dag")
    name = PlainTextField(label="Navn", max_length=60, help_text="Fx personaledag. Navnet står i kalenderen.")
    is_open = forms.BooleanField(
        label="Kontoret har åbent alligevel",
        required=False,
        help_text="For en dag, hvor alle kontorer ellers har lukket.",
    )
