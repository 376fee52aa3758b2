"""A course passes from a-kasse to jobcenter."""

from datetime import date
from decimal import Decimal

import pytest

from cases.changing import HandoverRefused, StaleForm, WrongParty
from cases.handover import services as handover_services
from cases.intake import services as intake_services
from cases.intake.new_case import CourseDetails
from cases.models import Case, Handover
from cases.models.cases import HandoverSource
from tests import factories
from tests.cases.steps import PLACED, new_case


def hand_over(case, office, now, on=date(2026, 6, 1), by=None, **changes):
    fields = {"hours": Decimal("420"), "source": HandoverSource.PAYOUT, "note": "Se timerne."}
    return handover_services.hand_over(case_id=case.pk, on=on, by=by or office.adviser, at=now, **{**fields, **changes})


def test_the_fund_hands_over_and_the_jobcenter_receives(case, office, now):
    hand_over(case, office, now)
    handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    case = Case.objects.with_parties().get(pk=case.pk)
    assert case.municipality_from == date(2026, 6, 1)
    assert case.municipality_caseworker == office.caseworker
    assert (case.handover.handed_over_by, case.handover.received_by) == (office.adviser, office.caseworker)


def test_handing_over_and_receiving_twice_changes_nothing_twice(case, office, now):
    for _ in range(2):
        hand_over(case, office, now)
    for _ in range(2):
        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    assert Handover.objects.count() == 1
    assert case.events.filter(kind__in=["cases.handed_over", "cases.received"]).count() == 2


def test_a_handover_is_refused_for_what_is_wrong_with_it(case, office, now):
    with pytest.raises(HandoverRefused, match="a-kassen, der overgiver"):
        hand_over(case, office, now, by=office.caseworker)
    with pytest.raises(HandoverRefused, match="tidligst"):
        hand_over(case, office, now, on=date(2026, 4, 12))
    with pytest.raises(StaleForm):
        hand_over(case, office, now, version=case.version - 1)
    with pytest.raises(HandoverRefused, match="ikke overgivet"):
        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    hand_over(case, office, now)

    with pytest.raises(HandoverRefused, match="allerede overgivet"):
        hand_over(case, office, now, on=date(2026, 6, 2))
    with pytest.raises(HandoverRefused, match="jobcentret, der modtager"):
        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.adviser, at=now)
    with pytest.raises(WrongParty):
        handover_services.receive(case_id=case.pk, worker_id=office.adviser.pk, by=office.caseworker, at=now)

    handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    second = factories.user(organisation=office.municipality, role=office.caseworker.role)
    with pytest.raises(HandoverRefused, match="allerede modtaget"):
        handover_services.receive(case_id=case.pk, worker_id=second.pk, by=office.caseworker, at=now)


def test_a_course_that_is_the_jobcenters_from_the_beginning_is_not_handed_over(office, now):
    old = factories.case(office, registered_on=date(2023, 12, 1))
    without_fund = intake_services.open_case(
        new=new_case(
            office, course=CourseDetails(registered_on=PLACED, placed_on=PLACED, target_group=2), fund_id=None
        ),
        by=office.caseworker,
        at=now,
    )

    with pytest.raises(HandoverRefused, match="Jobcentret har ansvaret i hele forløbet"):
        hand_over(old, office, now)
    with pytest.raises(HandoverRefused, match="ingen a-kasse"):
        hand_over(without_fund, office, now)


def test_no_handover_is_kept_when_its_history_fails(case, office, now, broken_history):
    with pytest.raises(RuntimeError):
        hand_over(case, office, now)

    assert not Handover.objects.exists()
