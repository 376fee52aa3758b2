"""The same totals counted case by case, as somebody would by hand: slow, and a check of the counts of the page."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from cases.models import Case
from cases.rules.facts import Party
from meetings.models import Meeting, RequiredMeeting, RequirementState
from meetings.overview.figures import OF_CHANNEL, STATISTICS_DEMAND, WEEKS, Choice, Figure
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus


def totals_of(choice: Choice) -> Counter[Figure]:
    """Count each of `CHECKED` for the whole office of the choice, whatever its team."""
    cases = Case.objects.visible_to(choice.user).select_related("fund", "municipality")
    cases = cases.prefetch_related("required_meetings", "meetings__organisation", "pauses")
    return Counter(figure for case in cases.iterator(chunk_size=500) for figure in _figures(case, choice))


#: What is counted both ways.
CHECKED = (
    Figure.DUE,
    Figure.IN_TIME,
    Figure.LATE,
    Figure.NOT_HELD,
    Figure.HELD,
    *OF_CHANNEL.values(),
    Figure.PASSED,
    Figure.PASSED_THREE,
    Figure.PASSED_DEMANDED,
    Figure.CITIZENS,
    Figure.COMING,
)


def _figures(case: Case, choice: Choice) -> Iterator[Figure]:
    if case.is_open:
        yield Figure.CITIZENS
    required = [row for row in case.required_meetings.all() if not row.replaced_at and _is_enforced(row)]
    for row in required:
        if row.party == choice.user.workplace.party:
            yield from _of_requirement(row, case, choice)
    for meeting in case.meetings.all():
        if _is_own(meeting, choice) and _is_within(meeting.day, choice):
            yield from (Figure.HELD, OF_CHANNEL[_channel(meeting)])
    if case.fund is not None and _has_passed(case, choice):
        yield from _of_passing(case, sum(row.party is Party.FUND for row in required))


def _of_requirement(row: RequiredMeeting, case: Case, choice: Choice) -> Iterator[Figure]:
    stands = case.closed_on is None or row.due_on < case.closed_on
    if stands and row.due_on < choice.today and _is_within(row.due_on, choice):
        yield Figure.DUE
        if row.state == RequirementState.OPEN:
            yield Figure.NOT_HELD
        else:
            yield Figure.LATE if row.is_met_late else Figure.IN_TIME
    is_held_here = not choice.is_fund or case.municipality_from is None or case.municipality_from > choice.today
    last = choice.first_week + timedelta(weeks=WEEKS)
    if case.is_open and row.state == RequirementState.OPEN and choice.today <= row.due_on < last and is_held_here:
        yield Figure.COMING


def _of_passing(case: Case, demanded: int) -> Iterator[Figure]:
    before = [one for one in case.meetings.all() if one.status == MeetingStatus.HELD and one.party is Party.FUND]
    passed_on = case.municipality_from
    held = sum(one.organisation_id == case.fund_id and passed_on is not None and one.day < passed_on for one in before)
    yield Figure.PASSED
    if held >= STATISTICS_DEMAND:
        yield Figure.PASSED_THREE
    if held >= demanded:
        yield Figure.PASSED_DEMANDED


def _has_passed(case: Case, choice: Choice) -> bool:
    day = case.municipality_from
    if day is None or day <= case.placed_on or (case.closed_on is not None and case.closed_on < day):
        return False
    return day <= choice.today and _is_within(day, choice)


def _is_enforced(row: RequiredMeeting) -> bool:
    return row.state != RequirementState.HISTORIC


def _is_own(meeting: Meeting, choice: Choice) -> bool:
    is_held = meeting.status == MeetingStatus.HELD and meeting.starts_at < choice.now
    return is_held and meeting.organisation_id == choice.user.organisation_id


def _channel(meeting: Meeting) -> Channel | None:
    code = meeting.held_channel or meeting.channel
    return Channel(code) if code in list(Channel) else None


def _is_within(day: date, choice: Choice) -> bool:
    return choice.span.contains(day)
