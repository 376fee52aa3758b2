import pytest

from referrals.rules.decision import (
    DEMANDED_PARTS,
    ReasonPart,
    closing,
    decision_due,
    demanded_reasons,
    may_contact_citizen,
    missing_reasons,
    rejection_recipients,
    waiting_days,
)
from referrals.rules.lifecycle import Recipient, ReferralStatus
from referrals.rules.parameters import DECISION_DAYS, REASONS_REQUIRED_ON_REJECTION, REJECTION_RECIPIENTS
from tests.law import BOOK, act, day, shipped_and

WITH_A_LIMIT = shipped_and(act("2025-01-01", {DECISION_DAYS: "14"}, slug="x"))


@pytest.mark.parametrize(
    ("received_on", "own_days", "book", "due_on", "is_binding"),
    [
        pytest.param("2024-02-10", None, BOOK, None, False, id="neither law nor municipality: only its age"),
        pytest.param("2024-02-10", 21, BOOK, "2024-03-02", False, id="the municipality's own limit reminds"),
        pytest.param("2024-12-31", None, WITH_A_LIMIT, None, False, id="the day before an act sets a limit"),
        pytest.param("2025-01-01", None, WITH_A_LIMIT, "2025-01-15", True, id="the day it does"),
        pytest.param("2025-01-01", 14, WITH_A_LIMIT, "2025-01-15", True, id="the same day: the law's binds"),
        pytest.param("2025-01-01", 13, WITH_A_LIMIT, "2025-01-14", False, id="a stricter limit of its own"),
        pytest.param("2025-01-01", 0, WITH_A_LIMIT, "2025-01-01", False, id="the same day"),
    ],
)
def test_by_when_a_referral_is_decided(received_on, own_days, book, due_on, is_binding):
    answer = decision_due(received_on=day(received_on), own_days=own_days, book=book)

    assert (str(answer.due_on) if answer.due_on else None, answer.is_binding) == (due_on, is_binding)
    assert len(answer.why) == 1


def test_the_age_of_a_referral_is_in_days():
    assert waiting_days(received_on=day("2024-02-10"), today=day("2024-02-10")) == 0
    assert waiting_days(received_on=day("2024-02-10"), today=day("2024-03-01")) == 20


def test_a_rejection_holds_the_rules_and_the_main_considerations_and_the_facts_where_they_mattered():
    whole = {ReasonPart.LEGAL_BASIS: "LAB § 100", ReasonPart.CONSIDERATIONS: "Ingen pladser"}

    def missing(**changed):
        return [
            one.field for one in missing_reasons(decided_on=day("2024-02-20"), reasons={**whole, **changed}, book=BOOK)
        ]

    assert missing() == []
    assert missing(legal_basis="") == ["legal_basis"]
    assert missing(considerations=" ") == ["considerations"]
    assert "forvaltningsloven § 22" in missing_reasons(decided_on=day("2024-02-20"), reasons={}, book=BOOK)[0].text


def test_the_day_of_the_decision_decides_reasons_and_recipients():
    book = shipped_and(
        act("2025-01-01", {REASONS_REQUIRED_ON_REJECTION: "false", REJECTION_RECIPIENTS: "citizen"}, slug="x")
    )

    assert missing_reasons(decided_on=day("2024-12-31"), reasons={}, book=book)
    assert not missing_reasons(decided_on=day("2025-01-01"), reasons={}, book=book)
    assert rejection_recipients(decided_on=day("2024-12-31"), book=book) == (Recipient.CITIZEN, Recipient.FUND)
    assert rejection_recipients(decided_on=day("2025-01-01"), book=book) == (Recipient.CITIZEN,)
    assert rejection_recipients(decided_on=day("2023-12-31"), book=book) == ()


@pytest.mark.parametrize("status", ReferralStatus)
def test_whatever_it_became_nobody_is_untold_when_all_have_been_told(status):
    told = (Recipient.CITIZEN, Recipient.FUND)

    answer = closing(status=status, decided_on=day("2024-02-20"), told=told, book=BOOK)

    assert (answer.untold, answer.warning) == ((), "")


@pytest.mark.parametrize(("on", "is_allowed"), [("2023-12-31", False), ("2024-01-01", True)])
def test_s43_the_jobcenter_may_contact_the_citizen_from_act_c(on, is_allowed):
    answer = may_contact_citizen(on=day(on), book=BOOK)

    assert answer.is_allowed is is_allowed
    assert answer.why[0].act is not None


def test_the_parts_that_are_demanded_are_parts_of_the_reasons():
    assert set(DEMANDED_PARTS) < set(ReasonPart)


def test_whether_the_citizen_was_heard_is_demanded_of_every_rejection_beside_what_the_act_of_its_day_demands():
    demanded = demanded_reasons(decided_on=day("2024-02-20"), book=BOOK)

    assert [one.field for one in demanded] == [*DEMANDED_PARTS, "party_consultation"]
    assert "forvaltningsloven § 19" in demanded[-1].text
