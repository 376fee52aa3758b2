"""The talks that one person has today, and those of whom they stand in for: when, with whom and how. A reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, QuerySet, Subquery

from cases.models import CitizenContact, User
from cases.models.scopes import Scope, looked_after
from cases.statements import Statement
from meetings.models import Meeting
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus
from meetings.worklist.queries import WorklistTimes

_SHOWN = (MeetingStatus.BOOKED, MeetingStatus.HELD, MeetingStatus.MISSED)


@dataclass(frozen=True)
class Talk:
    """One talk of today."""

    meeting: Meeting
    contact: CitizenContact
    is_by_phone: bool
    #: The first line of the latest note on the citizen.
    agreed: str
    may_be_registered: bool
    is_done: bool
    #: Whose it is, where the user stands in for a colleague.
    colleague: User | None


def talks_of(user: User, *, times: WorklistTimes) -> Sequence[Talk]:
    """Those of the user's own and of whom they stand in for today, in their order, in one query."""
    found = _TALKS.rows(user, today=times.today, midnight=times.midnight, next_midnight=times.next_midnight)
    return [
        Talk(
            meeting=meeting,
            contact=meeting.case.contact_of(user.workplace),
            is_by_phone=meeting.channel == Channel.TELEPHONE,
            agreed=_first_line(meeting),
            may_be_registered=meeting.status == MeetingStatus.BOOKED and meeting.starts_at <= times.now,
            is_done=meeting.status != MeetingStatus.BOOKED,
            colleague=meeting.adviser if meeting.adviser_id != user.pk else None,
        )
        for meeting in found
    ]


def _talks(user: User, *, today: date, midnight: datetime, next_midnight: datetime) -> QuerySet[Meeting]:
    earlier = Meeting.objects.filter(case=OuterRef("case"), starts_at__lt=OuterRef("starts_at"))
    # What was written when one was cancelled is no note of a talk.
    noted = earlier.filter(status__in=(MeetingStatus.HELD, MeetingStatus.MISSED)).exclude(note="")
    theirs = looked_after(user, Scope.MINE, worker="adviser", today=today)
    return (
        Meeting.objects.visible_to(user)
        .filter(theirs, starts_at__gte=midnight, starts_at__lt=next_midnight, status__in=_SHOWN)
        .select_related("adviser", "case__citizen", "case__fund_contact", "case__municipality_contact", "organisation")
        .annotate(agreed=Subquery(noted.order_by("-starts_at").values("note")[:1]))
        .order_by("starts_at", "pk")
    )


_TALKS = Statement(_talks)


def _first_line(meeting: Meeting) -> str:
    note: str | None = getattr(meeting, "agreed", None)
    return (note or "").strip().partition("\n")[0]
