"""What is typed about the channel that a citizen chose, for one meeting or for all, and the link of a talk by video."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import VersionedForm, choice_in
from meetings.models import Meeting
from meetings.rules.kinds import Channel

ALL_MEETINGS = "all"


class LinkForm(VersionedForm):
    """The address of one talk by video."""

    about = "Samtalen"

    place = PlainTextField(
        label="Link til videomødet",
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="Kopiér det fra dit videoprogram, fx https://moede.example.dk/mit-rum",
    )


class ChannelForm(VersionedForm):
    """The citizen's choice of channel."""

    about = "Borgerens valg"

    channel = forms.ChoiceField(
        label="Hvad har borgeren valgt?",
        widget=forms.RadioSelect,
        choices=Channel.options(),
    )
    covers = forms.ChoiceField(label="Valget gælder", widget=forms.RadioSelect)
    chosen_on = DateField(label="Valgt den")

    def __init__(self, data: Any = None, *, meetings: Sequence[Meeting], today: date, version: int) -> None:
        super().__init__(data, initial={"version": version, "covers": ALL_MEETINGS, "chosen_on": today})
        one = [(str(meeting.public_id), f"Kun {meeting.in_words}") for meeting in meetings]
        choice_in(self, "covers").choices = [(ALL_MEETINGS, "Alle samtaler"), *one]
