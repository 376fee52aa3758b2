"""An internship from the page of a case to saved, counted; and the pages of offers, with script and without."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from cases.models import Case
from cases.rules.period import Period
from referrals.models import Offer
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from tests import factories
from tests.browser.conftest import NARROW, Site, Visitor
from tests.factories import SmallOffice

pytestmark = pytest.mark.browser

MONDAY_MORNING = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)


@pytest.fixture
def office(site: Site) -> SmallOffice:
    site.move_clock(to=MONDAY_MORNING)
    return factories.small_office()


@pytest.fixture
def case(office: SmallOffice) -> Case:
    citizen = factories.citizen_details(name="Åse Østergård", email="aase@example.dk")
    return factories.case(office, registered_on=date(2026, 4, 27), at=MONDAY_MORNING, citizen=citizen)


def fill(visitor: Visitor, label: str, text: str) -> None:
    """One click into the field, counted, and the text."""
    visitor.clicks += 1
    visitor.page.get_by_label(label, exact=True).fill(text)


def test_an_internship_is_registered_in_at_most_ten_clicks(
    office: SmallOffice, case: Case, visitor: Callable[..., Visitor]
) -> None:
    jens = visitor().log_in("jens")
    jens.open(f"/sager/{case.public_id}/plan/")
    jens.judge()

    jens.clicks = 0
    jens.click("link", "Registrér tilbud")
    jens.judge()
    jens.click("radio", "Virksomhedspraktik")
    fill(jens, "Første dag", "11-05-2026")
    fill(jens, "Sidste dag (frivilligt)", "07-06-2026")
    fill(jens, "CVR-nummer", "99000104")
    fill(jens, "Navn", "Solby Bageri")
    jens.click("button", "Bevilg tilbuddet")

    expect(jens.page.get_by_role("main")).to_contain_text("Det tæller som ret- og pligttilbud.")
    assert jens.clicks <= 10
    assert Offer.objects.get().counts
    jens.judge()


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_guidance_is_warned_of_and_the_pages_stand(
    scripts: bool, office: SmallOffice, case: Case, visitor: Callable[..., Visitor]
) -> None:
    terms = Terms("internship", Period(date(2026, 5, 4), date(2026, 6, 1)), "Solby Bageri", "99000104")
    offer = offers_services.grant(
        case_id=case.pk, terms=terms, granted_on=date(2026, 5, 4), by=office.caseworker, at=MONDAY_MORNING
    )
    offers_services.start(
        offer_id=offer.pk,
        first_day=date(2026, 5, 4),
        version=1,
        by=office.caseworker,
        at=MONDAY_MORNING + timedelta(minutes=5),
    )
    jens = visitor(viewport=NARROW, scripts=scripts).log_in("jens")
    page = jens.page

    jens.open(f"/tilbud/ny/{case.public_id}/")
    page.get_by_label("Øvrig vejledning og opkvalificering").check()
    page.get_by_label("Første dag", exact=True).fill("11-05-2026")
    page.get_by_label("Sidste dag (frivilligt)", exact=True).fill("07-06-2026")
    if scripts:
        page.get_by_label("CVR-nummer", exact=True).focus()
        expect(page.locator("#svar")).to_contain_text("Det kan virksomhedspraktik")
    jens.follow(page.get_by_role("button", name="Bevilg tilbuddet"))
    expect(page.get_by_role("main")).to_contain_text("tæller ikke som ret- og pligttilbud. Det kan virksomhedspraktik")
    jens.follow(page.get_by_role("button", name="Bevilg tilbuddet alligevel"))
    expect(page.get_by_role("main")).to_contain_text("Det tæller ikke som ret- og pligttilbud.")

    for path in ("/tilbud/", "/tilbud/?del=i-gang", "/tilbud/overblik/", f"/tilbud/{offer.public_id}/"):
        assert jens.open(path) == 200
        if scripts:
            jens.judge()
            assert jens.fits(), path
