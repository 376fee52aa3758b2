"""A referral in each state, made the way the application makes it."""

import pytest

from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.referral.deciding import Reasons
from tests.referrals.steps import PROPOSAL, REASONS


@pytest.fixture
def draft(office, case, now):
    return referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)


@pytest.fixture
def sent(office, draft, now):
    return referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now)


@pytest.fixture
def seen(office, sent, now):
    return referral_deciding.mark_seen(referral_id=sent.pk, by=office.caseworker, at=now)


@pytest.fixture
def rejected(office, seen, now):
    return referral_deciding.reject(
        referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.caseworker, at=now
    )


@pytest.fixture
def granted(office, seen, now):
    return referral_deciding.grant(
        referral_id=seen.pk,
        reasons=Reasons(legal_basis=REASONS.legal_basis),
        version=seen.version,
        by=office.caseworker,
        at=now,
    )
