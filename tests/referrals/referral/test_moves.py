"""Whatever the two parties do, in any order: the states follow the table, and nothing else changes anything."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cases.reminders import delivery as reminders_delivery
from cases.rules.undo_time import UNDO_WITHIN
from referrals.changing import NotYours
from referrals.models import Referral
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.rules.lifecycle import (
    DECIDED,
    REFERRAL_MOVED_BY,
    REFERRAL_MOVES,
    MoveNotAllowed,
    ReferralMove,
    ReferralStatus,
)
from tests.examples import asked
from tests.referrals.steps import PROPOSAL, REASONS
from tests.transactions import around_services

# Asked for what already is, these change nothing and refuse nothing.
_AGAIN = {
    (ReferralStatus.SENT, ReferralMove.SEND),
    (ReferralStatus.SEEN, ReferralMove.SEND),
    (ReferralStatus.ASSESSED, ReferralMove.SEND),
    (ReferralStatus.SEEN, ReferralMove.SEE),
    (ReferralStatus.ASSESSED, ReferralMove.SEE),
    (ReferralStatus.GRANTED, ReferralMove.GRANT),
    (ReferralStatus.REJECTED, ReferralMove.REJECT),
    (ReferralStatus.WITHDRAWN, ReferralMove.WITHDRAW),
}


class Parties(RuleBasedStateMachine):
    """An adviser and a caseworker at the same referral, with the post going out now and then."""

    office = case = now = None

    @initialize()
    def draft(self):
        self.atomic = around_services()
        self.atomic.__enter__()
        self.at = self.now
        self.expected, self.is_told = ReferralStatus.DRAFT, False
        self.pk = referral_writing.write_draft(
            case_id=self.case.pk, proposal=PROPOSAL, version=0, by=self.office.adviser, at=self.at
        ).pk

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(move=st.sampled_from(ReferralMove), is_fund=st.booleans())
    def make(self, move, is_fund):
        by = self.office.adviser if is_fund else self.office.caseworker
        may = REFERRAL_MOVED_BY[move] == by.organisation.party
        is_again = (self.expected, move) in _AGAIN
        is_barred = move == ReferralMove.UNDO and self.is_told
        after = REFERRAL_MOVES.get((self.expected, move))
        try:
            self.call(move, by)
        except (MoveNotAllowed, NotYours):
            assert not may or is_barred or (after is None and not is_again)
        else:
            assert may
            assert not is_barred
            assert after is not None or is_again
            if after is not None:
                self.expected = after

    def call(self, move, by):
        given = {"referral_id": self.pk, "by": by, "at": self.at}
        version = Referral.objects.values_list("version", flat=True).get(pk=self.pk)
        match move:
            case ReferralMove.SEND:
                referral_writing.send(version=version, **given)
            case ReferralMove.SEE:
                referral_deciding.mark_seen(**given)
            case ReferralMove.ASSESS:
                referral_deciding.assess(assessment=f"Vurdering {version}", version=version, **given)
            case ReferralMove.GRANT:
                referral_deciding.grant(reasons=REASONS, version=version, **given)
            case ReferralMove.REJECT:
                referral_deciding.reject(reasons=REASONS, version=version, **given)
            case ReferralMove.WITHDRAW:
                referral_writing.withdraw(reason="Ikke længere aktuelt.", **given)
            case ReferralMove.UNDO:
                referral_deciding.undo_decision(reason="Fejl.", **given)

    @rule()
    def post_goes_out(self):
        self.at += UNDO_WITHIN + timedelta(minutes=1)
        for receiver in reminders_delivery.sweep(at=self.at):
            reminders_delivery.deliver(receiver, at=self.at)
        self.is_told = self.expected in DECIDED

    @invariant()
    def the_row_is_as_expected(self):
        if hasattr(self, "pk"):
            assert Referral.objects.get(pk=self.pk).status == self.expected


@pytest.mark.hypothesis
def test_any_order_of_moves_follows_the_table(office, case, now):
    machine = type("Parties", (Parties,), {"office": office, "case": case, "now": now})

    run_state_machine_as_test(machine, settings=settings(max_examples=asked(20), stateful_step_count=12))
