"""A meeting that was held without a booking, from the case to its receipt: clicks counted, with and without script."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from cases.models import Case
from meetings.models import Meeting
from tests import factories
from tests.browser.conftest import NARROW, WIDE, Site, Visitor
from tests.factories import SmallOffice

pytestmark = pytest.mark.browser

MONDAY_NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def office(site: Site) -> SmallOffice:
    site.move_clock(to=MONDAY_NOON)
    return factories.small_office()


@pytest.fixture
def case(office: SmallOffice) -> Case:
    citizen = factories.citizen_details(name="Åse Østergård", email="aase@example.dk")
    return factories.case(office, registered_on=date(2026, 4, 13), at=MONDAY_NOON, citizen=citizen)


@pytest.mark.parametrize(
    ("viewport", "scripts"), [pytest.param(WIDE, True, id="wide"), pytest.param(NARROW, False, id="narrow, no script")]
)
def test_an_unplanned_talk_is_entered_in_six_clicks_from_the_case(
    viewport: dict[str, int], scripts: bool, case: Case, site: Site, visitor: Callable[..., Visitor]
) -> None:
    anne = visitor(viewport=viewport, scripts=scripts).log_in("anne")
    anne.open(case.get_absolute_url())
    expect(anne.page.get_by_text(re.compile("dage? over")).first).to_be_visible()

    anne.clicks = 0
    anne.click("link", "Registrér holdt samtale")
    anne.click("textbox", "Klokkeslæt")
    anne.page.keyboard.type("10.00")
    anne.click("radio", "Telefon")
    anne.click("radio", "Samtalen blev holdt")
    anne.click("radio", "Ja")
    assert anne.fits()
    if scripts:
        anne.judge()
    anne.click("button", "Registrér samtalen")

    assert anne.clicks <= 6
    main = anne.page.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"Den opfylder kravet om 1\. jobsamtale"))
    expect(main).not_to_contain_text(re.compile("dage? over"))
    assert anne.fits()
    if scripts:
        anne.judge()
    anne.open(f"/sager/{case.public_id}/samtaler/")
    expect(main).to_contain_text("Registreret efter samtalen")
    meeting = Meeting.objects.get()
    assert (meeting.status, meeting.channel, meeting.is_unbooked) == ("held", "telephone", True)
    # Nobody is invited to what was held.
    assert site.mails() == []
