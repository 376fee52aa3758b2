"""A case that was closed opens again: what the closing stopped of offers and recommendations is named."""

from datetime import timedelta

from cases.history import undo as history_undo
from referrals.rules.lifecycle import ReferralStatus
from tests.cases.steps import close


def closed_and_undone(case, office, now):
    close(case, office, now)
    closing = case.events.get(kind="cases.closed")
    return history_undo.undo(event_id=closing.pk, by=closing.by, at=now + timedelta(minutes=1))


def test_what_a_closing_stopped_is_named_when_the_case_opens_again(sent, office, now):
    case = sent.case
    case.refresh_from_db()

    told = closed_and_undone(case, office, now + timedelta(minutes=5))

    sent.refresh_from_db()
    assert sent.status == ReferralStatus.WITHDRAWN
    assert "Det kom ikke igen med sagen: Indstilling" in told
    assert told.endswith("Registrér det på ny, hvis det stadig gælder.")
    assert case.events.get(kind="referrals.stays_stopped").text in told


def test_of_what_was_not_stopped_nothing_is_said(case, office, now):
    assert "Det kom ikke igen" not in closed_and_undone(case, office, now)
