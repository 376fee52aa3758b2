"""Min Plan on its pages: read by both, written by one, compared, printed, and refused with what was typed kept."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessLog, PlanDraft, PlanVersion
from cases.plans import services as plans_services
from cases.ui.case_tabs import Tab
from tests import factories, world
from tests.cases.pages import errors, said, url

PARTS = {
    "job_goal": "Lagermedarbejder",
    "education_goal": "Truckcertifikat",
    "job_search": "To ansøgninger om ugen",
    "offers": "ingen",
    "other_efforts": "ingen",
}


@pytest.fixture
def make(office, case, now):
    """Publish a version of the case's plan."""

    def publish(by=office.adviser, subject=case, at=now, **changes):
        version = PlanDraft.objects.filter(case=subject).values_list("version", flat=True).first() or 0
        return plans_services.publish(case_id=subject.pk, parts={**PARTS, **changes}, version=version, by=by, at=at)

    return publish


def typed(version=0, **changes):
    return {"version": version, **PARTS, "publish": "1", **changes}


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_without_a_plan_the_page_says_who_makes_it_and_what_it_will_hold(page):
    text = text_of(page.get("plan"))

    assert "Der er ingen plan endnu." in text
    assert "A-kassen laver første version af Min Plan ved den første jobsamtale." in text
    assert "Begynd planen" in text
    assert "<li>jobmål</li>" in text
    assert "status på igangsatte indsatser</li>" not in text


def test_the_first_version_is_written_and_read_by_both_parties(page, office, case):
    answer = page.post("plan_write", typed())

    assert answer.url == url("plan", case)
    assert "Min Plan, version 1, er gemt." in said(answer)
    text = text_of(page.get("plan", by=office.caseworker))
    assert "Truckcertifikat" in text
    assert "Ret planen" not in text
    assert "som har ansvaret" in text or "laver første version" in text


def test_a_demanded_part_that_is_empty_is_refused_with_the_rule_and_what_was_typed_stays(page):
    answer = page.post("plan_write", typed(offers=" "))

    assert "skal have tilbud (LAB § 41, stk. 2, nr. 1-4 og 6)" in errors(answer)
    assert list(answer.context["form"].errors) == ["offers"]
    assert "Truckcertifikat" in answer.content.decode()
    assert not PlanVersion.objects.exists()


@pytest.mark.parametrize(("day", "is_asked"), [("2023-03-21", True), ("2023-03-22", False)])
def test_status_and_follow_up_are_asked_for_until_22_march_2023(page, office, day, is_asked):
    moment = datetime.fromisoformat(f"{day}T10:00:00+00:00")
    with time_machine.travel(moment, tick=False):
        case = factories.case(office, registered_on=date(2023, 3, 6), at=moment)
        answer = page.post("plan_write", typed(), subject=case)

    assert "begun_efforts_status" in answer.context["form"].fields if is_asked else answer.status_code == 302
    if is_asked:
        assert "skal have status på igangsatte indsatser" in errors(answer)
        assert "skal have opfølgning på afsluttede indsatser" in errors(answer)
    assert PlanVersion.objects.filter(case=case).exists() is not is_asked


def test_a_draft_is_saved_while_it_is_written_and_goes_when_it_is_published(page, case):
    saved = page.post("plan_autosave", typed(job_goal="Chauffør", offers=""))
    assert saved.json() == {"text": "Kladde gemt 10.00", "version": 1}
    assert "Chauffør" in text_of(page.get("plan_write"))
    assert "Skriv videre på kladden" in text_of(page.get("plan"))

    by_hand = page.post("plan_write", {"version": 1, "job_goal": "Bud", "save": "1"})
    assert "Kladden er gemt kl. 10.00." in said(by_hand)
    assert not PlanVersion.objects.exists()

    page.post("plan_discard", {})
    assert PlanDraft.objects.get(case=case).parts is None
    assert "Bud" not in text_of(page.get("plan_write"))


def test_a_draft_with_a_cpr_number_is_not_saved(page):
    answer = page.post("plan_autosave", typed(job_goal="Ring til 120385-1234"))

    assert answer.status_code == 422
    assert "CPR-nummer" in answer.json()["text"]
    assert not PlanDraft.objects.exists()


def test_an_autosave_that_builds_on_an_older_draft_is_refused(page):
    page.post("plan_autosave", typed())

    answer = page.post("plan_autosave", typed(job_goal="Andet"))

    assert answer.status_code == 409
    assert "En anden har gemt Min Plan" in answer.json()["text"]


def test_a_form_opened_before_somebody_else_published_is_refused_and_shows_the_difference(page, make):
    make(job_goal="Kok")

    answer = page.post("plan_write", typed(job_goal="Bager"))

    assert "En anden har gemt Min Plan" in errors(answer)
    text = text_of(answer)
    assert "Der står nu: <strong>Kok</strong>. Du har skrevet: <strong>Bager</strong>." in text
    assert 'name="version" value="1"' in text
    assert page.post("plan_write", typed(version=1, job_goal="Bager")).status_code == 302


