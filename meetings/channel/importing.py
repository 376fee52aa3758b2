"""The channels that a citizen chose before the case came here, as one cell of a file has them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.history import events as history_events
from cases.models import Case, User
from cases.rules.facts import Course
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from cases.ui.cells import named, parts
from cases.ui.fields import DateField
from meetings.channel.services import keep_choice, require_possible_day
from meetings.rules.channel import channel_on, wish_allowed
from meetings.rules.kinds import Channel, MeetingKind

#: What people write for each channel.
CHANNELS = {**{channel.label: channel for channel in Channel}, "fremmøde": Channel.ATTENDANCE}
_WRITTEN = re.compile(rf"(?P<channel>{'|'.join(CHANNELS)})\s+(?:den\s+)?(?P<day>\S+)", re.IGNORECASE)
_EXAMPLE = "Skriv samtaleform og den dag, borgeren valgte den, fx telefon 03-02-2026; video 20-04-2026."


@dataclass(frozen=True)
class WrittenChoice:
    """One choice for all meetings, as the file has it."""

    channel: Channel
    chosen_on: date

    def __str__(self) -> str:
        return f"{self.channel.label} {self.chosen_on:%d-%m-%Y}"


def read_choices(text: str, *, course: Course, book: RuleBook, today: date) -> list[WrittenChoice]:
    """The choices that the text tells of, the latest last. Raises Refused on what the page would refuse."""
    with named("valg af samtaleform"):
        choices = sorted(map(_written, parts(text)), key=_day)
        for choice in choices:
            require_possible_day(choice.chosen_on, registered_on=course.registered_on, today=today)
            # As for all meetings: the first of a course may have a rule of its own.
            answer = channel_on(
                course=course, meeting_on=today, kind=MeetingKind.CONTACT_INTERVIEW, number=2, book=book
            )
            wish_allowed(answer, choice.channel)
    return choices


def choice_by(choices: Sequence[WrittenChoice], day: date) -> WrittenChoice | None:
    """What the citizen had chosen by the day."""
    return next((choice for choice in reversed(choices) if choice.chosen_on <= day), None)


def enter_choices(case: Case, choices: Iterable[WrittenChoice], *, by: User, at: datetime) -> None:
    """Keep them in the transaction that opens the case."""
    for choice in choices:
        keep_choice(case=case, channel=choice.channel, chosen_on=choice.chosen_on, only=None, by=by, at=at)


def take_back_choices(case: Case, *, by: User, at: datetime) -> None:
    """Let the choices of a case that was opened by mistake count no more; the history keeps them."""
    for choice in case.channel_choices.all():
        text = f"Borgerens valg ({choice}) er taget tilbage med sagen."
        history_events.record(case=case, kind="meetings.choice_withdrawn", by=by, at=at, text=text)
        choice.delete()


def _day(choice: WrittenChoice) -> date:
    return choice.chosen_on


def _written(text: str) -> WrittenChoice:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise Refused(f"»{text}« kan ikke læses. {_EXAMPLE}")
    return WrittenChoice(channel=CHANNELS[found["channel"].lower()], chosen_on=DateField().clean(found["day"]))
