"""Min Plan, the aim and the municipality's duties in a browser: wide and narrow, with a script and without."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.documents import services as documents_services
from cases.models import PlanDraft, PlanVersion
from cases.plans import aim_services
from cases.plans import services as plans_services
from cases.rules.aim import Aim
from cases.rules.municipal_duties import YearlyDuty
from tests import factories, world

pytestmark = pytest.mark.browser

PARTS = {
    "job_goal": "Lagermedarbejder",
    "education_goal": "Truckcertifikat",
    "job_search": "To ansøgninger om ugen",
    "offers": "ingen",
    "other_efforts": "ingen",
}


@pytest.fixture
def here(site):
    """An office with a case in the a-kasse's months, a young person of the jobcenter's, and an old document."""
    office = world.build_office()
    office.municipality.follow_up_way = "own_form"
    office.municipality.save()
    now = datetime.now(UTC)
    office.case = factories.case(office, at=now - timedelta(days=10))
    office.young = factories.case(
        office,
        registered_on=date(2023, 10, 2),
        target_group=4,
        by=office.caseworker,
        citizen=factories.citizen_details(born_on=date(2004, 5, 5)),
    )
    grounds = aim_services.Grounds(aim=Aim.EDUCATION, decided_on=date(2023, 11, 1))
    aim_services.decide(case_id=office.young.pk, grounds=grounds, number=0, by=office.caseworker, at=now)
    details = documents_services.DocumentDetails(
        YearlyDuty.EMPLOYMENT_PLAN, 2022, "Beskæftigelsesplan 2022", date(2022, 1, 25), text="Flere skal i job."
    )
    office.document = documents_services.add_document(details=details, by=office.caseworker, at=now)
    return office


def publish(here, version, **changes):
    parts = {**PARTS, **changes}
    plans_services.publish(case_id=here.case.pk, parts=parts, version=version, by=here.adviser, at=datetime.now(UTC))


def test_every_page_can_be_used_by_everybody(visitor, here):
    case, young = (f"/sager/{one.public_id}" for one in (here.case, here.young))
    adviser = visitor().log_in("adviser")
    for path in (f"{case}/min-plan/", f"{case}/min-plan/sammenlign/"):
        see(adviser, path)
    publish(here, 0)
    publish(here, 1, offers="Virksomhedspraktik i fire uger", job_goal="Lagermedarbejder eller chauffør")
    for path in ("/", "/skriv/", "/1/", "/sammenlign/"):
        see(adviser, f"{case}/min-plan{path}")
    see(adviser, f"{case}/")

    caseworker = visitor().log_in("caseworker")
    for path in (
        f"{case}/min-plan/skriv/",
        f"{case}/maal/",
        f"{young}/maal/",
        f"{young}/",
        "/kommunens-opgaver/",
        "/kommunens-opgaver/?dag=21-03-2023",
        "/kommunens-opgaver/ny/",
        here.document.get_absolute_url(),
    ):
        see(caseworker, path)
    caseworker.open(f"{young}/maal/")
    caseworker.page.get_by_label("Job", exact=True).first.check()
    caseworker.click("button", "Gem afgørelse")
    assert "Begrund, hvorfor indsatsen rettes mod job" in caseworker.page.locator("main").inner_text()
    caseworker.judge_wide_and_narrow()


def see(somebody, path):
    somebody.open(path)
    somebody.judge_wide_and_narrow()


def test_a_plan_is_written_refused_and_saved_without_a_script(visitor, here):
    adviser = visitor(scripts=False).log_in("adviser")
    adviser.open(f"/sager/{here.case.public_id}/plan/")
    adviser.click("link", "Se, hvem der laver den, og hvornår")
    adviser.click("link", "Begynd planen")
    adviser.page.get_by_label("Jobmål", exact=True).fill("Lagermedarbejder")
    adviser.click("button", "Gem første version")

    text = adviser.page.locator("main").inner_text()
    assert "skal have tilbud (LAB § 41" in text
    assert adviser.page.get_by_label("Jobmål", exact=True).input_value() == "Lagermedarbejder"
    for label in ("Job- og uddannelsesmål", "Aftaler om og krav til jobsøgning", "Tilbud", "Andre aftalte indsatser"):
        adviser.page.get_by_label(label, exact=True).fill("ingen")
    adviser.click("button", "Gem første version")

    assert "Min Plan, version 1, er gemt." in adviser.page.locator("main").inner_text()
    assert PlanVersion.objects.get().parts["job_goal"] == "Lagermedarbejder"


def test_a_draft_saves_itself_while_it_is_written(visitor, here, site):
    adviser = visitor().log_in("adviser")
    adviser.open(f"/sager/{here.case.public_id}/min-plan/skriv/")
    adviser.page.get_by_label("Jobmål", exact=True).fill("Chauffør")

    saved = site.wait_for("The draft", PlanDraft.objects.filter(version=1).first)

    assert saved.parts["job_goal"] == "Chauffør"
    adviser.page.get_by_text("Kladde gemt").wait_for()
    adviser.click("button", "Gem kladde")
    assert "Kladden er gemt" in adviser.page.locator("main").inner_text()
    adviser.judge()
