"""An office that leaves a case and comes back hears what was not said to it meanwhile, also if the other was told."""

from datetime import timedelta

import pytest
from django.core import mail

from cases.models import Case, Reminder
from cases.parties import services as parties_services
from tests.test_who_is_told import TOLD, delivered, sent, swept

MINUTE = timedelta(minutes=1)

#: Those that are about one case and can wait while its party changes: a talk without outcome lets nobody go, and a
#: handover that is still to come keeps its municipality.
OTHERS = {"meetings.law_changed", "meetings.list_job", "meetings.outcome_missing", "cases.handover_mended"}
KINDS = sorted(set(TOLD) - OTHERS)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path


def changed(case, office, party, to, *, at):
    case = Case.objects.get(pk=case.pk)
    parties = {"fund_id": case.fund_id, "municipality_id": case.municipality_id, f"{party}_id": to.pk}
    told = {"on": at.date(), "reason": "Skiftet.", "by": office.caseworker, "at": at}
    parties_services.change_parties(case_id=case.pk, version=case.version, **parties, **told)


def run(at):
    delivered(swept(at), at)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_other_told", [False, True])
def test_who_comes_back_is_told(office, now, kind, is_other_told):
    make, worker = TOLD[kind]
    at = make(office, now)
    receivers = swept(at)
    case = Reminder.objects.filter(kind=kind).latest("pk").case
    party, own, other = {
        "adviser": ("fund", office.fund, office.other_fund),
        "caseworker": ("municipality", office.municipality, office.other_municipality),
    }[worker]
    changed(case, office, party, other, at=at)
    delivered(receivers, at)
    if is_other_told:
        for minute in (1, 2):
            run(at + minute * MINUTE)
    changed(case, office, party, own, at=at + 3 * MINUTE)

    for minute in (3, 4, 5):
        run(at + minute * MINUTE)
    again = len(mail.outbox)
    run(at + 6 * MINUTE)

    assert len(mail.outbox) == again
    assert {getattr(one, "organisation", one) for one in sent(kind)} >= {own}


@pytest.mark.parametrize(("days", "is_told"), [(80, True), (100, False)])
def test_who_comes_back_after_three_months_is_told_no_more(office, now, days, is_told):
    make, _ = TOLD["meetings.no_show_notice"]
    at = make(office, now)
    case = Reminder.objects.filter(kind="meetings.no_show_notice").latest("pk").case
    receivers = swept(at)
    changed(case, office, "municipality", office.other_municipality, at=at)
    delivered(receivers, at)
    later = at + timedelta(days=days)
    changed(case, office, "municipality", office.municipality, at=later)

    run(later)
    run(later + MINUTE)

    assert bool(sent("meetings.no_show_notice")) == is_told


def test_who_was_told_before_is_not_told_again(office, now):
    make, _ = TOLD["referrals.decision_to_fund"]
    at = make(office, now)
    run(at)
    assert sent("referrals.decision_to_fund") == {office.adviser}
    case = Reminder.objects.filter(kind="referrals.decision_to_fund").latest("pk").case
    changed(case, office, "fund", office.other_fund, at=at)
    run(at + MINUTE)
    changed(case, office, "fund", office.fund, at=at + MINUTE)
    run(at + 2 * MINUTE)
    assert Reminder.objects.filter(kind="referrals.decision_to_fund").count() == 1
