"""When, with whom and how a meeting is held."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from cases.models import User
from cases.rules.refusal import NeedsConfirmation, Refused, digest
from cases.rules.wording import day_text, moment_text
from cases.ui.fields import DateField, PlainErrors, PlainTextField, TimeField
from cases.ui.forms import NO_HEALTH, ChosenOne, PageForm, ReasonField, YesNoField, choice_in, field_in, row_in
from meetings.booking.free_times import FreeTime
from meetings.booking.proposal import BookingProposal, BookingWish
from meetings.booking.services import Booking
from meetings.changing import Occupied
from meetings.channel.places import NO_LINK_YET
from meetings.models import Outcome
from meetings.rules.channel import DecidedBy
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.spans import Span, is_skipped, local

OWN_TIME = "own"
NO_TIME = "none"


def slot_value(starts_at: datetime) -> str:
    return f"{timezone.localtime(starts_at):%Y-%m-%dT%H:%M}"


class SlotField(forms.ChoiceField):
    """A suggested time, or one of one's own: what was suggested a minute ago may not be now, and is still read.

    What is suggested is looked for only where it is shown: whoever posts a time has seen it.
    """

    widget = forms.RadioSelect
    #: What may be chosen beside a time.
    others: Sequence[str] = ()

    def valid_value(self, value: str) -> bool:
        return value in self.others or _moment(value) is not None


def _moment(text: str) -> datetime | None:
    """What `slot_value` wrote."""
    day, _, clock_time = text.partition("T")
    try:
        on, begins = DateField().clean(day), TimeField().clean(clock_time)
    except ValidationError:
        return None
    return None if is_skipped(on, begins) else local(on, begins)


def posted_time(data: Mapping[str, str]) -> datetime | None:
    """The time that was posted, before the form is read: what may be chosen depends on the day."""
    if data.get("slot") != OWN_TIME:
        return _moment(data.get("slot", ""))
    return _moment(f"{data.get('on', '')}T{data.get('begins', '')}")


#: In an address: the time that somebody pointed at in the calendar.
ASKED_TIME = "tid"
#: Before a channel that the citizen chooses now, as the meeting is booked.
CHOSEN = "valgt-"


class ChannelField(forms.ChoiceField):
    """How the meeting is held. What may be chosen depends on its day: the service says which rule is against it."""

    widget = forms.RadioSelect

    def valid_value(self, value: str) -> bool:
        return value.removeprefix(CHOSEN) in list(Channel)


class MinutesField(forms.IntegerField):
    """How long a meeting lasts."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "input-char-4", "autocomplete": "off"})

    def __init__(self) -> None:
        super().__init__(
            label="Varighed i minutter",
            min_value=5,
            max_value=480,
            error_messages={
                "min_value": "En samtale varer mindst 5 minutter.",
                "max_value": "En samtale varer højst 480 minutter.",
            },
        )


def skipped(day: date, begins: time) -> str | None:
    """That the clock is put forward past that time of that day; None when the time exists."""
    if not is_skipped(day, begins):
        return None
    return (
        f"Klokken {begins:%H.%M} findes ikke den {day_text(day)}: uret stilles frem den nat. Skriv et andet klokkeslæt."
    )


