"""A meeting as it was held, typed afterwards."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst

from cases.models import User
from cases.rules.refusal import Refused
from cases.ui.fields import DateField, TimeField
from cases.ui.forms import NO_HEALTH, ChosenOne, PageForm, ReasonField, WarningForm, choice_in, row_in
from meetings.booking.forms import MinutesField, skipped
from meetings.booking.proposal import DEFAULT_MINUTES, BookingProposal
from meetings.changing import NotBookable, Occupied
from meetings.outcomes.forms import OutcomeFields
from meetings.rules.guidance import GuidanceDuty
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.spans import Span, local
from meetings.unbooked.services import NotHeldYet, UnbookedMeeting


class WithdrawForm(PageForm):
    reason = ReasonField(label="Hvorfor trækkes registreringen tilbage?", help_text=NO_HEALTH)


class UnbookedForm(OutcomeFields, WarningForm):
    """When, by whom and how a meeting was held, and what came of it."""

    on = DateField(label="Dato")
    begins = TimeField(label="Klokkeslæt")
    minutes = MinutesField()
    kind = forms.ChoiceField(label="Samtale")
    adviser = ChosenOne(User.objects.none(), label="Hvem holdt samtalen?", empty_label=None)
    channel = forms.ChoiceField(
        label="Hvordan blev samtalen holdt?",
        widget=forms.RadioSelect,
        choices=Channel.options(),
    )
    held_channel_reason = ReasonField(label="Begrundelse for samtaleformen", required=False, help_text=NO_HEALTH)

    def __init__(self, data: Any = None, *, proposal: BookingProposal, duty: GuidanceDuty) -> None:
        super().__init__(
            data,
            initial={
                "on": proposal.today,
                "minutes": DEFAULT_MINUTES,
                "kind": str(proposal.kind),
                "adviser": proposal.adviser,
            },
        )
        self.ask_about_guidance(duty, proposal.party)
        row_in(self, "adviser").offer(proposal.advisers)
        choice_in(self, "kind").choices = [(str(kind), capfirst(kind.label)) for kind in proposal.kinds]
        self.order_fields(["on", "begins", "minutes", "kind", "adviser", "channel", "held_channel_reason"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("on") and cleaned.get("begins") and (text := skipped(cleaned["on"], cleaned["begins"])):
            self.add_error("begins", text)
        return cleaned

    def unbooked(self) -> UnbookedMeeting:
        """The meeting as typed, once the form is valid."""
        typed = self.cleaned_data
        span = Span.lasting(local(typed["on"], typed["begins"]), timedelta(minutes=typed["minutes"]))
        return UnbookedMeeting(
            kind=MeetingKind(typed["kind"]),
            adviser_id=typed["adviser"].pk,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            channel=Channel(typed["channel"]),
            channel_reason=typed["held_channel_reason"],
            **self.registered(),
        )

    def show_refusal(self, refused: Refused) -> None:
        if isinstance(refused, NotHeldYet | NotBookable):
            self.add_error("on", str(refused))
        elif isinstance(refused, Occupied):
            self.add_error("begins", str(refused))
        else:
            super().show_refusal(refused)
