"""The booked talks of many cases are cancelled at once: seen before it is done, and done."""

from collections.abc import Sequence
from datetime import datetime

from cases.models import Case
from cases.rules.refusal import Refused
from cases.rules.wording import listed
from meetings.booking.services import cancel_one_of_many
from meetings.changing import lock_meeting
from meetings.list_jobs.receivers import talks_of
from meetings.list_jobs.wording import in_sentence, told_at_once
from meetings.models import CancelReason, ListJob, ListJobRow, ListJobRowState, Meeting
from meetings.owing import meeting_news
from meetings.rules.lifecycle import MeetingStatus


def preview(rows: Sequence[ListJobRow], *, job: ListJob, at: datetime) -> None:
    """Say of each row which talk would be cancelled: the next one of the office; nothing is saved."""
    talks = talks_of([row.case for row in rows], at=at, office=job.organisation)
    reason = CancelReason(job.terms["reason"])
    for row in rows:
        found: list[Meeting] = talks.get(row.case_id, [])[:1]
        row.talks = [talk.pk for talk in found]
        row.before = listed(in_sentence(talk) for talk in found) if found else ""
        if not found:
            row.state, row.problem = ListJobRowState.REFUSED, "Ingen samtale er booket."
            continue
        row.after = f"aflyst: {reason.label}"
        row.warning = " ".join(told_at_once(talk) for talk in found if not meeting_news.waits(talk, at=at))


def carry_out(row: ListJobRow, case: Case, *, job: ListJob, at: datetime) -> None:
    """Cancel the talk of the row, in the caller's transaction. Raises Refused."""
    reason, note = CancelReason(job.terms["reason"]), job.terms["note"]
    for pk in row.talks:
        talk = lock_meeting(pk)
        if talk.status != MeetingStatus.BOOKED or talk.starts_at <= at:
            raise Refused(f"{talk.title} er {talk.get_status_display()} eller begyndt, efter at I så listen.")
        cancel_one_of_many(meeting=talk, case=case, reason=reason, note=note, by=job.started_by, at=at)