class BookingForm(PageForm):
    """When, with whom and how a meeting is to be held."""

    slot = SlotField(label="Tid")
    on = DateField(label="Dato", required=False)
    begins = TimeField(label="Klokkeslæt", required=False)
    minutes = MinutesField()
    kind = forms.ChoiceField(label="Samtale")
    adviser = ChosenOne(User.objects.none(), label="Medarbejder", empty_label=None)
    channel = ChannelField(label="Samtaleform", required=False)
    channel_reason = ReasonField(
        label="Begrundelse for fremmøde",
        required=False,
        help_text=f"Kun når du kræver fremmøde imod borgerens valg. {NO_HEALTH}",
    )
    place = PlainTextField(label="Sted, telefonnummer eller link", required=False, max_length=2000)
    fund_attends = YesNoField(required=False, empty_value=None)
    requested = forms.BooleanField(
        label="Borgeren har bedt om samtalen",
        required=False,
        help_text="Efter de første måneder har borgeren ret til en samtale, når borgeren beder om den.",
    )
    confirm = forms.BooleanField(label="Book alligevel", required=False)
    # The warnings that the page has shown.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, proposal: BookingProposal) -> None:
        super().__init__(data, initial=_initial(proposal))
        if self.is_bound:
            # The proposal is for the day that was posted, and that is no reason not to ask about it.
            del self.initial["on"]
        self.proposal = proposal
        self.warnings: tuple[str, ...] = ()
        self._without_link = proposal.missing_link(adviser=proposal.adviser)
        if not self.is_bound:
            first = proposal.times[0].warnings if proposal.times else ()
            self.warnings = (*first, *self._without_link)
        choice_in(self, "kind").choices = MeetingKind.options(proposal.kinds or [proposal.kind])
        row_in(self, "adviser").offer(proposal.advisers)
        slot = field_in(self, "slot", SlotField)
        slot.choices, slot.others = self._slots, [value for value, _ in self.other_slots()]
        self._set_channels(proposal)
        self._set_fund(proposal)
        if not proposal.may_be_requested:
            del self.fields["requested"]

    def other_slots(self) -> list[tuple[str, str]]:
        return [(OWN_TIME, "Vælg selv en tid")]

    def _slots(self) -> list[tuple[str, str]]:
        suggested = [one.span.starts_at for one in self.proposal.times]
        times = [(slot_value(moment), capfirst(moment_text(timezone.localtime(moment)))) for moment in suggested]
        return [*times, *self.other_slots()]

    def _set_channels(self, proposal: BookingProposal) -> None:
        answer, chosen = proposal.channel, proposal.chosen_channel
        name = chosen.label
        if answer.decided_by == DecidedBy.CITIZEN:
            said = f"Borgerens valg: {name}" if proposal.choice else f"{capfirst(name)}, fordi borgeren ikke har valgt"
            choices = [("", said), *((f"{CHOSEN}{way}", _chooses(way)) for way in answer.allowed if way != chosen)]
            if answer.override_allowed and chosen != Channel.ATTENDANCE:
                choices.append((str(Channel.ATTENDANCE), "Kræv personligt fremmøde med en begrundelse"))
        elif answer.decided_by == DecidedBy.LAW:
            choices = [("", capfirst(answer.allowed[0].label))]
        else:
            choices = Channel.options(answer.allowed)
            self.initial["channel"] = str(chosen)
        choice_in(self, "channel").choices = choices
        self.has_one_channel = len(choices) == 1
        if not (answer.override_allowed and len(choices) > 1):
            del self.fields["channel_reason"]
        self.fields["place"].help_text = f"Lad feltet stå tomt for at bruge: {proposal.place_for(chosen)}."

    def _set_fund(self, proposal: BookingProposal) -> None:
        if proposal.fund is None or not proposal.fund.is_allowed:
            del self.fields["fund_attends"]
            return
        is_joint = proposal.kind == MeetingKind.JOINT_INTERVIEW
        self.fields["fund_attends"].label = (
            "Skal a-kassen deltage?" if is_joint else "Ønsker borgeren, at a-kassen er med?"
        )
        self.fields["fund_attends"].help_text = proposal.fund.why[-1].text
        if (said := proposal.fund_wish) is not None:
            day = day_text(timezone.localtime(said.recorded_at).date())
            self.initial["fund_attends"] = said.is_wished
            self.fields[
                "fund_attends"
            ].help_text += f" Borgeren {said} efter det, der blev sagt den {day} til {said.recorded_by.organisation}."
            return
        attends: Any = choice_in(self, "fund_attends")
        attends.choices = [("", "Ikke spurgt"), *attends.choices]

    @property
    def slot_cards(self) -> list[dict[str, Any]]:
        """The choices of time, as the component draws them."""
        chosen = self["slot"].value()
        times: dict[str, FreeTime] = {slot_value(one.span.starts_at): one for one in self.proposal.times}
        cards = []
        choices: Any = choice_in(self, "slot").choices
        for value, label in choices:
            one = times.get(value)
            why = " ".join((*one.why, *["Se advarslen."] * bool(one.warnings))) if one else OTHER_SLOT_HINTS[value]
            cards.append({"value": value, "label": label, "why": why, "is_chosen": value == chosen})
        return cards

    @property
    def has_errors_in_how(self) -> bool:
        return any(name in self.errors for name in ("kind", "channel", "channel_reason", "place", "fund_attends"))

    @property
    def slot_error(self) -> str:
        return " ".join(map(str, self.errors.get("slot", [])))

    @property
    def seen_now(self) -> str:
        """Stands for all the warnings that this page shows."""
        times = {one.warnings for one in self.proposal.times}
        shown = {self.warnings, *times, *((*warnings, *self._without_link) for warnings in times)}
        return " ".join(sorted({digest(warnings) for warnings in shown} - {""}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        slot = cleaned.get("slot")
        for name in ("on", "begins"):
            if slot != OWN_TIME:
                self.errors.pop(name, None)
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        if "fund_attends" not in self.fields and self.data.get("fund_attends") == "ja" and self.proposal.fund:
            self.add_error(None, self.proposal.fund.why[-1].text)
        is_own_time = slot == OWN_TIME and cleaned.get("on") and cleaned.get("begins")
        if is_own_time and (text := skipped(cleaned["on"], cleaned["begins"])):
            self.add_error("begins", text)
        starts_at = posted_time(self.data)
        if starts_at is not None and "minutes" in cleaned:
            cleaned["span"] = Span.lasting(starts_at, timedelta(minutes=cleaned["minutes"]))
        return cleaned

    def booking_if_any(self) -> Booking | None:
        """The meeting as typed, once the form is valid; None when none is wanted."""
        return self.booking() if self.cleaned_data.get("span") else None

    def booking(self) -> Booking:
        """The meeting as typed, once the form is valid."""
        typed = self.cleaned_data
        span: Span = typed["span"]
        named = Channel(typed["channel"].removeprefix(CHOSEN)) if typed["channel"] else None
        is_chosen = typed["channel"].startswith(CHOSEN)
        return Booking(
            kind=MeetingKind(typed["kind"]),
            adviser_id=typed["adviser"].pk,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            place=typed["place"],
            channel=None if is_chosen else named,
            chosen=named if is_chosen else None,
            channel_reason=typed.get("channel_reason", ""),
            fund_attends=typed.get("fund_attends"),
            is_confirmed=typed["confirm"] and self._has_seen_all(span, channel=named),
            is_requested=typed.get("requested", False),
        )

    def _has_seen_all(self, span: Span, *, channel: Channel | None) -> bool:
        typed = self.cleaned_data
        kind, place = MeetingKind(typed["kind"]), typed["place"]
        warnings = self.proposal.warnings(span=span, adviser=typed["adviser"], kind=kind, channel=channel, place=place)
        return digest(warnings) in typed["seen"].split()

    def show_refusal(self, refused: Refused) -> None:
        if isinstance(refused, NeedsConfirmation):
            self._ask_about(refused.warnings)
        elif isinstance(refused, Occupied):
            self.add_error("begins" if self.cleaned_data["slot"] == OWN_TIME else "slot", str(refused))
        else:
            super().show_refusal(refused)

    def _ask_about(self, warnings: Sequence[str]) -> None:
        """Show what must be weighed first, and ask for the tick."""
        self.warnings = tuple(warnings)
        self.add_error("confirm", "Læs advarslen. Sæt kryds i »Book alligevel«, eller vælg en anden tid.")


def _chooses(channel: Channel) -> str:
    return f"Borgeren vælger nu {channel.label} til denne samtale"


OTHER_SLOT_HINTS = {
    OWN_TIME: "Skriv dato og klokkeslæt nedenfor.",
    NO_TIME: "Sagen kommer på arbejdslisten, når der er en samtale at booke.",
}


def _initial(proposal: BookingProposal) -> dict[str, Any]:
    return {
        "slot": partial(_proposed_slot, proposal),
        **_asked_time(proposal),
        "minutes": proposal.minutes,
        "kind": str(proposal.kind),
        "adviser": proposal.adviser,
        "channel": "",
        "place": _kept_place(proposal),
        "fund_attends": "",
        "requested": proposal.wish.is_requested,
    }


def _proposed_slot(proposal: BookingProposal) -> str:
    """The time that the address asks for, or else the best."""
    offered = [slot_value(one.span.starts_at) for one in proposal.times]
    if proposal.wish.starts_at is None:
        return offered[0] if offered else OWN_TIME
    asked = slot_value(proposal.wish.starts_at)
    return asked if asked in offered else OWN_TIME


def _asked_time(proposal: BookingProposal) -> dict[str, Any]:
    if proposal.wish.starts_at is None:
        return {"on": proposal.wish.day}
    asked = timezone.localtime(proposal.wish.starts_at)
    return {"on": asked.date(), "begins": asked.time()}


def _kept_place(proposal: BookingProposal) -> str:
    # That a link is still to come is no place; now there may be a room.
    if proposal.moving is None or proposal.moving.video_link or proposal.moving.place == NO_LINK_YET:
        return ""
    if proposal.moving.place == proposal.place_for(Channel(proposal.moving.channel)):
        return ""
    return proposal.moving.place


class FreeTimesForm(PlainErrors, forms.Form):
    """Which free times to show; it changes nothing, so it lives in the address."""

    dag = DateField(label="Dag")
    medarbejder = ChosenOne(User.objects.none(), label="Medarbejder", empty_label=None)
    krav = forms.CharField(required=False, widget=forms.HiddenInput)
    oenske = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        advisers: QuerySet[User],
        adviser: User | None = None,
        requirement: str = "",
        is_requested: bool = False,
    ) -> None:
        wish = "ja" if is_requested else ""
        super().__init__(data, initial={"medarbejder": adviser, "krav": requirement, "oenske": wish})
        row_in(self, "medarbejder").offer(advisers)
        for field in self.fields.values():
            # Its controls stand among those of the booking, and belong to a form beside it.
            field.widget.attrs["form"] = "look"


def wish_of(*, address: Mapping[str, str], posted: Mapping[str, str], advisers: QuerySet[User]) -> BookingWish:
    """Read what the address and the form say so far; the form itself refuses later what cannot be read here."""
    look = FreeTimesForm(address, advisers=advisers)
    seen = look.cleaned_data if look.is_valid() else {}
    fields = BookingForm.base_fields
    kind = posted.get("kind", "")
    asked = _moment(address.get(ASKED_TIME, ""))
    return BookingWish(
        requirement_id=address.get("krav", ""),
        adviser=_read(look.fields["medarbejder"], posted.get("adviser")) or seen.get("medarbejder"),
        kind=MeetingKind(kind) if kind in list(MeetingKind) else None,
        minutes=_read(fields["minutes"], posted.get("minutes")),
        day=seen.get("dag") or (timezone.localtime(asked).date() if asked else None),
        starts_at=posted_time(posted) or asked,
        is_requested=address.get("oenske") == "ja",
        is_missed=posted.get("outcome", Outcome.HELD) != Outcome.HELD,
    )


def _read(field: forms.Field, text: str | None) -> Any:
    try:
        return field.clean(text)
    except ValidationError:
        return None
