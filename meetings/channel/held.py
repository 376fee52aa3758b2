"""How a meeting was really held, beside how it was booked, and what the law has against it."""

from cases.models import Case
from meetings.changing import HeldChannelNeedsReason
from meetings.channel.allowed import channel_on
from meetings.models import ChannelChoice, ChosenBy, Meeting
from meetings.planning.law import Law
from meetings.rules import channel as channel_rules
from meetings.rules.channel import ChannelAnswer, DecidedBy
from meetings.rules.kinds import Channel


def set_held_channel(*, case: Case, meeting: Meeting, held: Channel, reason: str, law: Law) -> None:
    """Keep how the meeting was held: beside how it was booked, or alone where it never was.

    Raises HeldChannelNeedsReason where the law had it otherwise and nobody says why.
    """
    if held == meeting.channel and not meeting.is_unbooked:
        meeting.held_channel = meeting.held_channel_reason = ""
        return
    answer, choice = channel_on(case=case, meeting=meeting, law=law), _choice_on_day(case, meeting)
    if meeting.is_unbooked:
        meeting.channel, meeting.channel_chosen_by = str(held), str(_chosen_by(answer, choice, held))
    else:
        meeting.held_channel = str(held)
    meeting.held_channel_reason = _reason(answer, choice, held=held, reason=reason)


def _choice_on_day(case: Case, meeting: Meeting) -> ChannelChoice | None:
    """What the citizen had chosen by the day of the meeting, for this very one or for all."""
    choices = case.channel_choices.filter(chosen_on__lte=meeting.day).select_related("meeting")
    return next((choice for choice in choices if choice.is_for(meeting)), None)


def _reason(answer: ChannelAnswer, choice: ChannelChoice | None, *, held: Channel, reason: str) -> str:
    """The reason that was given, where one is needed; none is kept where the law has nothing against it."""
    objection = channel_rules.against_held(
        answer,
        held=held,
        wish=Channel(choice.channel) if choice else None,
        wished_on=choice.chosen_on if choice else None,
    )
    if objection is None:
        return ""
    if not reason.strip():
        raise HeldChannelNeedsReason(f"{objection} Skriv, hvorfor samtalen blev holdt sådan.")
    return reason.strip()


def _chosen_by(answer: ChannelAnswer, choice: ChannelChoice | None, held: Channel) -> ChosenBy:
    if answer.decided_by == DecidedBy.LAW and held in answer.allowed:
        return ChosenBy.LAW
    return ChosenBy.CITIZEN if choice is not None and choice.channel == held else ChosenBy.AUTHORITY
