"""The citizen's choice of channel, the booked meetings that follow it, and the channel that a meeting gets."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from cases.changing import StaleForm, check_newest
from cases.history import events as history_events
from cases.models import Case, Event, User
from cases.models.events import EventQuerySet
from meetings.changing import ChannelNotAllowed, NeedsReason, NotBookable, lock_case, lock_meeting
from meetings.channel.allowed import channel_of_all, channel_on, citizens_choice
from meetings.channel.places import default_place, require_link
from meetings.models import ChannelChoice, ChosenBy, Meeting
from meetings.owing import meeting_news
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.planning.law import Law
from meetings.rules import channel as channel_rules
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus


@transaction.atomic(durable=True)
def choose_channel(
    *,
    case_id: int,
    channel: Channel,
    chosen_on: date,
    meeting_id: int | None,
    by: User,
    at: datetime,
    version: int | None = None,
) -> ChannelChoice:
    """Record the citizen's choice, for one booked meeting or for all; booked meetings it binds follow it.

    `version` is the latest event about a choice that the user saw. Recording the choice that already counts changes
    nothing. Raises StaleForm, and ChannelNotAllowed when the law does not give it.
    """
    case = lock_case(case_id)
    law = planning_law.law_in_force()
    ahead = case.meetings.booked().filter(starts_at__gt=at).select_related("organisation", "adviser")
    only = ahead.filter(pk=meeting_id).first() if meeting_id else None
    if meeting_id and only is None:
        raise ChannelNotAllowed("Samtalen er ikke længere booket. Vælg en anden, eller lad valget gælde alle samtaler.")
    _require_possible_choice(case=case, channel=channel, chosen_on=chosen_on, only=only, at=at, law=law)
    latest = citizens_choice(case=case, meeting=only)
    if latest is not None and (latest.channel, latest.chosen_on, latest.meeting_id) == (channel, chosen_on, meeting_id):
        return latest
    check_newest(choices_told(case), version)
    following = [only] if only else list(ahead)
    choice = keep_choice(case=case, channel=channel, chosen_on=chosen_on, only=only, following=following, by=by, at=at)
    for meeting in following:
        _follow_choice(case=case, meeting=meeting, at=at, law=law)
    # The worklists say how the next talk is held.
    planning_replan.refresh(case=case)
    return choice


def choices_told(case: Case) -> EventQuerySet:
    """What the history tells of the citizen's choices."""
    return Event.objects.filter(case=case, kind__in=("meetings.channel_chosen", "meetings.choice_withdrawn"))


def keep_choice(
    *,
    case: Case,
    channel: Channel,
    chosen_on: date,
    only: Meeting | None,
    by: User,
    at: datetime,
    following: Sequence[Meeting] = (),
) -> ChannelChoice:
    """Keep the choice in the caller's transaction, which lets the meetings that are `following` follow it."""
    history_events.record(
        case=case,
        kind="meetings.channel_chosen",
        by=by,
        at=at,
        text=f"Borgeren har valgt {channel.label}" + (f" til {only.title}." if only else " til alle samtaler."),
        before={f"channel/{meeting.pk}": meeting.channel for meeting in following},
    )
    return ChannelChoice.objects.create(
        case=case, meeting=only, channel=str(channel), chosen_on=chosen_on, recorded_by=by, recorded_at=at
    )


