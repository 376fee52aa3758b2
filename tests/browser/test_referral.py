"""A referral in a browser: from the draft that saves itself to a rejection with its letters; then one granted."""

import base64
import io
import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cases.models import Case
from referrals.models import Referral
from referrals.rules.lifecycle import ReferralStatus
from tests import factories
from tests.browser.conftest import Site, Visitor
from tests.factories import SmallOffice

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker_and_beat")]

MONDAY_MORNING = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
CONSIDERATIONS = "Vi har lagt vægt på, at butikken ikke søger medarbejdere."


@pytest.fixture
def office(site: Site) -> SmallOffice:
    site.move_clock(to=MONDAY_MORNING)
    return factories.small_office()


@pytest.fixture
def case(office: SmallOffice) -> Case:
    citizen = factories.citizen_details(name="Åse Østergård", email="aase@example.dk")
    return factories.case(office, registered_on=date(2026, 4, 13), at=MONDAY_MORNING, citizen=citizen)


def picture(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants to look."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def fill_in(page: Page, *, offer: str) -> None:
    page.get_by_label("Hvilket tilbud foreslår I?").select_option(label=offer)
    page.get_by_label("Første dag").fill("01-06-2026")
    page.get_by_label("Antal uger").fill("4")
    page.get_by_label("Hvad har I sammen vurderet?").fill("Borgeren har gavn af at prøve branchen af.")
    page.get_by_label("Borgeren er enig i indstillingen").check()


def test_from_draft_to_rejection_and_then_one_granted(
    office: SmallOffice, case: Case, site: Site, visitor: Callable[..., Visitor]
) -> None:
    write = f"/indstillinger/ny/{case.public_id}/"
    anne = visitor().log_in("anne")
    page = anne.page

    # The draft saves itself, and is there when the page is opened again.
    anne.follow(page.get_by_role("link", name="Åse Østergård").first)
    anne.follow(page.get_by_role("link", name="Plan og tilbud"))
    anne.follow(page.get_by_role("link", name="Skriv indstilling"))
    fill_in(page, offer="Virksomhedspraktik")
    expect(page.get_by_text(re.compile(r"Kladde gemt \d\d\.\d\d"))).to_be_visible(timeout=15_000)
    anne.judge()
    anne.open(write)
    expect(page.get_by_label("Antal uger")).to_have_value("4")
    picture(page, "write")
    page.get_by_label("Borgeren er enig i indstillingen").uncheck()
    anne.follow(page.get_by_role("button", name="Send til jobcentret"))
    expect(page.get_by_text("Indstillingen kan kun sendes, når borgeren er enig").first).to_be_visible()
    anne.judge()
    page.get_by_label("Borgeren er enig i indstillingen").check()
    anne.follow(page.get_by_role("button", name="Send til jobcentret"))
    expect(page.get_by_text("Indstillingen er sendt til Jobcenter Solby.", exact=True)).to_be_visible()
    anne.judge()
    picture(page, "sent")

    # The jobcenter takes it up, and cannot reject it without reasons.
    jens = visitor().log_in("jens")
    desk = jens.page
    jens.follow(desk.get_by_role("link", name="Indstillinger").first)
    jens.judge()
    picture(desk, "inbox")
    jens.follow(desk.get_by_role("link", name="Åse Østergård"))
    jens.follow(desk.get_by_role("button", name="Tag indstillingen"))
    jens.follow(desk.get_by_role("link", name="Afvis"))
    with desk.expect_response(lambda response: response.request.method == "POST"):
        desk.get_by_label("Regler, afgørelsen bygger på").fill("")
        desk.get_by_label("Regler, afgørelsen bygger på").press("Tab")
    jens.follow(desk.get_by_role("button", name="Afvis"))
    expect(desk.get_by_text("skriv hovedhensynene bag afgørelsen").first).to_be_visible()
    jens.judge()

    # Both letters show what is typed.
    desk.get_by_label("Regler, afgørelsen bygger på").fill("LAB kapitel 11")
    desk.get_by_label("Hvad har borgeren sagt til det?").fill("Borgeren havde ingen bemærkninger.")
    desk.get_by_label("Hovedhensyn").fill(CONSIDERATIONS)
    desk.get_by_label("Hovedhensyn").press("Tab")
    for letter in ("Brev til borgeren", "Underretning til a-kassen"):
        expect(desk.get_by_role("region", name=letter).get_by_text(CONSIDERATIONS)).to_be_visible()
    jens.judge()
    picture(desk, "reject")
    desk.set_viewport_size({"width": 390, "height": 844})
    assert jens.fits()
    picture(desk, "reject-phone")
    desk.set_viewport_size({"width": 1280, "height": 900})
    jens.follow(desk.get_by_role("button", name="Afvis"))
    expect(desk.get_by_text("Indstillingen er ikke lukket")).to_be_visible()
    expect(desk.get_by_role("link", name="Gør afgørelsen om")).to_be_visible()
    jens.judge()
    picture(desk, "rejected")

    # After the time for undoing both letters go, and the member's is read as text.
    site.move_clock(to=MONDAY_MORNING + timedelta(minutes=20))
    folder = site.folder / "post" / "digital-post"
    file = site.wait_for("The letter", lambda: next(iter(folder.glob("*.xml")), None) if folder.exists() else None)
    pdf = base64.b64decode(ElementTree.parse(file).findall(".//{*}AdditionalDocument//{*}content")[0].text or "")
    member = " ".join(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages).split())
    for part in (CONSIDERATIONS, "LAB kapitel 11", "Du kan klage over afgørelsen", "forvaltningsloven § 22"):
        assert part in member
    site.wait_for("The notice", lambda: site.mails_that_say("nderretning"))
    notice = anne.page.request.get(f"{site.url}{desk.url.removeprefix(site.url)}brev/a-kasse/").body()
    fund = " ".join(PdfReader(io.BytesIO(notice)).pages[0].extract_text().split())
    assert CONSIDERATIONS in fund
    assert "klage" not in fund
    site.wait_for("Both letters", lambda: not Referral.objects.untold().exists())
    desk.reload()
    expect(desk.get_by_text("Indstillingen er ikke lukket")).not_to_be_visible()
    expect(desk.get_by_text("Borgeren kan klage til og med den 1. juni 2026.")).to_be_visible()
    jens.judge()
    picture(desk, "told")

    # A second one is granted.
    anne.open(write)
    fill_in(page, offer="Løntilskud")
    anne.follow(page.get_by_role("button", name="Send til jobcentret"))
    jens.follow(desk.get_by_role("link", name="Indstillinger").first)
    jens.follow(desk.get_by_role("link", name="Åse Østergård"))
    jens.follow(desk.get_by_role("button", name="Tag indstillingen"))
    jens.follow(desk.get_by_role("link", name="Bevilg"))
    jens.judge()
    jens.follow(desk.get_by_role("button", name="Bevilg"))
    expect(desk.get_by_role("heading", name="Afgørelse: bevilget")).to_be_visible()
    jens.judge()
    page.reload()
    expect(page.get_by_role("heading", name="Afgørelse: bevilget")).to_be_visible()
    anne.judge()
    assert set(Referral.objects.values_list("status", flat=True)) == {ReferralStatus.REJECTED, ReferralStatus.GRANTED}
