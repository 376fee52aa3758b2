"""Booked talks that nobody is there to hold. A reading: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from cases.links import address
from cases.models import Deputy, User, scopes
from cases.models.scopes import Scope
from cases.seam import RowsOfTile
from cases.statements import midnight
from meetings.models import ListJobRow, ListJobRowState, Meeting, StaffAbsence
from meetings.models.meetings import MeetingQuerySet
from meetings.rules.spans import Span

LABEL = "Samtaler uden en medarbejder til stede"


@dataclass(frozen=True)
class Unattended:
    """One talk, and why nobody is there to hold it."""

    meeting: Meeting
    why: str


def unattended(user: User, *, today: date, scope: Scope = Scope.ORGANISATION) -> MeetingQuerySet:
    """The talks of the user's office from today on whose adviser has left or is away, or has given the case away."""
    booked = Meeting.objects.visible_to(user).booked().filter(organisation=user.organisation_id)
    coming = booked.filter(starts_at__gte=midnight(today))
    dated = coming.annotate(held_on=TruncDate("starts_at"))
    is_away = Exists(_absences()) & ~Exists(_deputies())
    has_left = Q(adviser__is_active=False) | ~Q(adviser__organisation=user.organisation_id)
    lacking = dated.filter(has_left | is_away | Exists(_left_behind()))
    return lacking.filter(scopes.within_scope(user, scope, worker="adviser"))


def _absences() -> QuerySet[StaffAbsence]:
    over = Q(ends_at=None) | Q(ends_at__gt=OuterRef("starts_at"))
    return StaffAbsence.objects.filter(over, user=OuterRef("adviser"), starts_at__lt=OuterRef("ends_at"))


def _deputies() -> QuerySet[Deputy]:
    day = OuterRef("held_on")
    return Deputy.objects.at_work().filter(user=OuterRef("adviser"), first_day__lte=day, last_day__gte=day)


def _left_behind() -> QuerySet[ListJobRow]:
    """What a joint action gave away without its talk, since the receiver had no time for it."""
    given = ListJobRow.objects.filter(state=ListJobRowState.DONE, case=OuterRef("case"), was=OuterRef("adviser"))
    return given.filter(left__contains=[OuterRef("pk")])


def with_why(meetings: MeetingQuerySet) -> Sequence[Unattended]:
    """Each with the reason in words. Load the advisers and the citizens first."""
    rows = list(meetings)
    away = list(StaffAbsence.objects.filter(user__in={one.adviser_id for one in rows}))
    return [Unattended(meeting=one, why=_why(one, away)) for one in rows]


def _why(meeting: Meeting, away: Sequence[StaffAbsence]) -> str:
    if not meeting.adviser.works_at(meeting.organisation_id):
        return f"{meeting.adviser} arbejder her ikke mere."
    span = Span(meeting.starts_at, meeting.ends_at)
    absence = next((one for one in away if one.user_id == meeting.adviser_id and one.span.overlaps(span)), None)
    if absence is not None:
        return f"{meeting.adviser} er fraværende {absence.text}."
    return f"Sagen er givet videre, og samtalen står endnu hos {meeting.adviser}."


def tile_of(user: User, scope: Scope) -> RowsOfTile | None:
    """On the worklist: how many talks nobody is there to hold."""
    if user.organisation is None:
        return None
    rows = partial(unattended, scope=scope)
    return RowsOfTile(label=LABEL, rows=rows, url=scopes.within(address("meetings:unattended"), scope), variant="error")
