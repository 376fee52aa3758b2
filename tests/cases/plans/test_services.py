"""Min Plan through its services: what the law of the day asks for, who writes, and what never changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cases.changing import AlreadyClosed
from cases.closing import services as closing_services
from cases.models import Event, PlanDraft, PlanVersion
from cases.plans import services as plans_services
from cases.rules.explanation import from_data
from cases.rules.plan_parts import PlanPart
from tests import factories, world

PARTS = {
    PlanPart.JOB_GOAL: "Lagermedarbejder",
    PlanPart.EDUCATION_GOAL: "Truckcertifikat",
    PlanPart.JOB_SEARCH: "To ansøgninger om ugen",
    PlanPart.OFFERS: "ingen",
    PlanPart.OTHER_EFFORTS: "ingen",
}
EFFORTS = {PlanPart.STATUS: "Praktik er begyndt", PlanPart.FOLLOW_UP: "Kurset er bestået"}


def noon(day):
    return datetime.fromisoformat(f"{day}T11:00:00+00:00")


def publish(case, by, at, version=0, **changes):
    return plans_services.publish(case_id=case.pk, parts={**PARTS, **changes}, version=version, by=by, at=at)


@pytest.fixture
def old_case(office):
    """A case of the old law, where the a-kasse makes the first version."""
    return factories.case(office, registered_on=date(2023, 3, 6), at=noon("2023-03-06"))


def test_case_14_a_plan_of_20_march_2023_without_status_on_efforts_is_refused_and_one_of_22_march_is_saved(
    office, old_case
):
    with pytest.raises(plans_services.Incomplete) as refused:
        publish(old_case, office.adviser, noon("2023-03-20"))

    assert [one.field for one in refused.value.missing] == [PlanPart.STATUS, PlanPart.FOLLOW_UP]
    assert "den 20. marts 2023" in refused.value.missing[0].text
    assert publish(old_case, office.adviser, noon("2023-03-22")).number == 1


def test_s18_s19_the_day_is_copenhagen_s(office, old_case):
    with pytest.raises(plans_services.Incomplete):
        publish(old_case, office.adviser, datetime(2023, 3, 21, 22, 59, tzinfo=UTC))

    assert publish(old_case, office.adviser, datetime(2023, 3, 21, 23, 0, tzinfo=UTC)).saved_on == date(2023, 3, 22)


def test_s18_s19_an_old_version_keeps_the_text_it_had_and_a_newer_one_does_not_have_it(office, old_case):
    old = publish(old_case, office.adviser, noon("2023-03-20"), **EFFORTS)

    # Under the old law the jobcenter has the whole course; the a-kasse makes the first version alone.
    new = publish(old_case, office.caseworker, noon("2023-03-22"), version=1, job_goal="Chauffør", **EFFORTS)

    old.refresh_from_db()
    assert old.parts[PlanPart.STATUS] == "Praktik er begyndt"
    assert set(old.parts) - set(new.parts) == {PlanPart.STATUS, PlanPart.FOLLOW_UP}
    assert any("skal også have status" in step.text for step in from_data(old.explanation))
    assert any("følger op på sin måde" in step.text for step in from_data(new.explanation))
    assert {step.act for step in from_data(new.explanation)} >= {"b-anden-delaftale-1"}


def test_case_20_the_first_version_is_the_a_kasse_s_and_the_next_one_the_holder_s(office, case, now):
    with pytest.raises(plans_services.NotTheirs, match="A-kassen laver første version"):
        publish(case, office.caseworker, now)
    publish(case, office.adviser, now)

    with pytest.raises(plans_services.NotTheirs, match="som har ansvaret den 4. maj 2026"):
        publish(case, office.caseworker, now, version=1, job_goal="Kok")

    world.hand_over(case, office, at=now)
    later = publish(case, office.caseworker, now + timedelta(hours=1), version=1, job_goal="Kok")
    assert (later.number, later.organisation) == (2, office.municipality)
    with pytest.raises(plans_services.NotTheirs):
        publish(case, office.adviser, now, version=2, job_goal="Bager")


def test_a_course_without_a_fund_has_its_plan_from_the_municipality(office, now):
    case = factories.case(office, target_group=5, by=office.caseworker)

    plan = publish(case, office.caseworker, now, stabilising_activities="Mentor en time om ugen")

    assert plan.organisation == office.municipality
    assert plan.parts[PlanPart.STABILISING] == "Mentor en time om ugen"


def test_only_what_is_asked_for_is_kept(office, case, now):
    plan = publish(case, office.adviser, now, **EFFORTS, stabilising_activities="Mentor")

    assert set(plan.parts) == set(PARTS)


def test_a_version_is_told_in_the_history_once(office, case, now):
    first = publish(case, office.adviser, now)
    again = publish(case, office.adviser, now)

    assert first == again
    event = Event.objects.get(case=case, kind="plans.published")
    assert event.text == "Min Plan, version 1, er lavet af Fagkassen."
    assert (event.by, event.data) == (office.adviser, {"number": 1})


def test_no_version_without_its_line_in_the_history(office, case, now, broken_history):
    with pytest.raises(RuntimeError):
        publish(case, office.adviser, now)

    assert not PlanVersion.objects.exists()
    assert not PlanDraft.objects.exists()


def test_what_builds_on_an_older_draft_is_refused(office, case, now):
    plans_services.write_draft(case_id=case.pk, parts={"job_goal": "Kok"}, version=0, by=office.colleague, at=now)

    with pytest.raises(plans_services.StalePlan):
        plans_services.write_draft(case_id=case.pk, parts={"job_goal": "Bager"}, version=0, by=office.adviser, at=now)
    with pytest.raises(plans_services.StalePlan):
        publish(case, office.adviser, now)
    assert PlanDraft.objects.get().parts == {"job_goal": "Kok"}


def test_the_same_draft_twice_is_saved_once(office, case, now):
    for _ in range(2):
        draft = plans_services.write_draft(case_id=case.pk, parts=PARTS, version=0, by=office.adviser, at=now)

    assert draft.version == 1


def test_a_draft_that_was_begun_before_somebody_published_is_refused(office, case, now):
    publish(case, office.adviser, now)

    with pytest.raises(plans_services.StalePlan):
        plans_services.write_draft(case_id=case.pk, parts={"job_goal": "Kok"}, version=0, by=office.adviser, at=now)


def test_a_draft_is_thrown_away_by_whoever_may_write_it(office, case, now):
    plans_services.write_draft(case_id=case.pk, parts={"job_goal": "Kok"}, version=0, by=office.adviser, at=now)

    with pytest.raises(plans_services.NotTheirs):
        plans_services.discard_draft(case_id=case.pk, by=office.caseworker, at=now)
    plans_services.discard_draft(case_id=case.pk, by=office.adviser, at=now)
    plans_services.discard_draft(case_id=case.pk, by=office.adviser, at=now)

    assert (PlanDraft.objects.get().parts, PlanDraft.objects.get().version) == (None, 2)


def test_a_closed_case_gets_no_plan(office, case, now):
    closing_services.close_case(
        case_id=case.pk, version=case.version, reason="work", closed_on=now.date(), by=office.adviser, at=now
    )

    with pytest.raises(AlreadyClosed):
        publish(case, office.adviser, now)


@pytest.mark.parametrize("sql", ["UPDATE cases_planversion SET parts = '{}'", "DELETE FROM cases_planversion"])
def test_a_version_never_changes_not_even_by_sql(office, case, now, sql):
    publish(case, office.adviser, now)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert PlanVersion.objects.get().parts["job_goal"] == "Lagermedarbejder"


def test_two_versions_cannot_have_one_number(office, case, now):
    plan = publish(case, office.adviser, now)
    plan.pk = None

    with pytest.raises(DatabaseError), transaction.atomic():
        plan.save(force_insert=True)
