"""What is typed about a case: its shape only. Whether it is lawful, the service asks the rules."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from cases import clock, cpr, names
from cases.fields import DateField, PhoneField, PlainErrors, PlainTextField
from cases.models import Organisation, OrganisationKind, User
from cases.models.cases import (
    CLOSE_REASON_LABELS,
    HANDOVER_SOURCE_LABELS,
    INSURANCE_LABELS,
    TARGET_GROUP_LABELS,
    CloseReason,
)
from cases.models.people import validate_name
from cases.rules.danish import MONTHS
from cases.rules.facts import PAUSE_NAMES, Insurance
from cases.rules.period import Period, add_months
from cases.rules.plausibility import far_off
from cases.rules.refusal import Refused, Stale

NO_HEALTH = "Skriv ikke om helbred her."


class YesNoField(forms.TypedChoiceField):
    """A question that must be answered: an unticked box would not tell "no" from "not asked"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("ja", "Ja"), ("nej", "Nej")], coerce="ja".__eq__, widget=forms.RadioSelect, **kwargs)

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


class ChosenOne(forms.ModelChoiceField):
    """One row, named by its public id and listed in the Danish order."""

    def __init__(self, queryset: QuerySet, **kwargs: Any) -> None:
        super().__init__(queryset, to_field_name="public_id", **kwargs)

    def offer(self, queryset: QuerySet) -> None:
        """Let these be chosen among."""
        self.queryset = queryset
        rows = sorted(queryset, key=lambda row: names.sort_key(str(row)))
        empty = [("", self.empty_label)] if self.empty_label is not None else []
        self.choices = [*empty, *((str(row.public_id), str(row)) for row in rows)]

    def prepare_value(self, value: Any) -> Any:
        return str(value.public_id) if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            # Also of what is no id at all.
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class FarDaysField(forms.BooleanField):
    """The tick that days far off are meant: it stands for the days that were asked about."""

    def __init__(self, days: str, *, is_meant: bool) -> None:
        super().__init__(
            label="Datoen er rigtig",
            required=False,
            widget=forms.CheckboxInput(attrs={"value": days}, check_test=lambda _: is_meant),
        )


_FAR_DAYS = "far_days"
_FIX_OR_TICK = "Ret datoen, eller sæt kryds ved »Datoen er rigtig«."


class PageForm(PlainErrors, forms.Form):
    """A form on a page of its own; the template draws the form tag and the buttons."""

    #: What another person changed meanwhile.
    stale: Mapping[str, Any] | None = None
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
        typed = [name for name in self.changed_data if isinstance(self.fields[name], DateField)]
        days = {name: self.cleaned_data[name] for name in typed if self.cleaned_data.get(name)}
        doubts = {name: doubt for name, day in days.items() if (doubt := far_off(day, today=today))}
        if not doubts:
            return
        shown = " ".join(days[name].isoformat() for name in doubts)
        is_meant = self.data.get(_FAR_DAYS) == shown
        self.fields[_FAR_DAYS] = FarDaysField(shown, is_meant=is_meant)
        if not is_meant:
            for name, doubt in doubts.items():
                self.add_error(_FAR_DAYS, f"{self.fields[name].label}: {doubt} {_FIX_OR_TICK}")

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        if self.groups:
            hidden = [field.name for field in self.hidden_fields()]
            parts = [Fieldset(legend, *map(_placed, fields)) for legend, fields in self.groups]
            helper.layout = Layout(*hidden, *parts, *[name for name in (_FAR_DAYS,) if name in self.fields])
        return helper

    def show_refusal(self, refused: Refused) -> None:
        """Say why what was typed cannot be done, each sentence at the field it is about."""
        for name, text in refused.problems:
            self.add_error(name if name in self.fields else None, text)

    def changes_from_initial(self) -> list[dict[str, str]]:
        """What the fields say now and what was typed instead, for those that differ."""
        return [
            {"label": str(bound.label), "now": now, "typed": typed}
            for bound in self.visible_fields()
            if bound.name in self.initial
            and (now := _shown(bound.field, self.initial[bound.name]))
            != (typed := _shown(bound.field, self.cleaned_data.get(bound.name)))
        ]


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return str(dict(getattr(field, "choices", ())).get(value, value if value is not None else ""))


