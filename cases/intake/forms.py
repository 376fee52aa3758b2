"""What is typed to open a case or place it anew: its shape only; the service asks the rules."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.citizen.forms import CITIZEN_FIELDS, CITIZEN_LAYOUT, CitizenFields
from cases.intake.returning import what_they_did
from cases.models import Organisation, OrganisationKind, User
from cases.models.cases import TARGET_GROUP_LABELS
from cases.people import cpr
from cases.rules.facts import Insurance
from cases.rules.rule_book import RuleBook
from cases.rules.target_group import groups_on, may_be_trial
from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import (
    NO_HEALTH,
    ChosenOne,
    PageForm,
    ReasonField,
    VersionedForm,
    WarningForm,
    YesNoField,
    choice_in,
    not_ahead,
    row_in,
)


class CprFields(forms.Form):
    cpr_number = forms.CharField(label="CPR-nummer", help_text="Ti cifre, fx 010190-1234", max_length=20)

    today: date

    def clean_cpr_number(self) -> cpr.Cpr:
        try:
            return cpr.read(self.cleaned_data["cpr_number"], today=self.today)
        except cpr.NotCpr as error:
            raise ValidationError(str(error)) from None


_NO_GROUP = ("", "Vælg målgruppe")


class CourseFields(forms.Form):
    registered_on = DateField(label="Tilmeldt")
    placed_on = DateField(label="Indplaceret")
    # Nothing here is chosen beforehand: each of them decides by which rules the course is planned.
    target_group = forms.TypedChoiceField(
        label="Målgruppe", choices=[_NO_GROUP, *TARGET_GROUP_LABELS.items()], coerce=int
    )
    insurance = forms.TypedChoiceField(
        label="Forsikret",
        choices=Insurance.options(),
        coerce=Insurance,
        widget=forms.RadioSelect,
    )
    has_qualifying_education = YesNoField(label="Har borgeren en uddannelse, der giver erhvervskompetence?")
    has_children_at_home = YesNoField(label="Har borgeren hjemmeboende børn?")
    is_trial = forms.BooleanField(label="Sagen hører til a-kasseforsøget 2020-2023", required=False)

    today: date

    def offer(self, book: RuleBook) -> None:
        """Offer the target groups, and the trial, that the law of the day of placement has rules for.

        What was chosen all the same stays, so that it can be refused in a sentence and taken back.
        """
        earliest = min((act.in_force_on for act in book.acts), default=date.max)
        # Before there is any law, nothing is left out.
        if earliest > self.today:
            return
        day = self._placed_on(earliest=earliest)
        offered = {*map(str, groups_on(day, book=book)), str(self["target_group"].value())}
        groups = [(number, label) for number, label in TARGET_GROUP_LABELS.items() if str(number) in offered]
        choice_in(self, "target_group").widget.choices = [_NO_GROUP, *groups]
        if not (may_be_trial(day, book=book) or self["is_trial"].value()):
            self.fields["is_trial"].widget = forms.HiddenInput()

    def _placed_on(self, *, earliest: date) -> date:
        # Before anything is typed, and where no rules were in force, today's law is what there is to offer.
        try:
            day = self.fields["placed_on"].clean(self["placed_on"].value())
        except ValidationError:
            return self.today
        return day if isinstance(day, date) and day >= earliest else self.today

    def clean_registered_on(self) -> date:
        day: date = self.cleaned_data["registered_on"]
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


class CreateForm(CprFields, CitizenFields, CourseFields, PageForm):
    """A new case by hand."""

    other_party = ChosenOne(Organisation.objects.none())
    worker = ChosenOne(User.objects.none(), label="Hvem hos jer har sagen?", required=False, empty_label="Ingen endnu")
    doubt_reason = PlainTextField(label="Hvorfor er det rigtigt?", required=False, max_length=200, help_text=NO_HEALTH)
    # Whether the reason was asked for because an earlier case says that the citizen is dead.
    death_weighed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    # What the citizen did since the course that he comes back to.
    meanwhile = forms.ChoiceField(
        label="Hvad lavede borgeren imens?", choices=what_they_did, required=False, widget=forms.HiddenInput
    )

    # Its days are asked about on a page between, see the view.
    asks_about_far_days = False

    # The error summary follows the page.
    field_order = ("cpr_number", *CITIZEN_FIELDS, *COURSE_FIELDS)
    groups = (
        ("Borgeren", ("cpr_number", *CITIZEN_LAYOUT)),
        ("Forløbet", COURSE_LAYOUT),
        ("Hvem har sagen", (("other_party", "worker"),)),
    )

    def __init__(self, *args: Any, user: User, today: date, book: RuleBook, **kwargs: Any) -> None:
        organisation = user.workplace
        self.today = today
        super().__init__(*args, initial={"worker": user}, **kwargs)
        self.offer(book)
        other = row_in(self, "other_party")
        wanted = OrganisationKind.MUNICIPALITY if organisation.is_fund else OrganisationKind.FUND
        other.label = "Kommune" if organisation.is_fund else "A-kasse"
        other.required = organisation.is_fund
        other.empty_label = "Vælg kommune" if organisation.is_fund else "Ingen a-kasse"
        if not organisation.is_fund:
            other.help_text = "Kun grupper uden dagpenge kan være uden a-kasse."
        other.offer(Organisation.objects.filter(kind=wanted))
        other.error_messages["required"] = "Vælg borgerens kommune."
        row_in(self, "worker").offer(organisation.users.filter(is_active=True))

    def ask_only_for_a_reason(self) -> None:
        """Keep all that was typed as hidden fields, and ask why it is right."""
        for name, field in self.fields.items():
            if name != "doubt_reason":
                field.widget = field.hidden_widget()
        self.fields["doubt_reason"].required = True

    def ask_what_he_did(self) -> None:
        """Keep all that was typed as hidden fields, and ask whether the course that he left goes on."""
        self.ask_only_for_a_reason()
        self.fields["doubt_reason"].required = False
        # What was cleaned is bound already, and has its words from then.
        reason = self["doubt_reason"]
        reason.label, reason.help_text = "Hvorfor et nyt forløb?", f"Kun hvis et nyt forløb begynder. {NO_HEALTH}"
        answer = choice_in(self, "meanwhile")
        answer.widget = forms.RadioSelect()
        answer.choices, answer.required = what_they_did(), True
        self.order_fields(["meanwhile"])

    def set_answers(self, **answers: str) -> None:
        """What the page that is shown now will post of what was asked about."""
        self.data = {**{name: self.data[name] for name in self.data}, **answers}


class PlaceAnewForm(WarningForm, VersionedForm):
    confirm_label = "Begynd nyt forløb alligevel"

    registered_on = DateField(label="Tilmeldt")
    placed_on = DateField(label="Indplaceret på ny")
    reason = ReasonField(help_text=f"Fx ny dagpengeperiode. {NO_HEALTH}")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_placed_on(self) -> date:
        return not_ahead(self.cleaned_data["placed_on"], self.today)
