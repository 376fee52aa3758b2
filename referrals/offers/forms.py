"""What is typed about an offer: its shape only. Whether it is lawful and counts, the service asks the rules."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from stdnum.dk import cvr

from cases.models import User
from cases.models.people import FollowUpWay, validate_cvr
from cases.rules.period import Period
from cases.rules.refusal import Refused
from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import NO_HEALTH, PageForm, VersionedForm, with_value
from referrals.models import Offer
from referrals.offers.moves import Terms
from referrals.offers.services import DoesNotCount
from referrals.rules.offers import EMPLOYER_TYPES, GRANTED_TYPES, OfferType


class OfferForm(VersionedForm):
    """The terms of an offer. `is_confirmed` is asked for once it has been told that the offer does not count."""

    groups = (
        ("Tilbuddet", ("type", ("starts_on", "last_day", "granted_on"))),
        ("Virksomhed eller sted", (("employer_cvr", "employer"),)),
    )

    type = forms.ChoiceField(
        label="Hvilket tilbud?",
        choices=OfferType.options(GRANTED_TYPES),
        widget=forms.RadioSelect,
    )
    starts_on = DateField(label="Første dag")
    last_day = DateField(
        label="Sidste dag", required=False, help_text="Lad feltet stå tomt, hvis dagen ikke er aftalt."
    )
    granted_on = DateField(label="Bevilget den")
    employer_cvr = forms.CharField(
        label="CVR-nummer",
        required=False,
        max_length=20,
        help_text="Otte cifre",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-char-11"}),
    )
    employer = PlainTextField(
        label="Navn",
        required=False,
        max_length=200,
        help_text="Kan stå tomt, når I har brugt virksomheden før: så findes navnet.",
    )
    is_confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, today: date, offer: Offer | None = None, **kwargs: Any) -> None:
        self.user = user
        self.holds_the_case = offer is not None
        initial: dict[str, Any] = {"version": 0, "granted_on": today}
        if offer is not None:
            initial = {
                "version": offer.version,
                "type": offer.type,
                "starts_on": offer.period.start,
                "last_day": offer.period.last_day,
                "granted_on": offer.granted_on,
                "employer": offer.employer,
                "employer_cvr": offer.employer_cvr,
            }
        super().__init__(*args, initial=initial, **kwargs)
        # Some types need an employer: it is asked for then.
        for name in ("employer_cvr", "employer"):
            field: Any = self.fields[name]
            field.is_asked_later = True

    def clean_employer_cvr(self) -> str:
        number = cvr.compact(self.cleaned_data["employer_cvr"])
        if number:
            validate_cvr(number)
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, name = data.get("employer_cvr"), data.get("employer", "")
        if number and not name:
            known = Offer.objects.visible_to(self.user).filter(employer_cvr=number).exclude(employer="")
            name = data["employer"] = known.order_by("-pk").values_list("employer", flat=True).first() or ""
        if data.get("type") in EMPLOYER_TYPES:
            if not number and "employer_cvr" not in self.errors:
                self.add_error("employer_cvr", "Skriv virksomhedens CVR-nummer.")
            if not name and "employer" not in self.errors:
                self.add_error("employer", "Skriv virksomhedens navn.")
        starts_on, last_day = data.get("starts_on"), data.get("last_day")
        if starts_on and last_day and last_day < starts_on:
            self.add_error(
                "last_day",
                ValidationError(
                    f"Tilbuddet slutter den {last_day:%d-%m-%Y}, før det begynder den {starts_on:%d-%m-%Y}. "
                    "Ret en af de to datoer."
                ),
            )
        return data

    def terms(self) -> Terms:
        """What was typed, as the service takes it."""
        data = self.cleaned_data
        return Terms(
            type=data["type"],
            span=Period.of_days_inclusive(data["starts_on"], data["last_day"]),
            employer=data.get("employer", ""),
            employer_cvr=data.get("employer_cvr", ""),
        )

    def show_refusal(self, refused: Refused) -> None:
        if not isinstance(refused, DoesNotCount):
            super().show_refusal(refused)
            return
        for text in refused.warnings:
            self.add_error(None, text)
        # What was told is on the page: the next post means it.
        self.data = with_value(self.data, "is_confirmed", "on")


class StartForm(VersionedForm):
    first_day = DateField(label="Første dag")


class EndForm(VersionedForm):
    last_day = DateField(label="Sidste dag")


class FollowUpForm(PageForm):
    followed_up_on = DateField(label="Fulgt op den")
    note = PlainTextField(
        label="Notat", required=False, max_length=4000, help_text=NO_HEALTH, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, way: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"followed_up_on": today}, **kwargs)
        if way in (FollowUpWay.OWN_FORM, FollowUpWay.ELSEWHERE):
            self.fields["note"].label = "Hvor står det? (kan udelades)"
