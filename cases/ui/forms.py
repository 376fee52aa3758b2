"""The forms and fields that the forms of all rooms are made of; they know no case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict

from cases import clock
from cases.people import name_order
from cases.rules.plausibility import far_off
from cases.rules.refusal import NeedsConfirmation, Refused, Stale, digest
from cases.ui.differences import differences
from cases.ui.fields import DateField, PlainErrors, PlainTextField

NO_HEALTH = "Skriv ikke om helbred her."


class YesNoField(forms.TypedChoiceField):
    """A question that must be answered: an unticked box would not tell "no" from "not asked"."""

    def __init__(self, **kwargs: Any) -> None:
        answers = [("ja", "Ja"), ("nej", "Nej")]
        super().__init__(choices=answers, coerce="ja".__eq__, **{"widget": forms.RadioSelect, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return {True: "ja", False: "nej"}.get(value, value)


class ReasonField(PlainTextField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "Begrundelse",
                "max_length": 300,
                "help_text": f"Skriv kort hvorfor. {NO_HEALTH}",
                "widget": forms.Textarea(attrs={"rows": 3}),
                **kwargs,
            }
        )


if TYPE_CHECKING:
    # Takes the model of its rows only before the checker.
    RowField = forms.ModelChoiceField[Any]
else:
    RowField = forms.ModelChoiceField


class ChosenOne(RowField):
    """One row, named by its public id and listed in the Danish order."""

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(queryset, to_field_name="public_id", **kwargs)

    def offer(self, queryset: QuerySet[Any]) -> None:
        """Let these be chosen among."""
        self.queryset = queryset
        rows = sorted(queryset, key=lambda row: name_order.sort_key(str(row)))
        empty = [("", self.empty_label)] if self.empty_label is not None else []
        self.choices = [*empty, *((str(row.public_id), str(row)) for row in rows)]

    def prepare_value(self, value: Any) -> Any:
        is_row = isinstance(value, Model)
        return str(value.public_id) if is_row else value

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            # Also of what is no id at all.
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


if TYPE_CHECKING:
    RowsField = forms.ModelMultipleChoiceField[Any]
else:
    RowsField = forms.ModelMultipleChoiceField


class ChosenSome(RowsField):
    """One or more rows, named by their public ids, ticked in the Danish order."""

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(queryset, to_field_name="public_id", widget=forms.CheckboxSelectMultiple, **kwargs)

    def offer(self, queryset: QuerySet[Any]) -> None:
        """Let these be chosen among."""
        self.queryset = queryset
        rows = sorted(queryset, key=lambda row: name_order.sort_key(str(row)))
        self.choices = [(str(row.public_id), str(row)) for row in rows]

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except ValidationError:
            # Also of what is no id at all.
            code = "invalid_choice" if value else "required"
            raise ValidationError(self.error_messages[code], code=code) from None


class MeantField(forms.BooleanField):
    """The tick that something is meant: it stands for just what was asked about."""

    def __init__(self, asked: str, *, label: str, is_meant: bool = False) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.CheckboxInput(attrs={"value": asked}, check_test=lambda _: is_meant),
        )


F = TypeVar("F", bound=forms.Field)


def field_in(form: forms.BaseForm, name: str, kind: type[F]) -> F:
    """The field of that name, which is of that kind."""
    field = form.fields[name]
    assert isinstance(field, kind)
    return field


def choice_in(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field of that name, which is a choice among a few."""
    return field_in(form, name, forms.ChoiceField)


def row_in(form: forms.BaseForm, name: str) -> ChosenOne:
    """The field of that name, which is a choice among rows."""
    return field_in(form, name, ChosenOne)


def with_value(data: Mapping[str, Any], name: str, value: str) -> Mapping[str, Any]:
    """What was posted, with another value of one field."""
    changed = data.copy() if isinstance(data, QueryDict) else dict(data)
    changed[name] = value
    return changed


_FAR_DAYS = "far_days"
_CONFIRM = "confirm"
_FIX_OR_TICK = "Ret datoen, eller sæt kryds ved »Datoen er rigtig«."


