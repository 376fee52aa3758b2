"""How a meeting may be held, who decides it, and until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, by, unconfirmed_notice
from cases.rules.facts import BadFacts, Course
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from cases.rules.unemployment_clock import clock_of
from cases.rules.wording import counted, day_text, listed
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.parameters import (
    ATTENDANCE_OVERRIDE_ALLOWED,
    CHANNEL_CHOICE_NOTICE_DAYS,
    CHANNELS,
    CITIZEN_CHOOSES_MONTHS,
    DEFAULT_CHANNEL,
    FIRST_MEETING_IN_PERSON,
    IN_PERSON_FIRST_OF_KINDS,
    IN_PERSON_KINDS,
    IN_PERSON_MONTHS,
)


class DecidedBy(StrEnum):
    CITIZEN = "citizen"
    AUTHORITY = "authority"
    LAW = "law"


class ChosenBy(StrEnum):
    """How a meeting came by its channel."""

    CITIZEN = "citizen"
    AUTHORITY = "authority"
    LAW = "law"
    DEFAULT = "default"


class ChannelRefused(Refused, ValueError):
    """The law does not allow this channel on the day, or somebody else decides it."""


class ReasonMissing(Refused, ValueError):
    """Attendance is demanded against the citizen's choice, without a written reason."""


@dataclass(frozen=True)
class ChannelAnswer:
    """How a meeting on a day may be held.

    `citizen_chooses_until` is the last day whose meetings the citizen chooses for, `choice_by` the last day to tell
    the choice for this meeting; None when there is no such day. `because` is the one sentence of `why` that decides.
    """

    allowed: tuple[Channel, ...]
    decided_by: DecidedBy
    default: Channel
    citizen_chooses_until: date | None
    choice_by: date | None
    override_allowed: bool
    because: str
    why: Explanation


@dataclass(frozen=True)
class ResolvedChannel:
    """The channel of one meeting, and how it came about."""

    channel: Channel
    chosen_by: ChosenBy
    reason: str = ""


def channel_on(*, course: Course, meeting_on: date, kind: MeetingKind, number: int, book: RuleBook) -> ChannelAnswer:
    """How a meeting on that day may be held; `number` is its place among the course's meetings of its kind."""
    if meeting_on < course.registered_on:
        raise BadFacts(
            f"Samtalen den {day_text(meeting_on)} ligger før tilmeldingen den {day_text(course.registered_on)}. "
            "Vælg en senere dag."
        )
    if number < 1:
        raise BadFacts(f"Samtalens nummer er {number}, men det første er 1.")
    dates = CaseDates(event=meeting_on)
    clock = clock_of(course, book.without_moves_after(meeting_on))
    in_person = book.in_force(IN_PERSON_MONTHS, dates)
    chooses = book.in_force(CITIZEN_CHOOSES_MONTHS, dates)
    first_in_person = book.in_force(FIRST_MEETING_IN_PERSON, dates)
    always, firsts = book.in_force(IN_PERSON_KINDS, dates), book.in_force(IN_PERSON_FIRST_OF_KINDS, dates)
    override = book.in_force(ATTENDANCE_OVERRIDE_ALLOWED, dates)
    notice_days = book.in_force(CHANNEL_CHOICE_NOTICE_DAYS, dates)
    existing = book.in_force(CHANNELS, dates).value
    (default,) = book.in_force(DEFAULT_CHANNEL, dates).value
    channels = tuple(channel for channel in Channel if channel in existing)
    chooses_until = clock.last_day_of(chooses.value) if chooses.value else None
    held = f"Samtalen holdes den {day_text(meeting_on)}"

    allowed, decided_by = channels, DecidedBy.AUTHORITY
    if first_in_person.value and (kind in always.value or (kind in firsts.value and number == 1)):
        allowed, decided_by = (Channel.ATTENDANCE,), DecidedBy.LAW
        text = f"{_in_person(always.value, firsts.value)} holdes ved personligt fremmøde."
        steps: Explanation = (by(first_in_person, text, meeting_on),)
    elif in_person.value and meeting_on < clock.first_day_after(in_person.value):
        allowed, decided_by = (Channel.ATTENDANCE,), DecidedBy.LAW
        text = (
            f"{held}, og i de første {counted(in_person.value, 'måned', 'måneder')} af forløbet holdes samtaler efter "
            "reglerne den dag kun ved personligt fremmøde."
        )
        steps = (*clock.why(in_person.value), by(in_person, text, meeting_on))
    elif chooses_until is not None and meeting_on <= chooses_until:
        decided_by = DecidedBy.CITIZEN
        text = (
            f"{held}, og borgeren vælger samtaleform i de første {counted(chooses.value, 'måned', 'måneder')} af "
            f"forløbet: til og med den {day_text(chooses_until)}."
        )
        steps = (*clock.why(chooses.value), by(chooses, text, meeting_on))
    else:
        months = max(in_person, chooses, key=lambda value: value.value)
        text = (
            f"{held}, efter forløbets første {counted(months.value, 'måned', 'måneder')}: den, der har ansvaret, "
            "vælger samtaleform og ser borgerens ønske."
        )
        steps = (*clock.why(months.value), by(months, text, meeting_on)) if months.value else (by(months, text),)

    because = steps[-1].text
    choice_by = None
    if notice_days.value is not None and decided_by == DecidedBy.CITIZEN:
        choice_by = meeting_on - timedelta(days=notice_days.value)
        steps += (by(notice_days, f"Valget skal være meddelt senest den {day_text(choice_by)}.", choice_by),)
    return ChannelAnswer(
        allowed=allowed,
        decided_by=decided_by,
        default=Channel(default),
        citizen_chooses_until=chooses_until,
        choice_by=choice_by,
        override_allowed=bool(override.value) and decided_by == DecidedBy.CITIZEN,
        because=because,
        why=steps + unconfirmed_notice(meeting_on, book),
    )


