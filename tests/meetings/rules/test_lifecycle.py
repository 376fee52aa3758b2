from itertools import product

import pytest

from meetings.rules.lifecycle import MOVES, MeetingStatus, Move, MoveNotAllowed, status_after


@pytest.mark.parametrize(("status", "move"), list(product(MeetingStatus, Move)))
def test_every_move_leads_where_the_table_says_or_is_refused_in_words(status, move):
    if (status, move) in MOVES:
        assert status_after(status, move) == MOVES[status, move]
    else:
        with pytest.raises(MoveNotAllowed, match=f"Samtalen er {status.label} og kan derfor ikke"):
            status_after(status, move)


def test_a_cancelled_or_moved_meeting_is_at_its_end():
    assert {status for status, _ in MOVES} == {MeetingStatus.BOOKED, MeetingStatus.HELD, MeetingStatus.MISSED}


def test_a_wrong_outcome_can_be_taken_back():
    assert status_after(MeetingStatus.HELD, Move.REOPEN) == MeetingStatus.BOOKED
    assert status_after(MeetingStatus.MISSED, Move.REOPEN) == MeetingStatus.BOOKED


@pytest.mark.parametrize("status", [MeetingStatus.HELD, MeetingStatus.MISSED])
def test_a_meeting_that_never_was_is_withdrawn(status):
    assert status_after(status, Move.WITHDRAW) == MeetingStatus.CANCELLED
