"""Whatever the parties do with an offer, in any order: the states follow the table, in the services and in SQL."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cases.rules.period import Period
from referrals.models import Offer, OfferDuty
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from referrals.rules.lifecycle import OFFER_MOVES, MoveNotAllowed, OfferMove, OfferStatus
from tests.examples import asked
from tests.transactions import around_services

FIRST = date(2026, 4, 20)
TERMS = Terms("internship", Period(FIRST, FIRST + timedelta(days=14)), "Solby Bageri", "99000104")
#: Asked for what already is, these change nothing and refuse nothing.
_AGAIN = {
    (OfferStatus.STARTED, OfferMove.START),
    (OfferStatus.ENDED, OfferMove.END),
    (OfferStatus.CANCELLED, OfferMove.CANCEL),
}


def granted(case, office, now):
    return offers_services.grant(case_id=case.pk, terms=TERMS, granted_on=FIRST, by=office.caseworker, at=now)


def make(move, pk, *, by, at):
    version = Offer.objects.values_list("version", flat=True).get(pk=pk)
    given = {"offer_id": pk, "version": version, "by": by, "at": at}
    match move:
        case OfferMove.START:
            offers_services.start(first_day=FIRST, **given)
        case OfferMove.END:
            offers_services.end(last_day=FIRST + timedelta(days=13), **given)
        case OfferMove.CANCEL:
            offers_services.cancel(reason="Virksomheden lukker.", **given)
        case OfferMove.UNDO:
            offers_services.undo(reason="Fejl.", **given)


def brought_to(status, case, office, now):
    offer = granted(case, office, now)
    ways = {OfferStatus.STARTED: ["start"], OfferStatus.ENDED: ["start", "end"], OfferStatus.CANCELLED: ["cancel"]}
    for move in ways.get(status, []):
        make(OfferMove(move), offer.pk, by=office.caseworker, at=now)
    offer.refresh_from_db()
    assert offer.status == status
    return offer


class Parties(RuleBasedStateMachine):
    """A caseworker and an adviser at the same offer."""

    office = case = now = None

    @initialize()
    def grant(self):
        self.atomic = around_services()
        self.atomic.__enter__()
        self.expected = OfferStatus.GRANTED
        self.pk = granted(self.case, self.office, self.now).pk

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(move=st.sampled_from(OfferMove), is_fund=st.booleans())
    def make_a_move(self, move, is_fund):
        by = self.office.adviser if is_fund else self.office.caseworker
        after, is_again = OFFER_MOVES.get((self.expected, move)), (self.expected, move) in _AGAIN
        try:
            make(move, self.pk, by=by, at=self.now)
        except (MoveNotAllowed, offers_services.NotYours):
            assert is_fund or (after is None and not is_again)
        else:
            assert not is_fund
            assert after is not None or is_again
            self.expected = after or self.expected

    @invariant()
    def the_rows_are_as_expected(self):
        if hasattr(self, "pk"):
            assert Offer.objects.get(pk=self.pk).status == self.expected
            duty = OfferDuty.objects.get(case=self.case)
            assert duty.fulfilled_by_id == (None if self.expected == OfferStatus.CANCELLED else self.pk)


@pytest.mark.hypothesis
def test_any_order_of_moves_follows_the_table(office, case, now):
    machine = type("Parties", (Parties,), {"office": office, "case": case, "now": now})

    run_state_machine_as_test(machine, settings=settings(max_examples=asked(20), stateful_step_count=10))


# What each state must say of its moments, as somebody would write it by hand.
_MOMENTS = {
    OfferStatus.GRANTED: "started_at = null, started_by_id = null, ended_at = null, ended_by_id = null",
    OfferStatus.STARTED: "started_at = granted_at, started_by_id = granted_by_id, ended_at = null, ended_by_id = null",
    OfferStatus.ENDED: "started_at = granted_at, started_by_id = granted_by_id, "
    "ended_at = granted_at, ended_by_id = granted_by_id",
    OfferStatus.CANCELLED: "started_at = null, started_by_id = null, ended_at = null, ended_by_id = null, "
    "cancelled_at = granted_at, cancelled_by_id = granted_by_id, cancel_reason = 'x'",
}


@pytest.mark.parametrize(("before", "after"), list(product(OfferStatus, OfferStatus)))
def test_sql_makes_the_moves_of_the_table_and_no_other(before, after, case, office, now):
    offer = brought_to(before, case, office, now)
    allowed = before == after or (before, after) in {(one, OFFER_MOVES[one, move]) for one, move in OFFER_MOVES}
    statement = f"update referrals_offer set status = %s, {_MOMENTS[after]} where id = %s"

    def move():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [str(after), offer.pk])

    if allowed:
        move()
        assert Offer.objects.get(pk=offer.pk).status == after
    else:
        with pytest.raises(ProgrammingError, match="Invalid transition"):
            move()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("status = 'started'", "offer_status_has_its_moments"),
        ("cancelled_at = granted_at", "offer_status_has_its_moments"),
        ("span = 'empty'", "offer_has_its_days"),
        ("span = '(,2026-05-01)'", "offer_has_its_days"),
        ("granted_on = '2026-04-21'", "offer_granted_before_it_starts"),
        ("employer_cvr = ''", "offer_names_its_employer"),
        ("employer = ' '", "offer_names_its_employer"),
        ("cancel_reason = 'x'", "cancelled_offer_has_reason"),
    ],
)
def test_the_database_refuses_nonsense(change, constraint, case, office, now):
    offer = granted(case, office, now)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update referrals_offer set {change} where id = %s", [offer.pk])
