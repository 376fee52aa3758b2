"""Finds what a new law changes in one case; a preview and the run that is carried out use the same functions."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cases.models import Case
from cases.rules.declaring import UnreadableText
from cases.rules.facts import Course, Party
from cases.rules.rule_book import NotInForce
from cases.rules.wording import listed
from meetings.law.runs.before_after import Laws
from meetings.models import ChangeKind
from meetings.planning.judgement import Judgement, RequirementChange
from meetings.planning.stored import MeetingRow
from meetings.rules.channel import ChannelAnswer, DecidedBy, channel_on
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus

#: The most characters that a change's text gives to the law's own words.
_WORDS_OF_THE_LAW = 250

_DECIDES = {
    DecidedBy.CITIZEN: "borgeren vælger",
    DecidedBy.AUTHORITY: "myndigheden vælger",
    DecidedBy.LAW: "loven kræver",
}


class Change(NamedTuple):
    """One row of LawChange without its run; a model would cost more than all the rest of a comparison."""

    case_id: int
    organisation_id: int
    worker_id: int | None
    kind: str
    key: str
    about: str
    day_before: date | None
    day_after: date | None
    text: str


def changes_of(judgement: Judgement, *, course: Course, laws: Laws, in_force_on: date, today: date) -> Iterator[Change]:
    """Yield each thing that the new law changes. A deadline is overdue if it lies before the later of the two days."""
    since = max(today, in_force_on)
    yield from _of_requirements(judgement)
    yield from _of_deadlines_passed(judgement, by=since)
    yield from _of_bookings(judgement, today=today)
    yield from _of_channels(judgement, course=course, laws=laws, since=since)
    if judgement.is_handover_moved:
        yield _of_handover(judgement)


def unplanned(case: Case, *, error: ValueError, today: date, key: str = "plan", about: str = "Planen") -> Change:
    """Return the change that says that the rules could not plan the case, for the party that holds the course."""
    holder = case.holder_on(today)
    return Change(
        case_id=case.pk,
        organisation_id=holder.pk,
        worker_id=case.fund_adviser_id if holder.pk == case.fund_id else case.municipality_caseworker_id,
        kind=str(ChangeKind.UNPLANNED),
        key=key,
        about=about,
        day_before=None,
        day_after=None,
        text=f"{about} kan ikke beregnes efter loven og står, som den gjorde. {_why(error)}",
    )


def _why(error: ValueError) -> str:
    """Return what is wrong with the law, without facts of a person: administrators of the law read it too."""
    if isinstance(error, NotInForce | UnreadableText):
        return str(error)[:_WORDS_OF_THE_LAW]
    return "Kontrollér sagens oplysninger."


def _of_requirements(judgement: Judgement) -> Iterator[Change]:
    for change in judgement.changes:
        _, before, after = change
        if before is None:
            kind = ChangeKind.APPEARS
        elif after is None:
            kind = ChangeKind.VANISHES
        else:
            kind = ChangeKind.MOVES if before.due_on != after.due_on else ChangeKind.ALTERS
        yield _of_requirement(judgement.case, kind, change, str(change))


def _of_deadlines_passed(judgement: Judgement, *, by: date) -> Iterator[Change]:
    """Yield the open requirements whose deadline lies before the day `by` under the new law only."""
    overdue = {one.key for one in judgement.facts.requirements if one.is_open and one.due_on < by}
    was = {one.key: one for one in judgement.facts.requirements}
    for one in judgement.requirements:
        if one.due_on < by and judgement.is_open(one) and one.key not in overdue:
            text = f"{one.title} er overskredet: fristen er den {one.due_on:%d-%m-%Y}."
            change = RequirementChange(about=one, before=was.get(one.key), after=one)
            yield _of_requirement(judgement.case, ChangeKind.OVERDUE, change, text)


def _of_bookings(judgement: Judgement, *, today: date) -> Iterator[Change]:
    """Yield the booked meetings to come that fulfilled a requirement in time and no longer do."""
    was_in_time = {one.meeting: one for one in judgement.facts.requirements if not one.is_met_late}
    is_in_time = {standing.meeting for standing in judgement.standings.values() if not standing.is_late}
    is_now = {one.key: one for one in judgement.requirements}
    for meeting in judgement.facts.meetings:
        before = was_in_time.get(meeting.pk)
        if before is None or meeting.pk in is_in_time:
            continue
        if meeting.status != MeetingStatus.BOOKED or meeting.day < today:
            continue
        after = is_now.get(before.key)
        if after is None:
            why = f"Kravet om {before.title} er faldet bort."
        else:
            window = f"{after.window_from:%d-%m-%Y} til {after.window_to:%d-%m-%Y}"
            why = f"Vinduet for {after.title} er {window}, med frist den {after.due_on:%d-%m-%Y}."
        yield _of_meeting(
            meeting,
            ChangeKind.BOOKING_OUTSIDE,
            f"{_named(meeting)} er ikke længere i rette tid. {why}",
            day_before=before.due_on,
            day_after=after.due_on if after else None,
        )


def _of_channels(judgement: Judgement, *, course: Course, laws: Laws, since: date) -> Iterator[Change]:
    """Yield the booked meetings from the day `since` on whose allowed channels, or who chooses among them, change."""
    counting = [one for one in judgement.facts.meetings if one.status in (MeetingStatus.BOOKED, MeetingStatus.HELD)]
    for meeting in counting:
        if meeting.status != MeetingStatus.BOOKED or meeting.day < max(since, course.registered_on):
            continue
        number = 1 + sum(1 for one in counting if one.kind == meeting.kind and one.starts_at < meeting.starts_at)
        kind = MeetingKind(meeting.kind)
        was, is_now = (
            channel_on(course=course, meeting_on=meeting.day, kind=kind, number=number, book=law.book) for law in laws
        )
        if (was.allowed, was.decided_by) != (is_now.allowed, is_now.decided_by):
            text = f"{_named(meeting)}: før {_ways(was)}, nu {_ways(is_now)}."
            yield _of_meeting(meeting, ChangeKind.CHANNEL, text)


def _of_handover(judgement: Judgement) -> Change:
    case, before, after = judgement.case, judgement.case.municipality_from, judgement.municipality_from
    was = f"den {before:%d-%m-%Y}" if before else "den dag, en overgang er registreret,"
    is_now = f"den {after:%d-%m-%Y}" if after else "den dag, en overgang er registreret"
    return Change(
        case_id=case.pk,
        organisation_id=case.fund_id or case.municipality_id,
        worker_id=case.fund_adviser_id if case.fund_id else case.municipality_caseworker_id,
        kind=str(ChangeKind.HANDOVER),
        key="handover",
        about="Overgang til jobcentret",
        day_before=before,
        day_after=after,
        text=f"Forløbets overgang til jobcentret er flyttet fra {was} til {is_now}.",
    )


def _of_requirement(case: Case, kind: ChangeKind, change: RequirementChange, text: str) -> Change:
    one, before, after = change
    fund_id = case.fund_id if one.party == Party.FUND else None
    return Change(
        case_id=case.pk,
        organisation_id=fund_id or case.municipality_id,
        worker_id=case.fund_adviser_id if fund_id else case.municipality_caseworker_id,
        kind=str(kind),
        key="/".join(map(str, one.key)),
        about=one.title,
        day_before=before.due_on if before else None,
        day_after=after.due_on if after else None,
        text=text,
    )


def _of_meeting(
    meeting: MeetingRow, kind: ChangeKind, text: str, *, day_before: date | None = None, day_after: date | None = None
) -> Change:
    return Change(
        case_id=meeting.case_id,
        organisation_id=meeting.organisation_id,
        worker_id=meeting.adviser_id,
        kind=str(kind),
        key=f"meeting/{meeting.pk}",
        about=_named(meeting),
        day_before=day_before,
        day_after=day_after,
        text=text,
    )


def _named(meeting: MeetingRow) -> str:
    return f"{MeetingKind(meeting.kind).label.capitalize()} den {meeting.day:%d-%m-%Y}"


def _ways(answer: ChannelAnswer) -> str:
    return f"{_DECIDES[answer.decided_by]} {listed((way.label for way in answer.allowed), 'eller')}"