class PageForm(PlainErrors, forms.Form):
    """A form on a page of its own; the template draws the form tag and the buttons."""

    #: What another person changed meanwhile.
    stale: Mapping[str, Any] | None = None
    #: What is to be weighed before it is saved.
    warnings: Sequence[str] = ()
    #: Under each heading its fields; those in a tuple of their own stand side by side where there is room.
    groups: Iterable[tuple[str, tuple[str | tuple[str, ...], ...]]] = ()

    #: Whether a day that is far off is asked about; a form with questions of its own asks itself.
    asks_about_far_days = True

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.asks_about_far_days:
            self._ask_about_far_days()

    def _ask_about_far_days(self) -> None:
        """Ask once whether a day more than two years off is meant; a tick accepts these days and no others."""
        today = clock.today()
        # Only of the days whether they were changed: what else is proposed may be dear to find.
        bound = {name: self[name] for name, field in self.fields.items() if isinstance(field, DateField)}
        typed = [name for name, one in bound.items() if one.field.has_changed(one.initial, one.data)]
        days = {name: self.cleaned_data[name] for name in typed if self.cleaned_data.get(name)}
        doubts = {name: doubt for name, day in days.items() if (doubt := far_off(day, today=today))}
        if not doubts:
            return
        shown = " ".join(days[name].isoformat() for name in doubts)
        is_meant = self.data.get(_FAR_DAYS) == shown
        self.fields[_FAR_DAYS] = MeantField(shown, label="Datoen er rigtig", is_meant=is_meant)
        if not is_meant:
            for name, doubt in doubts.items():
                self.add_error(_FAR_DAYS, f"{self.fields[name].label}: {doubt} {_FIX_OR_TICK}")

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        if self.groups:
            hidden = [field.name for field in self.hidden_fields()]
            parts = [
                Fieldset(legend, *(_placed(field) for field in fields if field not in hidden))
                for legend, fields in self.groups
            ]
            helper.layout = Layout(*hidden, *parts, *[name for name in (_FAR_DAYS, _CONFIRM) if name in self.fields])
        return helper

    def show_refusal(self, refused: Refused) -> None:
        """Say why what was typed cannot be done, each sentence at the field it is about."""
        for name, text in refused.problems:
            self.add_error(name if name in self.fields else None, text)


class WarningForm(PageForm):
    """A form whose service may ask first: a tick accepts the warnings that were shown, and no others."""

    confirm_label = "Det er rigtigt"

    @property
    def accepted(self) -> str:
        """Stands for the warnings that the user has accepted."""
        return str(self.data.get(_CONFIRM, ""))

    def ask(self, warnings: Sequence[str]) -> None:
        """Show what is to be weighed, with the tick that accepts it; nothing where there is nothing."""
        if warnings:
            self.warnings = warnings
            self.fields[_CONFIRM] = MeantField(digest(warnings), label=self.confirm_label)

    def show_refusal(self, refused: Refused) -> None:
        if not isinstance(refused, NeedsConfirmation):
            super().show_refusal(refused)
            return
        self.ask(refused.warnings)
        self.add_error(_CONFIRM, f"Læs advarslen. Ret skemaet, eller sæt kryds ved »{self.confirm_label}«.")


def _placed(field: str | tuple[str, ...]) -> str | Row:
    return field if isinstance(field, str) else Row(*field)


class VersionedForm(PageForm):
    """A form that was filled in on one version of the case, or of one thing of it."""

    #: What has the versions, as the page calls it.
    about = "Sagen"
    #: Whether its fields began as what the case said, so that a difference means something.
    holds_the_case = False
    #: What the case says in fields that began as something else.
    standing: Mapping[str, Any] = {}

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), "Skemaet er ufuldstændigt. Hent siden igen."
        ),
    )

    def show_refusal(self, refused: Refused) -> None:
        """Say also what another person changed meanwhile."""
        super().show_refusal(refused)
        if not isinstance(refused, Stale):
            return
        if refused.events or self.holds_the_case or self.standing:
            fields = differences(self, self.initial if self.holds_the_case else self.standing)
            self.stale = {"about": self.about, "events": refused.events, "fields": fields}
        if refused.newest is not None:
            self.take_version(refused.newest)

    def take_version(self, version: int) -> None:
        """The user has been shown the newer version: the next post builds on it."""
        self.data = with_value(self.data, "version", str(version))


class NameField(PlainTextField):
    """A name, given back as it is stored."""

    def clean(self, value: Any) -> str:
        return name_order.normal(super().clean(value))


class ReasonForm(VersionedForm):
    """One reason; and the version that it was written on, where there is one."""

    reason = ReasonField()

    def __init__(self, data: Any = None, *, why: str = "", version: int | None = None, standing: str = "") -> None:
        super().__init__(data, initial={"version": version})
        self.standing = {"reason": standing} if standing else {}
        if version is None:
            del self.fields["version"]
        if why:
            self.fields["reason"].label = why


def not_ahead(day: date, today: date) -> date:
    if day > today:
        raise ValidationError(f"Datoen kan ikke ligge i fremtiden. Skriv en dag til og med {today:%d-%m-%Y}.")
    return day
