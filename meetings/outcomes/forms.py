"""What came of a meeting, or why it is not to be held."""

from typing import Any

from django import forms

from cases.rules.facts import Party
from cases.ui.fields import PlainTextField
from cases.ui.forms import NO_HEALTH, PageForm, ReasonField, YesNoField
from meetings.booking.draft import BookingDraft
from meetings.booking.forms import NO_TIME, BookingForm
from meetings.models import OUTCOME_LABELS, Meeting, Outcome
from meetings.rules.guidance import GuidanceDuty


class OutcomeFields(forms.Form):
    """What came of a meeting."""

    outcome = forms.ChoiceField(
        label="Hvad kom der ud af samtalen?",
        widget=forms.RadioSelect,
        choices={str(key): label for key, label in OUTCOME_LABELS.items()},
    )
    note = PlainTextField(
        label="Notat",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Hvad I talte om og aftalte. {NO_HEALTH}",
    )
    guided = YesNoField(required=False, empty_value=None)

    def ask_about_guidance(self, duty: GuidanceDuty, party: Party) -> None:
        """The question on six weeks of education, where the rules give the meeting's party a duty that day."""
        if not duty.has_duty:
            del self.fields["guided"]
            return
        field = self.fields["guided"]
        field.help_text = duty.why[-1].text
        if party is Party.FUND:
            field.label = "Er borgeren vejledt om 6 ugers jobrettet uddannelse?"
        else:
            field.label = "Spurgte borgeren om 6 ugers jobrettet uddannelse, og vejledte I om det?"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == Outcome.HELD and "guided" in self.fields and cleaned.get("guided") is None:
            self.add_error("guided", "Svar ja eller nej, når samtalen blev holdt.")
        return cleaned

    def registered(self) -> dict[str, Any]:
        """What the services take of it."""
        typed = self.cleaned_data
        return {
            "outcome": Outcome(typed["outcome"]),
            "note": typed["note"],
            "is_six_weeks_guided": typed.get("guided"),
        }


class RegisterForm(OutcomeFields, BookingForm):
    """What came of a meeting, and the next one, in one."""

    def __init__(self, data: Any = None, *, draft: BookingDraft, duty: GuidanceDuty) -> None:
        super().__init__(data, draft=draft)
        self.ask_about_guidance(duty, draft.party)
        self.order_fields(["outcome", "note", "guided"])
        if draft.requirement is None:
            self.initial["slot"] = NO_TIME
            self.warnings = ()

    def other_slots(self) -> list[tuple[str, str]]:
        return [*super().other_slots(), (NO_TIME, "Book ikke en ny samtale nu")]


class CorrectForm(OutcomeFields, PageForm):
    """Another outcome than the one registered, and why."""

    reason = ReasonField(label="Hvorfor rettes det?", help_text=NO_HEALTH)

    def __init__(self, data: Any = None, *, meeting: Meeting, duty: GuidanceDuty) -> None:
        now = {"outcome": meeting.outcome, "note": meeting.note, "guided": meeting.is_six_weeks_guided}
        super().__init__(data, initial=now)
        self.order_fields(["outcome", "note", "guided"])
        self.ask_about_guidance(duty, meeting.party)
