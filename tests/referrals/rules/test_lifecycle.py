from itertools import product

import pytest

from cases.rules.facts import Party
from referrals.rules.lifecycle import (
    DECIDED,
    OFFER_MOVES,
    PENDING,
    REFERRAL_MOVED_BY,
    REFERRAL_MOVES,
    DecisionSent,
    MoveNotAllowed,
    OfferMove,
    OfferStatus,
    ReferralMove,
    ReferralStatus,
    offer_status_after,
    referral_status_after,
)


@pytest.mark.parametrize(("status", "move"), list(product(ReferralStatus, ReferralMove)))
def test_every_move_of_a_referral_leads_where_the_table_says_or_is_refused_in_words(status, move):
    by = REFERRAL_MOVED_BY[move]
    if (status, move) in REFERRAL_MOVES:
        assert referral_status_after(status, move, by=by) == REFERRAL_MOVES[status, move]
    else:
        with pytest.raises(MoveNotAllowed, match=f"Indstillingen er {status.label} og kan derfor"):
            referral_status_after(status, move, by=by)


@pytest.mark.parametrize(("status", "move"), list(product(OfferStatus, OfferMove)))
def test_every_move_of_an_offer_leads_where_the_table_says_or_is_refused_in_words(status, move):
    if (status, move) in OFFER_MOVES:
        assert offer_status_after(status, move, by=Party.MUNICIPALITY) == OFFER_MOVES[status, move]
    else:
        with pytest.raises(MoveNotAllowed, match=f"Tilbuddet er {status.label} og kan derfor ikke"):
            offer_status_after(status, move, by=Party.MUNICIPALITY)


@pytest.mark.parametrize(("status", "move"), list(REFERRAL_MOVES))
def test_the_other_party_makes_none_of_a_referrals_moves(status, move):
    mover = REFERRAL_MOVED_BY[move]
    other = Party.FUND if mover == Party.MUNICIPALITY else Party.MUNICIPALITY

    with pytest.raises(MoveNotAllowed, match="Indstillingen kan kun .* af (a-kassen|jobcentret)"):
        referral_status_after(status, move, by=other)


@pytest.mark.parametrize(("status", "move"), list(OFFER_MOVES))
def test_the_fund_makes_none_of_an_offers_moves(status, move):
    with pytest.raises(MoveNotAllowed, match="af jobcentret, også i a-kassens måneder"):
        offer_status_after(status, move, by=Party.FUND)


def test_the_fund_sends_and_withdraws_and_the_municipality_does_the_rest():
    assert {move for move, party in REFERRAL_MOVED_BY.items() if party == Party.FUND} == {
        ReferralMove.SEND,
        ReferralMove.WITHDRAW,
    }


@pytest.mark.parametrize("status", DECIDED)
def test_a_decision_can_be_taken_back_until_it_is_sent(status):
    undone = referral_status_after(status, ReferralMove.UNDO, by=Party.MUNICIPALITY, is_decision_sent=False)

    assert undone == ReferralStatus.ASSESSED
    with pytest.raises(DecisionSent, match="er sendt"):
        referral_status_after(status, ReferralMove.UNDO, by=Party.MUNICIPALITY, is_decision_sent=True)


def test_nothing_is_decided_after_a_withdrawal():
    for move in (ReferralMove.GRANT, ReferralMove.REJECT):
        with pytest.raises(MoveNotAllowed, match="Indstillingen er trukket tilbage"):
            referral_status_after(ReferralStatus.WITHDRAWN, move, by=Party.MUNICIPALITY)


def test_what_is_pending_is_at_the_jobcenter_and_undecided():
    assert set(PENDING) == set(ReferralStatus) - set(DECIDED) - {ReferralStatus.DRAFT, ReferralStatus.WITHDRAWN}


def test_a_wrong_start_or_end_can_be_taken_back_and_a_cancelled_offer_cannot():
    assert {status for (status, move) in OFFER_MOVES if move == OfferMove.UNDO} == {
        OfferStatus.STARTED,
        OfferStatus.ENDED,
    }


def test_every_move_has_its_mover():
    assert set(REFERRAL_MOVED_BY) == set(ReferralMove)
