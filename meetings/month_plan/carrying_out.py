"""Books what somebody has accepted, one proposal at a time and by the same services as a person."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import undo as history_undo
from cases.models import Case, User
from cases.rules.refusal import NeedsConfirmation, Refused
from meetings.booking import services as booking_services
from meetings.booking.same_talk import same_talk
from meetings.booking.services import Booking
from meetings.models import Meeting, PlanProposal, ProposalState
from meetings.models.month_plans import WORKED_ON
from meetings.rules.kinds import MeetingKind

logger = logging.getLogger(__name__)

#: So long a worker has a proposal in hand before another takes it.
_IN_HAND = timedelta(minutes=1)
_FAILED = "Der skete en fejl, og intet er ændret. Prøv igen, eller gør det på sagen."


def carry_out_next(*, at: datetime) -> bool:
    """Book or take back the next proposal that waits; gives whether there was one. A refusal is kept on the proposal.

    Booking the same talk again changes nothing, so that a worker may be killed between the booking and the note of
    it: the proposal is taken anew after a while.
    """
    proposal = _claim(at=at)
    if proposal is None:
        return False
    try:
        done = _take_back(proposal, at=at) if proposal.state == ProposalState.UNDOING else _book(proposal, at=at)
    except Refused as refused:
        done = {"state": _still(proposal), "problem": str(refused)}
    except Exception:
        logger.exception("Proposal %s could not be carried out.", proposal.pk)
        done = {"state": _still(proposal), "problem": _FAILED}
    _note(proposal, done)
    return True


@transaction.atomic(durable=True)
def _claim(*, at: datetime) -> PlanProposal | None:
    """The next proposal that no other worker has in hand."""
    is_free = Q(claimed_at=None) | Q(claimed_at__lt=at - _IN_HAND)
    waiting = PlanProposal.objects.filter(is_free, state__in=WORKED_ON).select_for_update(
        of=("self",), skip_locked=True
    )
    proposal = waiting.select_related("plan", "case", "moving", "decided_by__organisation").order_by("pk").first()
    if proposal is not None:
        PlanProposal.objects.filter(pk=proposal.pk).update(claimed_at=at)
    return proposal


@transaction.atomic(durable=True)
def _note(proposal: PlanProposal, done: dict[str, object]) -> None:
    """Keep what came of the proposal; one that was taken back while it was booked is taken back next."""
    state = PlanProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk).state
    if proposal.state == ProposalState.ACCEPTED and done["state"] == ProposalState.BOOKED:
        done["state"] = ProposalState.UNDOING if state == ProposalState.UNDOING else ProposalState.BOOKED
    PlanProposal.objects.filter(pk=proposal.pk).update(**done, claimed_at=None)


def _still(proposal: PlanProposal) -> ProposalState:
    """What a proposal is that could not be carried out: still a proposal, or still booked."""
    return ProposalState.BOOKED if proposal.state == ProposalState.UNDOING else ProposalState.REFUSED


def _book(proposal: PlanProposal, *, at: datetime) -> dict[str, object]:
    by = _decider(proposal)
    try:
        meeting = _booked(proposal, by=by, at=at, is_confirmed=False)
    except NeedsConfirmation as asked:
        # What stood on the proposal was seen by whoever accepted it; anything else was not.
        if not set(asked.warnings) <= set(proposal.warnings):
            raise
        meeting = _booked(proposal, by=by, at=at, is_confirmed=True)
    return {"state": ProposalState.BOOKED, "meeting": meeting, "problem": "", "done_at": at}


def _booked(proposal: PlanProposal, *, by: User, at: datetime, is_confirmed: bool) -> Meeting:
    assert proposal.adviser_id is not None
    assert proposal.starts_at is not None
    assert proposal.ends_at is not None
    adviser_id, starts_at, ends_at = proposal.adviser_id, proposal.starts_at, proposal.ends_at
    if not proposal.plan.is_moving:
        booking = Booking(
            kind=MeetingKind(proposal.kind),
            adviser_id=adviser_id,
            starts_at=starts_at,
            ends_at=ends_at,
            is_confirmed=is_confirmed,
            # Somebody may have booked it by hand, or on another plan.
            owed_by=proposal.due_on,
        )
        return booking_services.book(case_id=proposal.case_id, booking=booking, by=by, at=at)
    if proposal.moving is None:
        raise Refused("Samtalen, der skulle flyttes, findes ikke længere.")
    booking = same_talk(
        proposal.moving, adviser_id=adviser_id, starts_at=starts_at, ends_at=ends_at, is_confirmed=is_confirmed
    )
    return booking_services.move(meeting_id=proposal.moving.pk, booking=booking, by=by, at=at)


def _take_back(proposal: PlanProposal, *, at: datetime) -> dict[str, object]:
    by = _decider(proposal)
    undone: dict[str, object] = {"state": ProposalState.UNDONE, "meeting": None, "problem": "", "done_at": at}
    meeting = proposal.meeting_id or _booked_unnoted(proposal)
    if meeting is None:
        return undone
    kind = "meetings.moved" if proposal.plan.is_moving else "meetings.booked"
    event = proposal.case.events.filter(kind=kind, data__meeting=meeting).order_by("pk").last()
    if event is None:
        raise Refused("Bookingen findes ikke længere i sagens historik. Ret det på sagen i stedet.")
    history_undo.undo(event_id=event.pk, by=by, at=at, asked_at=proposal.decided_at)
    return undone


def _booked_unnoted(proposal: PlanProposal) -> int | None:
    """What a worker booked that was killed before it could say so."""
    span = {"starts_at": proposal.starts_at, "ends_at": proposal.ends_at}
    booked = Meeting.objects.booked().filter(case=proposal.case_id, adviser=proposal.adviser_id, **span)
    own = booked.filter(booked_by=proposal.decided_by, booked_at__gte=proposal.plan.made_at)
    return own.values_list("pk", flat=True).first()


def _decider(proposal: PlanProposal) -> User:
    """Give who decided it. Raises Refused where that user may no longer book talks, or not in this case."""
    by = proposal.decided_by
    assert by is not None
    if not access.has(by, Permission.BOOK_MEETING):
        raise Refused(f"{by} må ikke længere booke samtaler. En anden må gøre det på sagen.")
    if not Case.objects.visible_to(by).filter(pk=proposal.case_id).exists():
        raise Refused("Sagen er ikke længere jeres, så samtalen er, som den var.")
    return by