@transaction.atomic(durable=True)
def give_link(*, meeting_id: int, link: str, by: User, at: datetime, version: int | None = None) -> Meeting:
    """Give a booked talk by video its address, or another one, and tell the citizen.

    The same address once more changes nothing. Raises NotBookable, NotALink and StaleForm.
    """
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id)
    if meeting.status != MeetingStatus.BOOKED or meeting.channel != Channel.VIDEO or meeting.ends_at <= at:
        raise NotBookable("Samtalen er ikke længere en kommende samtale på video, så der er intet link at give den.")
    require_link(link)
    if meeting.place == link:
        return meeting
    if version is not None and version != meeting.version:
        text = "En anden har ændret samtalen, efter at du åbnede siden. Se linket, der står nu, og gem igen."
        raise StaleForm(text, newest=meeting.version)
    meeting.place = link
    meeting.version += 1
    meeting.save(update_fields=["place", "version"])
    history_events.record(
        case=case,
        kind="meetings.link_given",
        by=by,
        at=at,
        text=f"{meeting.title} har fået et nyt link til videomødet.",
        meeting=meeting.pk,
    )
    meeting_news.owe_correction(old=meeting, new=meeting, at=at)
    return meeting


def _require_possible_choice(
    *, case: Case, channel: Channel, chosen_on: date, only: Meeting | None, at: datetime, law: Law
) -> None:
    today = timezone.localtime(at).date()
    require_possible_day(chosen_on, registered_on=case.registered_on, today=today)
    if only is not None:
        answer = channel_on(case=case, meeting=only, law=law)
    else:
        answer = channel_of_all(case=case, day=today, law=law)
    try:
        channel_rules.wish_allowed(answer, channel)
    except channel_rules.ChannelRefused as error:
        raise ChannelNotAllowed(str(error)) from None


def require_possible_day(chosen_on: date, *, registered_on: date, today: date) -> None:
    """Refuse a choice that was made before the course, or is still to be made."""
    if not registered_on <= chosen_on <= today:
        raise ChannelNotAllowed(
            f"Valget skal være truffet mellem tilmeldingen den {registered_on:%d-%m-%Y} og i dag. Ret datoen."
        )


def _follow_choice(*, case: Case, meeting: Meeting, at: datetime, law: Law) -> None:
    decided_by = channel_on(case=case, meeting=meeting, law=law).decided_by
    if meeting.channel_reason or decided_by is not channel_rules.DecidedBy.CITIZEN:
        return
    before = meeting.channel
    set_channel(case=case, meeting=meeting, law=law, wished=meeting)
    if meeting.channel == before:
        meeting.save(update_fields=["channel_chosen_by"])
        return
    meeting.place = default_place(case=case, meeting=meeting)
    meeting.version += 1
    meeting.save()
    meeting_news.owe_correction(old=meeting, new=meeting, at=at)


class Wish(NamedTuple):
    """The channel that the citizen wishes, and the day on which it was said."""

    channel: Channel
    on: date


def _wish_of(case: Case, meeting: Meeting | None) -> Wish | None:
    choice = citizens_choice(case=case, meeting=meeting)
    return Wish(Channel(choice.channel), choice.chosen_on) if choice else None


def set_channel(
    *,
    case: Case,
    meeting: Meeting,
    law: Law,
    wished: Meeting | None,
    demanded: Channel | None = None,
    reason: str = "",
    chosen: Wish | None = None,
) -> None:
    """Give the meeting its channel: from the law, the citizen's choice (for `wished` or for all) or the demand.

    What the citizen has `chosen` just now goes before an earlier choice, and is refused where it does not bind.
    """
    answer = channel_on(case=case, meeting=meeting, law=law)
    wish = chosen or _wish_of(case, wished)
    try:
        if chosen is not None:
            channel_rules.require_choice(answer, chosen.channel, chosen_on=chosen.on)
        resolved = channel_rules.resolve(
            answer,
            wish=wish.channel if wish else None,
            wished_on=wish.on if wish else None,
            demanded=demanded,
            reason=reason,
        )
    except channel_rules.ReasonMissing as error:
        raise NeedsReason(str(error)) from None
    except channel_rules.ChannelRefused as error:
        raise ChannelNotAllowed(str(error)) from None
    meeting.channel = str(resolved.channel)
    meeting.channel_chosen_by = str(ChosenBy(resolved.chosen_by))
    meeting.channel_reason = resolved.reason
