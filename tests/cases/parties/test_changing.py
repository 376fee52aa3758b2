"""Another municipality or a-kasse on a running case: the course stays, and what is the old party's moves."""

from datetime import date, timedelta

import pytest

from cases.handover import services as handover_services
from cases.models import Case, Reminder
from meetings.models import WorklistEntry
from meetings.planning import from_scratch
from referrals.models import OfferDuty
from tests import factories, world
from tests.cases.pages import errors, said

MOVED = "Flyttet til nabokommunen."
DAY = timedelta(days=1)


@pytest.fixture
def typed(case, office):
    return {
        "version": case.version,
        "municipality": str(office.other_municipality.public_id),
        "fund": str(office.fund.public_id),
        "on": "04-05-2026",
        "reason": MOVED,
    }


def due_days(case):
    return list(case.required_meetings.current().order_by("responsible", "number").values_list("due_on", "state"))


def fresh(case):
    return Case.objects.with_parties().select_related("handover").get(pk=case.pk)


def test_the_course_stays_and_the_old_partys_bookings_are_cancelled(page, case, office, now, typed, told_at_once):
    own = factories.book(case, office.adviser, now + 5 * DAY, at=now - DAY)
    theirs = factories.book(case, office.caseworker, now + 6 * DAY, at=now - DAY)
    Reminder.objects.filter(subject=theirs.pk).update(state="sent", closed_at=now)
    before = due_days(case)

    answer = page.post("change_parties", typed)

    assert said(answer).startswith("Sagens parter er gemt, og forløbet går videre. Jobsamtale den ")
    assert "er aflyst: borgeren har skiftet kommune eller a-kasse." in said(answer)
    case = fresh(case)
    assert (case.municipality, case.fund, case.fund_adviser) == (office.other_municipality, office.fund, office.adviser)
    assert due_days(case) == before
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (own.status, theirs.status) == ("booked", "cancelled")
    assert Reminder.objects.get(kind="meetings.cancellation").subject == theirs.pk
    entries = WorklistEntry.objects.filter(case=case).values_list("organisation", flat=True)
    assert set(entries) == {office.fund.pk, office.other_municipality.pk}
    assert list(from_scratch.differences()) == []
    text = case.events.get(kind="cases.party_changed").text
    assert f"kommune fra {office.municipality} til {office.other_municipality}" in text
    assert text.endswith(MOVED)


def test_each_party_sees_the_case_only_while_it_is_its_own(page, case, office, typed):
    address = case.get_absolute_url()
    page.post("change_parties", typed)

    assert page.client_get(address, by=office.caseworker).status_code == 404
    assert page.client_get(address, by=office.other_caseworker).status_code == 200
    case = fresh(case)
    assert not OfferDuty.objects.visible_to(office.caseworker).exists()
    assert [duty.case for duty in OfferDuty.objects.visible_to(office.other_caseworker)] == [case]
    # How the old jobcenter reached the citizen is not the new one's.
    assert case.contact_of(office.other_municipality).email == ""


def test_whoever_gives_the_case_away_goes_back_to_the_worklist(page, case, office, now, typed):
    Case.objects.filter(pk=case.pk).update(created_at=now - DAY)
    answer = page.post("change_parties", typed, by=office.caseworker)
    assert (answer.url, "er ikke længere jeres. I kan læse den" in said(answer)) == ("/", True)


def test_a_handover_is_received_anew(page, case, office, now, typed):
    world.hand_over(case, office, at=now - DAY, on=date(2026, 5, 1))
    version = fresh(case).version
    page.post("change_parties", {**typed, "version": version})

    case = fresh(case)
    assert (case.handed_over_on, case.handover.received_at) == (date(2026, 5, 1), None)
    assert list(from_scratch.differences()) == []
    handover_services.receive(case_id=case.pk, worker_id=office.other_caseworker.pk, by=office.other_caseworker, at=now)


def test_a_change_before_the_handover_is_refused_and_what_was_typed_stays(page, case, office, now, typed):
    world.hand_over(case, office, at=now - DAY, on=date(2026, 6, 1))
    answer = page.post("change_parties", {**typed, "version": fresh(case).version})
    assert "Træk overgangen tilbage først" in errors(answer)
    assert MOVED in answer.content.decode()
    assert fresh(case).municipality == office.municipality


def test_a_talk_of_the_old_party_without_outcome_comes_first_and_what_was_typed_stays(page, case, office, now, typed):
    factories.book(case, office.caseworker, now - timedelta(hours=1), at=now - DAY)
    answer = page.post("change_parties", typed)
    assert f"hos {office.municipality} mangler udfald. Registrér det først." in errors(answer)
    assert MOVED in answer.content.decode()
    assert fresh(case).municipality == office.municipality


def test_what_cannot_be_is_refused(page, case, office, typed):
    assert "er medlem af en a-kasse" in errors(page.post("change_parties", {**typed, "fund": ""}))
    assert "tilmeldt den" in errors(page.post("change_parties", {**typed, "on": "01-02-2026"}))
    assert "ligge i fremtiden" in errors(page.post("change_parties", {**typed, "on": "01-06-2026"}))
    assert "En anden har rettet" in errors(page.post("change_parties", {**typed, "version": case.version - 1}))


def test_the_way_back_is_the_same_page(page, case, office, typed):
    page.post("change_parties", typed)
    back = {**typed, "version": fresh(case).version, "municipality": str(office.municipality.public_id)}
    page.post("change_parties", back)
    assert fresh(case).municipality == office.municipality
    assert case.events.filter(kind="cases.party_changed").count() == 2


def without_fund(case, typed, on="04-05-2026"):
    """In a group that needs no a-kasse, the citizen leaves it."""
    Case.objects.filter(pk=case.pk).update(target_group=2)
    municipality = str(case.municipality.public_id)
    return {**typed, "version": fresh(case).version, "fund": "", "municipality": municipality, "on": on}


def test_who_leaves_the_a_kasse_before_the_handover_is_refused(page, case, office, now, typed):
    world.hand_over(case, office, at=now - DAY, on=date(2026, 6, 1))
    refused = errors(page.post("change_parties", without_fund(case, typed)))
    assert f"Borgeren forlader {office.fund} den 4. maj 2026, før forløbet overgår" in refused
    assert "A-kassen skal trække overgangen tilbage først" in refused
    assert fresh(case).fund == office.fund


def test_who_leaves_the_a_kasse_after_the_handover_keeps_it(page, case, office, now, typed):
    world.hand_over(case, office, at=now - DAY, on=date(2026, 5, 1))
    page.post("change_parties", without_fund(case, typed), by=office.caseworker)
    changed = fresh(case)
    assert (changed.fund, changed.handed_over_on) == (None, date(2026, 5, 1))
    assert changed.holder_on(date(2026, 5, 4)) == office.municipality
    assert case.events.get(kind="cases.party_changed").data["before"] == {"fund": office.fund.name}
