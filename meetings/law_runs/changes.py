"""What a new law changes in one case, told alike before and after it is carried out."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

from cases.models import Case
from cases.rules.danish import listed
from cases.rules.facts import Course, Party
from meetings.models import ChangeKind, LawChange, LawRun, Meeting, RequiredMeeting, RequirementState
from meetings.planning import Judgement, Law, key_of
from meetings.planning.judgement import NO_LINK
from meetings.rules.channel import ChannelAnswer, DecidedBy, channel_on
from meetings.rules.kinds import CHANNEL_NAMES, MeetingKind
from meetings.rules.lifecycle import MeetingStatus

Tell = Callable[..., LawChange]


def changes_of(
    judgement: Judgement, *, course: Course, before: Law, after: Law, in_force_on: date, run: LawRun | None, today: date
) -> Iterator[LawChange]:
    """Each thing that the law after makes different; a deadline counts as passed by the later of the two days."""
    tell = partial(LawChange, run=run, case=judgement.case)
    yield from _of_requirements(judgement, tell)
    yield from _of_deadlines_passed(judgement, tell, by=max(today, in_force_on))
    yield from _of_bookings(judgement, tell, today=today)
    yield from _of_channels(judgement, tell, course=course, before=before, after=after, since=max(today, in_force_on))
    if judgement.is_handover_moved:
        yield _of_handover(judgement, tell)


def _of_requirements(judgement: Judgement, tell: Tell) -> Iterator[LawChange]:
    for change in judgement.changes:
        before, after = change
        row = after or before
        assert row is not None
        if before is None:
            kind = ChangeKind.APPEARS
        elif after is None:
            kind = ChangeKind.VANISHES
        else:
            kind = ChangeKind.MOVES if before.due_on != after.due_on else ChangeKind.ALTERS
        yield tell(
            **_of_row(judgement.case, row),
            kind=str(kind),
            day_before=before.due_on if before else None,
            day_after=after.due_on if after else None,
            text=str(change),
        )


def _of_deadlines_passed(judgement: Judgement, tell: Tell, *, by: date) -> Iterator[LawChange]:
    """The open requirements that are overdue by that day and were not before."""
    was = {key_of(row): row for row in judgement.facts.requirements}
    for row in judgement.requirements:
        before = was.get(key_of(row))
        is_open = judgement.states[key_of(row)] == RequirementState.OPEN
        was_overdue = before is not None and before.state == RequirementState.OPEN and before.due_on < by
        if is_open and row.due_on < by and not was_overdue:
            yield tell(
                **_of_row(judgement.case, row),
                kind=str(ChangeKind.OVERDUE),
                day_before=before.due_on if before else None,
                day_after=row.due_on,
                text=f"Fristen for {row.title}, den {row.due_on:%d-%m-%Y}, er overskredet med den nye plan.",
            )


def _of_bookings(judgement: Judgement, tell: Tell, *, today: date) -> Iterator[LawChange]:
    """The booked meetings to come that were in time for a requirement, and no longer are."""
    was = {row.pk: row for row in judgement.facts.requirements}
    is_now = {key_of(row): row for row in judgement.requirements}
    for meeting in judgement.relinked:
        before = was.get(meeting.requirement_id)
        link = judgement.links.get(meeting.pk, NO_LINK)
        is_in_time = link.requirement is not None and not link.is_late
        if meeting.status != MeetingStatus.BOOKED or meeting.day < today:
            continue
        if before is None or meeting.is_late or is_in_time:
            continue
        after = is_now.get(key_of(before))
        if after is None:
            why = f"Kravet om {before.title} er faldet bort."
        elif link.requirement is after:
            why = f"Den er for sen til {after.title}, som har frist den {after.due_on:%d-%m-%Y}."
        else:
            why = f"Vinduet for {after.title} er {after.window_from:%d-%m-%Y} til {after.window_to:%d-%m-%Y}."
        yield tell(
            **_of_meeting(meeting),
            kind=str(ChangeKind.BOOKING_OUTSIDE),
            day_before=before.due_on,
            day_after=after.due_on if after else None,
            text=f"{_named(meeting)} er ikke længere i rette tid. {why}",
        )


def _of_channels(
    judgement: Judgement, tell: Tell, *, course: Course, before: Law, after: Law, since: date
) -> Iterator[LawChange]:
    """The booked meetings from that day on that may be held in other ways, or for which somebody else decides."""
    counting = [one for one in judgement.facts.meetings if one.status in (MeetingStatus.BOOKED, MeetingStatus.HELD)]
    for meeting in counting:
        if meeting.status != MeetingStatus.BOOKED or meeting.day < since or meeting.day < course.registered_on:
            continue
        number = 1 + sum(1 for one in counting if one.kind == meeting.kind and one.starts_at < meeting.starts_at)
        was, is_now = (
            channel_on(
                course=course,
                meeting_on=meeting.day,
                kind=MeetingKind(meeting.kind),
                number=number,
                book=law.book,
            )
            for law in (before, after)
        )
        if (was.allowed, was.decided_by) != (is_now.allowed, is_now.decided_by):
            yield tell(
                **_of_meeting(meeting),
                kind=str(ChangeKind.CHANNEL),
                text=f"{_named(meeting)}: før {_ways(was)}, nu {_ways(is_now)}.",
            )


def _of_handover(judgement: Judgement, tell: Tell) -> LawChange:
    case = judgement.case
    before, after = case.municipality_from, judgement.municipality_from
    was = f"er flyttet fra den {before:%d-%m-%Y}" if before else "ventede på en registrering"
    is_now = f"til den {after:%d-%m-%Y}" if after else "til en overgang er registreret"
    joined = " og er nu sat " if before is None else " "
    return tell(
        organisation_id=case.fund_id or case.municipality_id,
        worker_id=case.fund_adviser_id if case.fund_id else case.municipality_caseworker_id,
        kind=str(ChangeKind.HANDOVER),
        key="handover",
        about="Overgang til jobcentret",
        day_before=before,
        day_after=after,
        text=f"Jobcentrets ansvar for forløbet {was}{joined}{is_now}.",
    )


def _of_row(case: Case, row: RequiredMeeting) -> dict[str, Any]:
    is_funds = row.party == Party.FUND and case.fund_id is not None
    return {
        "organisation_id": case.fund_id if is_funds else case.municipality_id,
        "worker_id": case.fund_adviser_id if is_funds else case.municipality_caseworker_id,
        "key": f"{row.kind}/{row.responsible}/{row.number}",
        "about": row.title,
    }


def _of_meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        "organisation_id": meeting.organisation_id,
        "worker_id": meeting.adviser_id,
        "key": f"meeting/{meeting.pk}",
        "about": _named(meeting),
    }


def _named(meeting: Meeting) -> str:
    return f"{meeting.get_kind_display().capitalize()} den {meeting.day:%d-%m-%Y}"


def _ways(answer: ChannelAnswer) -> str:
    ways = listed((CHANNEL_NAMES[way] for way in answer.allowed), "eller")
    who = {
        DecidedBy.CITIZEN: "borgeren vælger",
        DecidedBy.AUTHORITY: "myndigheden vælger",
        DecidedBy.LAW: "loven kræver",
    }
    return f"{who[answer.decided_by]} {ways}"