def resolve(
    answer: ChannelAnswer,
    *,
    wish: Channel | None,
    wished_on: date | None = None,
    demanded: Channel | None = None,
    reason: str = "",
) -> ResolvedChannel:
    """The channel of a meeting from what the citizen wishes and what the authority demands.

    Where the citizen decides, the authority can only demand attendance, with a written reason; a wish told after the
    last day for it counts as none. Elsewhere the wish is shown and does not bind.
    """
    wish = _in_time(answer, wish, wished_on)
    if demanded is not None and demanded not in answer.allowed:
        raise ChannelRefused(_not_allowed(demanded, answer))
    if answer.decided_by == DecidedBy.LAW:
        return ResolvedChannel(answer.allowed[0], ChosenBy.LAW)
    if answer.decided_by == DecidedBy.AUTHORITY:
        if demanded is None:
            return ResolvedChannel(answer.default, ChosenBy.DEFAULT)
        return ResolvedChannel(demanded, ChosenBy.AUTHORITY)
    if wish is None:
        chosen = ResolvedChannel(answer.default, ChosenBy.DEFAULT)
    elif wish in answer.allowed:
        chosen = ResolvedChannel(wish, ChosenBy.CITIZEN)
    else:
        raise ChannelRefused(_not_allowed(wish, answer))
    if demanded in (None, chosen.channel):
        return chosen
    if demanded != Channel.ATTENDANCE or not answer.override_allowed:
        raise ChannelRefused(
            f"Borgeren vælger samtaleform, og den er {chosen.channel.label}. Registrér et nyt valg, hvis "
            "borgeren ønsker en anden."
        )
    if not reason.strip():
        raise ReasonMissing("Skriv, hvorfor fremmøde er nødvendigt: borgeren har valgt en anden samtaleform.")
    return ResolvedChannel(Channel.ATTENDANCE, ChosenBy.AUTHORITY, reason.strip())


def wish_allowed(answer: ChannelAnswer, wish: Channel) -> None:
    """Raise ChannelRefused if the law does not let the citizen have this channel."""
    if wish not in answer.allowed:
        raise ChannelRefused(_not_allowed(wish, answer))


def require_choice(answer: ChannelAnswer, wish: Channel, *, chosen_on: date) -> None:
    """Raise ChannelRefused if a choice made that day cannot decide how the meeting is held."""
    wish_allowed(answer, wish)
    if answer.decided_by != DecidedBy.CITIZEN:
        raise ChannelRefused(answer.because)
    if _in_time(answer, wish, chosen_on) is None:
        raise ChannelRefused(
            f"Valget skulle være meddelt senest den {day_text(answer.choice_by)}. Vælg en senere tid, eller book uden "
            "valget."
        )


def against_held(
    answer: ChannelAnswer, *, held: Channel, wish: Channel | None, wished_on: date | None = None
) -> str | None:
    """What the law has against the channel in which a meeting was held, in one Danish sentence; None: nothing."""
    name = held.label
    if held not in answer.allowed:
        return f"{name.capitalize()} var ikke tilladt til samtalen. {answer.because}"
    wish = _in_time(answer, wish, wished_on)
    if answer.decided_by == DecidedBy.CITIZEN and wish is not None and wish != held:
        return f"{name.capitalize()} var ikke borgerens valg: borgeren havde valgt {wish.label}."
    return None


def _in_time(answer: ChannelAnswer, wish: Channel | None, wished_on: date | None) -> Channel | None:
    """The wish, unless it was told after the last day for it."""
    if answer.choice_by is not None and wished_on is not None and wished_on > answer.choice_by:
        return None
    return wish


def _in_person(always: Collection[str], firsts: Collection[str]) -> str:
    """Cv-samtalen og forløbets første jobsamtale"""
    every = [f"{kind.label}n" for kind in MeetingKind if kind in always]
    first = [f"forløbets første {kind.label}" for kind in MeetingKind if kind in firsts]
    text = listed([*every, *first])
    return text[0].upper() + text[1:]


def _not_allowed(channel: Channel, answer: ChannelAnswer) -> str:
    ways = listed((way.label for way in answer.allowed), "eller")
    return f"{channel.label.capitalize()} kan ikke bruges til denne samtale. {answer.because} Vælg {ways}."
