"""What the rules refuse is seen: told before and after, and named by the health of the law."""

from datetime import date, timedelta

import pytest

from cases.history import events as history_events
from cases.law import health as law_health
from cases.models import Case, Citizen
from cases.rules.rule_book import NotInForce
from meetings.models import ChangeKind, LawRun
from meetings.planning import judgement as planning_judgement
from referrals.offers import duty as offers_duty
from tests import factories
from tests.meetings.law.runs.acts import EARLIER, TODAY, dues, preview, publish, to_the_end, told
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def case(office):
    return factories.case(office, at=EARLIER, registered_on=date(2026, 4, 20))


@pytest.fixture
def wrong(case):
    Citizen.objects.filter(pk=case.citizen_id).update(born_on=date(2026, 5, 1))
    return case


def test_before_and_after_alike_without_a_fact_of_the_person(office, author, draft, wrong):
    seen = preview(draft, author)
    publish(draft, office)
    to_the_end()

    done = LawRun.objects.get(kind="replan")
    assert told(seen) == told(done)
    change = done.changes.get()
    assert (change.kind, change.key) == (ChangeKind.UNPLANNED, "plan")
    assert (change.organisation, change.worker) == (office.fund, office.adviser)
    assert change.text == "Planen kan ikke beregnes efter loven og står, som den gjorde. Kontrollér sagens oplysninger."


def test_what_the_law_lacks_is_told_in_its_own_words(author, draft, case, monkeypatch):
    def refuse(**_):
        raise NotInForce("meetings.young_meetings", date(2026, 6, 1))

    monkeypatch.setattr(planning_judgement, "judgement_of", refuse)

    change = preview(draft, author).changes.get()

    assert change.text.endswith("Ingen lov i kraft den 1. juni 2026 fastsætter »meetings.young_meetings«.")


def test_to_the_jobcenter_where_the_course_has_passed(office, author, draft, wrong):
    Case.objects.filter(pk=wrong.pk).update(
        municipality_from=date(2026, 5, 1), municipality_caseworker=office.caseworker
    )

    change = preview(draft, author).changes.get()

    assert (change.organisation, change.worker) == (office.municipality, office.caseworker)


def test_a_failure_that_is_not_the_rules_own_is_told_in_danish(author, draft, case, monkeypatch):
    monkeypatch.setattr(planning_judgement, "judgement_of", lambda **_: date(2026, 2, 30))

    change = preview(draft, author).changes.get()

    assert change.text == "Planen kan ikke beregnes efter loven og står, som den gjorde. Kontrollér sagens oplysninger."


def test_a_deadline_of_offers_that_cannot_be_told_holds_up_no_plan(office, author, draft, case, monkeypatch):
    def refuse(**_):
        raise ValueError

    monkeypatch.setattr(offers_duty, "offer_due", refuse)
    before = case.offer_duty.due_on

    publish(draft, office)
    to_the_end()

    run = LawRun.objects.get()
    unplanned = run.changes.get(kind=ChangeKind.UNPLANNED)
    assert (unplanned.key, unplanned.about) == ("offer_duty", "Fristen for tilbud")
    # Offers are the jobcenter's alone.
    assert unplanned.organisation == office.municipality
    assert len(dues(case)) == 6
    case.offer_duty.refresh_from_db()
    assert case.offer_duty.due_on == before


def test_the_health_of_the_law_names_them_until_they_are_put_right(office, draft, case):
    def found():
        return [one.text for one in law_health.findings(on=TODAY, at=NOW) if one.code == "cases_unplanned"]

    right = case.citizen.born_on
    Citizen.objects.filter(pk=case.citizen_id).update(born_on=date(2026, 5, 1))
    publish(draft, office)
    assert found() == []
    to_the_end()

    assert found() == [f"1 sag kunne ikke planlægges efter »{draft}« og har stadig den gamle plan."]

    Citizen.objects.filter(pk=case.citizen_id).update(born_on=right)
    history_events.record(case=case, kind="cases.corrected", by=None, at=NOW + timedelta(hours=1), text="Rettet.")
    assert found() == []
    assert len(dues(case)) == 6
