"""Where somebody holds talks by video: its shape only."""

from django import forms

from cases.people import video_rooms
from cases.ui.fields import PlainTextField
from cases.ui.forms import VersionedForm


class OwnRoomForm(VersionedForm):
    """One's own room, or none."""

    about = "Dit videorum"
    holds_the_case = True

    video_room = PlainTextField(
        label="Adressen på dit videorum",
        required=False,
        max_length=video_rooms.LONGEST,
        validators=[video_rooms.validate_room],
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="Kopiér den fra dit videoprogram, fx https://moede.example.dk/mit-rum. "
        f"Skriv {video_rooms.MARK} i adressen, hvis hver samtale skal have sit eget rum: "
        "så laver vi en del, som ingen kan gætte.",
    )