def test_the_party_without_the_course_sees_why_it_does_not_write(page, office, make):
    make()

    text = text_of(page.get("plan_write", by=office.caseworker))
    answer = page.post("plan_write", typed(version=1, job_goal="Bager"), by=office.caseworker)

    assert "Det er ikke jer, der skriver planen nu" in text
    assert "<textarea" not in text
    assert "som har ansvaret den 4. maj 2026" in errors(answer)
    assert "Bager" in answer.content.decode()
    assert page.post("plan_discard", {}, by=office.caseworker).status_code == 302


def test_an_older_version_is_read_as_it_was_and_two_are_compared(page, make, case):
    make()
    make(job_goal="Lagermedarbejder eller chauffør", offers="Virksomhedspraktik i fire uger")

    old = page.client_get(reverse("cases:plan_version", args=[case.public_id, 1]))
    assert "Det er en ældre version." in text_of(old)
    assert "Chauffør" not in text_of(old)
    text = text_of(page.get("plan_compare"))
    assert '<span aria-hidden="true">+</span><ins><span class="sr-only">Tilføjet: </span> eller chauffør</ins>' in text
    assert '<span aria-hidden="true">−</span><del><span class="sr-only">Fjernet: </span>ingen</del>' in text
    assert "Ændret siden version 1: jobmål, tilbud." in text_of(page.get("plan"))
    turned = page.client_get(url("plan_compare", case) + "?fra=2&til=1")
    assert (turned.context["old"].number, turned.context["new"].number) == (1, 2)


def test_one_version_has_nothing_to_be_compared_with(page, make):
    make()

    assert "Der er ikke to versioner endnu." in text_of(page.get("plan_compare"))


def test_a_version_is_made_as_tagged_pdf_and_logged(page, make, case):
    make()

    answer = page.client_get(reverse("cases:plan_pdf", args=[case.public_id, 1]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="min-plan-{case.label}-1.pdf"'
    assert b"/StructTreeRoot" in answer.content
    assert AccessLog.objects.filter(route="cases:plan_pdf", cases=[case.pk], purpose="effort").count() == 1


def test_a_version_that_cannot_be_put_on_paper_is_not_saved(page, case):
    unknown = "".join(map(chr, range(0x12000, 0x12064)))

    answer = page.post("plan_write", typed(job_goal=unknown))

    assert not case.plan_versions.exists()
    assert "Teksten kan ikke sættes som brev, så intet er gemt" in text_of(answer)
    assert unknown in text_of(answer)


def test_a_version_that_is_not_there_is_not_found(page, make, case):
    make()

    for name in ("plan_version", "plan_pdf"):
        assert page.client_get(reverse(f"cases:{name}", args=[case.public_id, 2])).status_code == 404


def test_the_jobcenter_s_own_way_of_following_up_is_shown_and_nothing_is_asked_for(page, office, make):
    make()
    assert "dokumenterer opfølgning" not in text_of(page.get("plan"))

    office.municipality.follow_up_way, office.municipality.follow_up_note = "own_form", "skema 4"
    office.municipality.save()

    assert "Jobcenter Solby dokumenterer opfølgning i sit eget skema: skema 4." in text_of(page.get("plan"))
    assert page.post("plan_write", typed(version=1, job_goal="Bager")).status_code == 302


def test_the_plan_stands_on_the_page_of_the_case(page, log_in, office, case, make):
    assert "Der er ingen plan endnu." in text_of(log_in(office.adviser).get(Tab.PLAN.url_of(case.public_id)))
    make()
    assert "Version 1, lavet den 4. maj 2026 af Fagkassen." in text_of(
        log_in(office.adviser).get(Tab.PLAN.url_of(case.public_id))
    )


@pytest.mark.parametrize("name", ["plan", "plan_compare"])
def test_more_versions_cost_no_more_queries(page, make, name):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            page.get(name)
        return len(caught)

    make(job_goal="Et")
    make(job_goal="To")
    page.get(name)
    few = queries()
    for number in range(4):
        make(job_goal=f"Mål {number}")

    assert queries() == few


def test_after_the_handover_the_jobcenter_goes_on_with_the_plan(page, office, case, make, now):
    make()
    world.hand_over(case, office, at=now.astimezone(UTC))

    answer = page.post("plan_write", typed(version=1, job_goal="Kok"), by=office.caseworker)

    assert answer.status_code == 302
    assert case.plan_versions.get(number=2).organisation == office.municipality
    assert "som har ansvaret" in errors(page.post("plan_write", typed(version=2, job_goal="Bager")))