def _placed(field: str | tuple[str, ...]) -> str | Row:
    return field if isinstance(field, str) else Row(*field)


class VersionedForm(PageForm):
    """A form that was filled in on one version of the case."""

    #: Whether its fields began as what the case said, so that a difference means something.
    holds_the_case = False

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), "Skemaet er ufuldstændigt. Hent siden igen."),
    )

    def show_refusal(self, refused: Refused) -> None:
        """Say also what another person changed meanwhile."""
        super().show_refusal(refused)
        if not isinstance(refused, Stale):
            return
        if refused.events or self.holds_the_case:
            fields = self.changes_from_initial() if self.holds_the_case else []
            self.stale = {"events": refused.events, "fields": fields}
        if refused.newest is not None:
            self.take_version(refused.newest)

    def take_version(self, version: int) -> None:
        """The user has been shown the newer version: the next post builds on it."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class NameField(PlainTextField):
    """A name, given back as it is stored."""

    def clean(self, value: Any) -> str:
        return names.normal(super().clean(value))


class CitizenFields(forms.Form):
    name = NameField(label="Navn", max_length=120, validators=[validate_name])
    email = forms.EmailField(label="E-mail", required=False)
    phone = PhoneField(required=False)
    address = PlainTextField(label="Adresse", required=False, max_length=200)
    interpreter_language = PlainTextField(
        label="Tolkesprog", required=False, max_length=40, help_text="Fx arabisk. Lad feltet stå tomt uden tolk."
    )
    has_protected_address = forms.BooleanField(label="Beskyttet adresse", required=False)
    is_exempt_from_digital_post = forms.BooleanField(label="Fritaget for Digital Post", required=False)


CITIZEN_FIELDS = tuple(CitizenFields.base_fields)
CITIZEN_LAYOUT = (
    "name",
    ("email", "phone"),
    ("address", "interpreter_language"),
    "has_protected_address",
    "is_exempt_from_digital_post",
)


class CourseFields(forms.Form):
    registered_on = DateField(label="Tilmeldt")
    placed_on = DateField(label="Indplaceret")
    target_group = forms.TypedChoiceField(
        label="Målgruppe", choices=list(TARGET_GROUP_LABELS.items()), coerce=int, initial=1
    )
    insurance = forms.TypedChoiceField(
        label="Forsikret",
        choices=[(str(key), label.capitalize()) for key, label in INSURANCE_LABELS.items()],
        coerce=Insurance,
        widget=forms.RadioSelect,
        initial=Insurance.FULL_TIME,
    )
    has_qualifying_education = YesNoField(
        label="Har borgeren en uddannelse, der giver erhvervskompetence?", initial=True
    )
    has_children_at_home = YesNoField(label="Har borgeren hjemmeboende børn?", initial=False)
    is_trial = forms.BooleanField(label="Sagen hører til a-kasseforsøget 2020-2023", required=False)

    today: date

    def clean_registered_on(self) -> date:
        day = self.cleaned_data["registered_on"]
        if day > self.today:
            raise ValidationError(
                "Tilmeldingen kan ikke ligge i fremtiden. Skriv dagen, hvor borgeren meldte sig ledig."
            )
        return day


COURSE_FIELDS = tuple(CourseFields.base_fields)
COURSE_LAYOUT = (
    ("registered_on", "placed_on"),
    "target_group",
    ("insurance", "has_qualifying_education", "has_children_at_home"),
    "is_trial",
)


class CreateForm(CitizenFields, CourseFields, PageForm):
    """A new case by hand."""

    cpr_number = forms.CharField(label="CPR-nummer", help_text="Ti cifre, fx 010190-1234", max_length=20)
    other_party = ChosenOne(Organisation.objects.none())
    worker = ChosenOne(User.objects.none(), label="Hvem hos jer har sagen?", required=False, empty_label="Ingen endnu")
    doubt_reason = PlainTextField(label="Hvorfor er det rigtigt?", required=False, max_length=200, help_text=NO_HEALTH)

    # Its days are asked about on a page between, see the view.
    asks_about_far_days = False

    # The error summary follows the page.
    field_order = ("cpr_number", *CITIZEN_FIELDS, *COURSE_FIELDS)
    groups = (
        ("Borgeren", ("cpr_number", *CITIZEN_LAYOUT)),
        ("Forløbet", COURSE_LAYOUT),
        ("Hvem har sagen", (("other_party", "worker"),)),
    )

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        organisation = user.organisation
        assert organisation is not None
        self.today = today
        super().__init__(*args, initial={"worker": user}, **kwargs)
        other = self.fields["other_party"]
        wanted = OrganisationKind.MUNICIPALITY if organisation.is_fund else OrganisationKind.FUND
        other.label = "Kommune" if organisation.is_fund else "A-kasse"
        other.required = organisation.is_fund
        other.empty_label = "Vælg kommune" if organisation.is_fund else "Ingen a-kasse"
        if not organisation.is_fund:
            other.help_text = "Kun grupper uden dagpenge kan være uden a-kasse."
        other.offer(Organisation.objects.filter(kind=wanted))
        other.error_messages["required"] = "Vælg borgerens kommune."
        self.fields["worker"].offer(organisation.users.filter(is_active=True))

    def clean_cpr_number(self) -> cpr.Cpr:
        try:
            return cpr.read(self.cleaned_data["cpr_number"], today=self.today)
        except cpr.NotCpr as error:
            raise ValidationError(str(error)) from None

    def ask_only_for_a_reason(self) -> None:
        """Keep all that was typed as hidden fields, and ask why it is right."""
        for name, field in self.fields.items():
            if name != "doubt_reason":
                field.widget = field.hidden_widget()
        self.fields["doubt_reason"].required = True


class CorrectForm(CourseFields, VersionedForm):
    """What decides the course, corrected with a reason."""

    holds_the_case = True
    reason = ReasonField()
    groups = (("Forløbet", COURSE_LAYOUT), ("Rettelsen", ("reason",)))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)


class CitizenForm(CitizenFields, VersionedForm):
    """What is shared of the citizen, and how the user's own organisation reaches him."""

    holds_the_case = True

    reason = ReasonField(label="Hvorfor fjernes adressebeskyttelsen?", required=False)

    def __init__(self, *args: Any, may_lift_protection: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protection = self.fields["has_protected_address"]
        if not self.initial["has_protected_address"] or not may_lift_protection:
            del self.fields["reason"]
        if self.initial["has_protected_address"] and not may_lift_protection:
            protection.disabled = True
            protection.help_text = "Kun en teamleder kan fjerne beskyttelsen."
        reason = ("reason",) if "reason" in self.fields else ()
        at = CITIZEN_LAYOUT.index("has_protected_address") + 1
        self.groups = (("", (*CITIZEN_LAYOUT[:at], *reason, *CITIZEN_LAYOUT[at:])),)

    def clean(self) -> dict[str, Any]:
        is_kept = self.cleaned_data.get("has_protected_address")
        if "reason" in self.fields and not is_kept and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Skriv, hvorfor adressebeskyttelsen skal fjernes.")
        return self.cleaned_data


class PauseForm(VersionedForm):
    holds_the_case = True
    groups = (("", ("kind", ("first", "last"), "source")),)

    kind = forms.ChoiceField(
        label="Hvad er grunden?",
        choices=[(str(kind), name.capitalize()) for kind, name in PAUSE_NAMES.items()],
        widget=forms.RadioSelect,
    )
    first = DateField(label="Første dag")
    last = DateField(label="Sidste dag", help_text="Dagen er med i pausen. Dag-måned-år, fx 01-12-2026")
    source = PlainTextField(
        label="Hvor ved du det fra?", max_length=80, help_text=f"Fx borgeren, Jobnet eller udbetalingen. {NO_HEALTH}"
    )

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last:
            if last < first:
                self.add_error("last", "Sidste dag ligger før første dag. Ret en af de to datoer.")
            else:
                self.cleaned_data["span"] = Period.of_days_inclusive(first, last)
        return self.cleaned_data


class ReasonForm(VersionedForm):
    reason = ReasonField()


class HoursForm(VersionedForm):
    month = forms.TypedChoiceField(label="Måned", coerce=date.fromisoformat)
    hours = forms.DecimalField(
        label="Timer",
        required=False,
        localize=True,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        help_text="Fx 160,33. Lad feltet stå tomt for at fjerne månedens timer.",
        widget=forms.TextInput(attrs={"class": "input-char-8", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Skriv timerne som et tal, fx 160,33.",
            "min_value": "Timer kan ikke være under 0.",
            "max_decimal_places": "Skriv højst to tal efter kommaet, fx 160,33.",
            "max_digits": "Så mange timer er der ikke på en måned. Fx 160,33.",
            "max_whole_digits": "Så mange timer er der ikke på en måned. Fx 160,33.",
        },
    )

    def __init__(self, *args: Any, since: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = []
        month = today.replace(day=1)
        while month >= since.replace(day=1):
            months.append((month.isoformat(), f"{MONTHS[month.month - 1]} {month.year}"))
            month = add_months(month, -1)
        self.fields["month"].choices = months


class HandOverForm(VersionedForm):
    on = DateField(label="Jobcentret har forløbet fra og med")
    hours = forms.DecimalField(
        label="Udbetalte timer i alt",
        required=False,
        localize=True,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        help_text="Fx 412,50",
        widget=forms.TextInput(attrs={"class": "input-char-8", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "Skriv timerne som et tal, fx 412,50."},
    )
    source = forms.ChoiceField(
        label="Hvor kommer datoen fra?",
        choices=[(str(key), label.capitalize()) for key, label in HANDOVER_SOURCE_LABELS.items()],
        widget=forms.RadioSelect,
    )
    note = PlainTextField(
        label="Besked til jobcentret",
        required=False,
        max_length=500,
        help_text=NO_HEALTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_confirmed = forms.BooleanField(label="Jeg har set listen igennem og overgiver forløbet til jobcentret")


class WorkerForm(PageForm):
    """Who has the case from now on."""

    worker = ChosenOne(User.objects.none(), label="Medarbejder", empty_label="Vælg medarbejder")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].offer(organisation.users.filter(is_active=True))


class CloseForm(VersionedForm):
    reason = forms.TypedChoiceField(
        label="Hvorfor afsluttes sagen?",
        choices=[
            (str(key), label.capitalize())
            for key, label in CLOSE_REASON_LABELS.items()
            if key is not CloseReason.NEW_PLACEMENT
        ],
        coerce=CloseReason,
        widget=forms.RadioSelect,
    )
    closed_on = DateField(label="Afsluttet den")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_closed_on(self) -> date:
        return _not_ahead(self.cleaned_data["closed_on"], self.today)


class PlaceAnewForm(VersionedForm):
    registered_on = DateField(label="Tilmeldt")
    placed_on = DateField(label="Indplaceret på ny")
    reason = ReasonField(help_text=f"Fx ny dagpengeperiode. {NO_HEALTH}")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_placed_on(self) -> date:
        return _not_ahead(self.cleaned_data["placed_on"], self.today)


def _not_ahead(day: date, today: date) -> date:
    if day > today:
        raise ValidationError(f"Datoen kan ikke ligge i fremtiden. Skriv en dag til og med {today:%d-%m-%Y}.")
    return day


class SearchForm(PageForm):
    q = forms.CharField(
        label="Navn, sagsnummer, CPR-nummer, fødselsdag, telefon eller e-mail",
        max_length=120,
        help_text="Fx Anne Test, S-100123, 010190-1234, 01-01-1990 eller 20 30 40 50",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Skriv et navn, et sagsnummer, et CPR-nummer, en fødselsdag eller en telefon."},
    )
