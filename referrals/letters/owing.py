"""The letters that tell citizen and a-kasse of a decision: owed with it, and sent when it can no longer be undone."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cases.models import Reminder, ReminderState, User
from cases.reminders import owing as reminders_owing
from cases.reminders.receivers import receiver_at
from cases.rules.facts import Party
from referrals.changing import lock, tell
from referrals.models import Referral
from referrals.models.referrals import DECISION_KINDS
from referrals.rules.lifecycle import MoveNotAllowed, Recipient

#: The letters that a person brought in another way than ours.
BY_HAND = "på anden måde"


def owe_letters(referral: Referral, *, at: datetime) -> None:
    """Owe citizen and a-kasse the decision, in the caller's transaction; owed already, it is not owed twice."""
    case = referral.case
    receivers: dict[Recipient, dict[str, int | None]] = {Recipient.CITIZEN: {}}
    if case.fund is not None:
        receivers[Recipient.FUND] = receiver_at(case.fund, case, at=at)
    for recipient, receiver in receivers.items():
        reminders_owing.owe(
            kind=DECISION_KINDS[recipient],
            case_id=case.pk,
            subject=referral.pk,
            version=referral.decision_number,
            at=at,
            due_at=referral.undo_until,
            **receiver,
        )


@transaction.atomic(durable=True)
def tell_by_hand(*, referral_id: int, recipient: Recipient, how: str, by: User, at: datetime) -> Referral:
    """Record that a letter that could not be sent has been given in another way, on paper for example."""
    referral = lock(referral_id, by=by, party=Party.MUNICIPALITY)
    if not referral.is_decided:
        raise MoveNotAllowed("Indstillingen er ikke afgjort, så der er intet brev at give.")
    rows = list(letters_of(referral).filter(kind=DECISION_KINDS[recipient]).select_for_update())
    # What was owed an a-kasse that has left stays skipped.
    rows.sort(key=lambda row: row.state == ReminderState.SKIPPED)
    if any(row.is_gone for row in rows):
        return referral
    if at < referral.undo_until:
        raise MoveNotAllowed("Vent, til fortrydelsesfristen er gået, før brevet gives på en anden måde.")
    for row in rows[:1]:
        row.state, row.route, row.outcome, row.closed_at = ReminderState.SENT, BY_HAND, "Givet af en medarbejder.", at
        row.save(update_fields=["state", "route", "outcome", "closed_at"])
    who = {Recipient.CITIZEN: "Borgeren", Recipient.FUND: "A-kassen"}[recipient]
    tell(referral, "referrals.told_by_hand", f"{who} har fået afgørelsen på anden måde: {how}", by=by, at=at)
    return referral


def told(referral: Referral) -> dict[Recipient, Reminder]:
    """The letters of the decision that have reached their recipient."""
    sent = {row.kind: row for row in letters_of(referral).gone()}
    return {recipient: sent[kind] for recipient, kind in DECISION_KINDS.items() if kind in sent}


def letters_of(referral: Referral) -> Any:
    kinds = list(DECISION_KINDS.values())
    return Reminder.objects.filter(kind__in=kinds, subject=referral.pk, version=referral.decision_number)
