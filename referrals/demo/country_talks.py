"""The talks of an invented country: held and missed every fourth week, and booked for the weeks to come.

Each case has its own half hour among twenty working days at each of its two workers, so that nobody is double-booked
and nothing need be remembered.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from cases.models import Case, User
from cases.rules.workdays import closed_day
from meetings.models import Meeting, Outcome
from meetings.models.meetings import STAYED_AWAY, ChosenBy
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import local

LENGTH = timedelta(minutes=30)
BETWEEN, ONE_WEEK = timedelta(weeks=4), timedelta(weeks=1)
HALF_HOURS = [time(hour, minute) for hour in range(9, 14) for minute in (0, 30)]
DAYS = 20
#: How often there is a talk at such a time: in the first half year, after it, and among the times to come.
OFTEN, OFTEN_LATER, OFTEN_AHEAD = 0.7, 0.1, 0.5
#: The share of past talks that the citizen stayed away from.
MISSED = 0.08
#: A Monday.
_BEGINNING = date(2020, 1, 6)
#: The a-kasse's part of the course, and after how long the talks are fewer.
_OF_FUND, _FEWER = timedelta(days=91), timedelta(days=182)


class Talks:
    """Gives each case its talks, asked of one case after the other; `turn` is how many its worker had before it."""

    def __init__(self, rng: Random, *, at: datetime) -> None:
        self._rng = rng
        self._at = at

    def of(self, case: Case, *, adviser_turn: int, caseworker_turn: int) -> Iterator[Meeting]:
        """First with the a-kasse, where there is one, and then with the jobcentre."""
        last, passes_on = self._at.date() + BETWEEN, case.placed_on
        if case.fund_adviser is not None:
            passes_on += _OF_FUND
            yield from self._with(case, case.fund_adviser, adviser_turn, case.placed_on, min(passes_on, last))
        assert case.municipality_caseworker is not None
        yield from self._with(case, case.municipality_caseworker, caseworker_turn, passes_on, last)

    def _with(self, case: Case, worker: User, turn: int, after: date, until: date) -> Iterator[Meeting]:
        for starts_at in _times(turn, after + ONE_WEEK, until):
            meeting = self._meeting(case, starts_at)
            if meeting is not None:
                meeting.organisation_id, meeting.adviser, meeting.booked_by = worker.workplace.pk, worker, worker
                meeting.place = worker.workplace.meeting_place
                yield meeting

    def _meeting(self, case: Case, starts_at: datetime) -> Meeting | None:
        """What became of that time: held, missed, booked, or nothing."""
        chance, is_past = self._rng.random(), starts_at + LENGTH < self._at
        usual = OFTEN_LATER if starts_at.date() - case.placed_on > _FEWER else OFTEN if is_past else OFTEN_AHEAD
        if chance > usual:
            return None
        meeting = Meeting(
            case_id=case.pk,
            citizen_id=case.citizen_id,
            kind=str(MeetingKind.CONTACT_INTERVIEW),
            starts_at=starts_at,
            ends_at=starts_at + LENGTH,
            channel=str(Channel.ATTENDANCE),
            channel_chosen_by=str(ChosenBy.DEFAULT),
            booked_at=min(max(case.created_at, starts_at - timedelta(days=10)), self._at),
        )
        if is_past and chance < usual * MISSED:
            meeting.status, meeting.missed_at = str(MeetingStatus.MISSED), meeting.ends_at
            meeting.outcome = str(self._rng.choice(STAYED_AWAY))
        elif is_past:
            meeting.status, meeting.held_at, meeting.outcome = (
                str(MeetingStatus.HELD),
                meeting.ends_at,
                str(Outcome.HELD),
            )
        return meeting


def _times(turn: int, first: date, until: date) -> Iterator[datetime]:
    """The half hour of the worker's case of that turn, every fourth week between two days."""
    number, half_hour = divmod(turn, len(HALF_HOURS))
    if number >= DAYS:
        return
    week, weekday = divmod(number, 5)
    day = _BEGINNING + timedelta(weeks=week, days=weekday)
    day += BETWEEN * max(0, -((day - first) // BETWEEN))
    while day < until:
        if not closed_day(day):
            yield local(day, HALF_HOURS[half_hour])
        day += BETWEEN
