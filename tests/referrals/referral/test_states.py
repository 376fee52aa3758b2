"""The states of a referral: the database knows the same moves, moments and persons as the rules."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from cases.models import Reminder
from referrals.changing import StaleReferral
from referrals.models import Referral
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.rules.lifecycle import REFERRAL_MOVED_BY, REFERRAL_MOVES, MoveNotAllowed, ReferralMove, ReferralStatus
from tests import factories
from tests.referrals.steps import PROPOSAL, REASONS


def in_state(referral, status, *, office, now):
    """The row in a state as the application would have left it, without its services."""
    moments = {
        "sent": status != ReferralStatus.DRAFT,
        "seen": status in ("seen", "assessed", "granted", "rejected"),
        "assessed": status == "assessed",
        "decided": status in ("granted", "rejected"),
        "withdrawn": status == "withdrawn",
    }
    values = {"considerations": "", "legal_basis": "", "withdrawal_reason": "", "decision_number": 0}
    if status in ("granted", "rejected"):
        values |= {"considerations": "Hensyn", "legal_basis": "LAB", "decision_number": 1}
    if status == "withdrawn":
        values["withdrawal_reason"] = "Grund"
    for name, is_set in moments.items():
        values |= {f"{name}_at": now if is_set else None, f"{name}_by": office.adviser if is_set else None}
    return Referral(
        **{
            **{name: getattr(referral, name) for name in ("case", "offer_type", "starts_on", "written_by", "saved_at")},
            **values,
            "status": str(status),
        }
    )


_REACHABLE = {(before, after) for (before, _), after in REFERRAL_MOVES.items()}


@pytest.mark.parametrize("before", ReferralStatus)
@pytest.mark.parametrize("after", ReferralStatus)
def test_the_database_knows_the_same_moves(office, draft, now, before, after):
    referral_writing.discard_draft(referral_id=draft.pk, by=office.adviser)
    row = in_state(draft, before, office=office, now=now)
    row.save()
    other = in_state(draft, after, office=office, now=now)
    names = [f"{step}_{what}" for step in ("sent", "seen", "assessed", "decided", "withdrawn") for what in ("at", "by")]
    texts = ("considerations", "legal_basis", "withdrawal_reason", "decision_number", "status")
    wanted = {name: getattr(other, name) for name in (*names, *texts)}

    def change():
        with transaction.atomic():
            Referral.objects.filter(pk=row.pk).update(**wanted)

    if before == after or (before, after) in _REACHABLE:
        change()
    else:
        with pytest.raises(ProgrammingError, match="Invalid transition"):
            change()


@pytest.mark.parametrize(
    ("status", "change", "constraint"),
    [
        ("rejected", {"considerations": " "}, "rejected_referral_has_reasons"),
        ("rejected", {"legal_basis": ""}, "rejected_referral_has_reasons"),
        ("rejected", {"decided_by": None}, "decided_referral_has_decider"),
        ("granted", {"decided_at": None, "decided_by": None}, "referral_status_has_its_moments"),
        ("sent", {"starts_on": None}, "sent_referral_names_its_offer"),
        ("sent", {"sent_by": None}, "sent_referral_has_sender"),
        ("seen", {"seen_by": None}, "seen_referral_has_reader"),
        ("assessed", {"assessed_by": None}, "assessed_referral_has_assessor"),
        ("withdrawn", {"withdrawal_reason": ""}, "withdrawn_referral_has_reason"),
        ("draft", {"sent_at": "2026-05-04T08:00Z"}, "referral_status_has_its_moments"),
    ],
)
def test_no_state_is_without_its_moment_its_person_and_its_reasons(office, draft, now, status, change, constraint):
    referral_writing.discard_draft(referral_id=draft.pk, by=office.adviser)
    row = in_state(draft, ReferralStatus(status), office=office, now=now)
    row.save()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(**change)


def test_the_database_keeps_one_pending_referral_for_an_offer(office, sent, now):
    other = in_state(sent, ReferralStatus.SENT, office=office, now=now)

    with pytest.raises(IntegrityError, match="one_pending_referral_per_offer"), transaction.atomic():
        other.save()


def test_every_move_belongs_to_one_party():
    assert set(REFERRAL_MOVED_BY) == set(ReferralMove)


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_make_one_decision(office, now):
    case = factories.case(office)
    draft = referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
    sent = referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now)
    seen = referral_deciding.mark_seen(referral_id=sent.pk, by=office.caseworker, at=now)
    start, outcomes = threading.Barrier(2), []

    def decide(service):
        try:
            start.wait()
            service(referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.caseworker, at=now)
            outcomes.append("decided")
        except (MoveNotAllowed, StaleReferral):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=[one]) for one in (referral_deciding.grant, referral_deciding.reject)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decided", "refused"]
    assert Reminder.objects.filter(kind__startswith="referrals.decision_to").count() == 2
