"""What came of a meeting, or why it is not to be held."""

from typing import Any

from django import forms

from cases.changing import newest
from cases.rules.facts import Party
from cases.rules.refusal import Refused
from cases.rules.text_use import TextUse
from cases.ui.fields import StandardTextField
from cases.ui.forms import NO_HEALTH, PageForm, ReasonField, VersionedForm, YesNoField, choice_in, with_value
from meetings.booking.forms import NO_TIME, BookingForm
from meetings.booking.proposal import BookingProposal
from meetings.changing import HeldChannelNeedsReason
from meetings.channel import fund_presence
from meetings.models import Meeting, Outcome
from meetings.outcomes.services import events_of
from meetings.rules.guidance import GuidanceDuty
from meetings.rules.kinds import Channel


class OutcomeFields(forms.Form):
    """What came of a meeting."""

    outcome = forms.ChoiceField(
        label="Hvad kom der ud af samtalen?",
        widget=forms.RadioSelect,
        choices=Outcome.choices(),
    )
    note = StandardTextField(
        use=TextUse.NOTE,
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


class RegistrationFields(OutcomeFields):
    """What came of a booked meeting, and how it was really held."""

    held_channel = forms.ChoiceField(
        label="Hvordan blev samtalen holdt?",
        required=False,
        widget=forms.RadioSelect,
        choices=Channel.options(),
    )
    held_channel_reason = ReasonField(label="Begrundelse for samtaleformen", required=False, help_text=NO_HEALTH)

    def offer_channels(self, meeting: Meeting) -> None:
        """Begin with how it was held, as far as is known; the reason is asked for where the law had it otherwise."""
        self.initial["held_channel"] = self._known_channel = str(meeting.channel_held)
        self.initial["held_channel_reason"] = meeting.held_channel_reason
        for name in ("held_channel", "held_channel_reason"):
            self.fields[name].is_asked_later = True  # type: ignore[attr-defined]  # field.html reads it
        if not (meeting.held_channel_reason or self.data.get("held_channel_reason")):
            self.fields["held_channel_reason"].widget = forms.HiddenInput()

    def show_refusal(self, refused: Refused) -> None:
        if isinstance(refused, HeldChannelNeedsReason):
            self.fields["held_channel_reason"].widget = forms.Textarea(attrs={"rows": 3})
        super().show_refusal(refused)  # type: ignore[misc]  # of the PageForm that it is mixed into

    @property
    def is_held_otherwise(self) -> bool:
        """Whether the page shows at once that it was not held as it was booked."""
        return "held_channel_reason" in self.errors or self["held_channel"].value() != self._known_channel

    def registered(self) -> dict[str, Any]:
        """What the services take of it."""
        held = self.cleaned_data["held_channel"]
        return {
            **super().registered(),
            "held_channel": Channel(held) if held else None,
            "held_channel_reason": self.cleaned_data["held_channel_reason"],
        }


ORDER = ["outcome", "held_channel", "held_channel_reason", "note", "guided"]


class RegisterForm(RegistrationFields, BookingForm):
    """What came of a meeting, and the next one, in one."""

    fund_wish = YesNoField(
        label="Ønsker borgeren a-kassen med til den første samtale i jobcentret?", required=False, empty_value=None
    )

    # What had been said when the page was opened: another's later word is not overwritten unseen.
    fund_wish_seen = YesNoField(required=False, empty_value=None, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, meeting: Meeting, proposal: BookingProposal, duty: GuidanceDuty) -> None:
        super().__init__(data, proposal=proposal)
        self.ask_about_guidance(duty, proposal.party)
        self.offer_channels(meeting)
        self._ask_about_first_meeting(proposal)
        self.order_fields(ORDER)
        if proposal.requirement is None:
            self.initial["slot"] = NO_TIME
            self.warnings = ()

    def _ask_about_first_meeting(self, proposal: BookingProposal) -> None:
        """The jobcenter is asked where it books that meeting; the a-kasse as soon as the citizen says it."""
        question = fund_presence.question_on(proposal.case, on=proposal.today, law=proposal.law)
        if proposal.party is not Party.FUND or question is None:
            del self.fields["fund_wish"], self.fields["fund_wish_seen"]
            return
        self.initial["fund_wish"] = self.initial["fund_wish_seen"] = self._said = question.said
        self.fields["fund_wish"].help_text = question.why
        if question.said is None:
            answers: Any = choice_in(self, "fund_wish")
            answers.choices = [("", "Ikke nævnt"), *answers.choices]

    def other_slots(self) -> list[tuple[str, str]]:
        return [*super().other_slots(), (NO_TIME, "Book ikke en ny samtale nu")]

    def registered(self) -> dict[str, Any]:
        """What the service takes of it."""
        return {
            **super().registered(),
            "fund_wish": self.cleaned_data.get("fund_wish"),
            "fund_wish_seen": self.cleaned_data.get("fund_wish_seen"),
        }

    def show_refusal(self, refused: Refused) -> None:
        super().show_refusal(refused)
        if isinstance(refused, fund_presence.WishChanged):
            # It has been shown: the next post builds on it.
            self.data = with_value(self.data, "fund_wish_seen", "ja" if self._said else "nej")


class LateForm(RegistrationFields, PageForm):
    """What came of a meeting whose case is closed: there is no next one."""

    def __init__(self, data: Any = None, *, meeting: Meeting, duty: GuidanceDuty, **more: Any) -> None:
        now = {"outcome": meeting.outcome, "note": meeting.note, "guided": meeting.is_six_weeks_guided}
        super().__init__(data, initial=now, **more)
        self.order_fields(ORDER)
        self.ask_about_guidance(duty, meeting.party)
        self.offer_channels(meeting)


class CorrectForm(LateForm, VersionedForm):
    """Something else than what is registered, and why."""

    about = "Registreringen"
    holds_the_case = True
    reason = ReasonField(label="Hvorfor rettes det?", help_text=NO_HEALTH)

    def __init__(self, data: Any = None, *, meeting: Meeting, **more: Any) -> None:
        super().__init__(data, meeting=meeting, **more)
        self.initial["version"] = newest(events_of(meeting))
