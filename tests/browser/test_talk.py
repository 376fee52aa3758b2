"""One talk on one screen, from the worklist to the next citizen: clicks counted, with and without script."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from meetings.models import ChannelChoice, Meeting
from tests import factories
from tests.browser.conftest import NARROW, WIDE, Site, Visitor
from tests.factories import SmallOffice

pytestmark = pytest.mark.browser

MONDAY_NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def office(site: Site) -> SmallOffice:
    site.move_clock(to=MONDAY_NOON)
    return factories.small_office()


@pytest.fixture
def talks(office: SmallOffice) -> list[Meeting]:
    """Two talks of this morning, one after the other, both without an outcome."""
    found = []
    for number, name in enumerate(["Åse Østergård", "Bo Bech"]):
        citizen = factories.citizen_details(name=name, email="borger@example.dk")
        case = factories.case(office, registered_on=date(2026, 4, 20), at=MONDAY_NOON - 24 * AN_HOUR, citizen=citizen)
        starts_at = MONDAY_NOON + (number - 3) * AN_HOUR
        found.append(factories.book(case, office.adviser, starts_at, at=MONDAY_NOON - 24 * AN_HOUR))
    return found


@pytest.mark.parametrize(
    ("viewport", "scripts"), [pytest.param(WIDE, True, id="wide"), pytest.param(NARROW, False, id="narrow, no script")]
)
def test_held_noted_next_booked_and_on_to_the_next_citizen_in_six_clicks(
    viewport: dict[str, int], scripts: bool, talks: list[Meeting], visitor: Callable[..., Visitor]
) -> None:
    anne = visitor(viewport=viewport, scripts=scripts).log_in("anne")
    anne.open("/?tile=outcome")

    anne.clicks = 0
    anne.click("link", "Registrér udfald for Åse Østergård")
    expect(anne.page.get_by_role("heading", name="Aftalt sidst")).to_be_visible()
    assert anne.fits()
    if scripts:
        anne.judge()
    anne.click("radio", "Samtalen blev holdt")
    anne.click("textbox", "Notat")
    anne.page.keyboard.type("Søger job som kok inden mandag.")
    anne.click("radio", "Ja")
    anne.click("button", re.compile("^Registrér"))
    anne.click("link", "Næste på min liste")

    assert anne.clicks <= 6
    expect(anne.page.get_by_role("main")).to_contain_text("Bo Bech")
    expect(anne.page.get_by_role("heading", name="Registrér udfald")).to_be_visible()
    held, following = Meeting.objects.filter(case=talks[0].case)
    assert (held.status, held.note, following.status) == ("held", "Søger job som kok inden mandag.", "booked")


def test_the_citizens_wish_is_changed_in_the_booking_in_three_clicks_and_the_time_stays(
    talks: list[Meeting], visitor: Callable[..., Visitor]
) -> None:
    anne = visitor().log_in("anne")
    anne.open(f"/sager/{talks[0].case.public_id}/book/")
    anne.click("radio", re.compile("Vælg selv en tid"))
    anne.page.get_by_label("Dato").first.fill("12-05-2026")
    anne.page.get_by_label("Klokkeslæt").first.fill("13.30")

    anne.clicks = 0
    anne.click("radio", "Borgeren vælger nu telefon til denne samtale")
    anne.click("button", "Book samtale")

    assert anne.clicks <= 3
    expect(anne.page.get_by_role("main")).to_contain_text("tirsdag den 12. maj 2026 kl. 13.30-14.00, telefon")
    assert ChannelChoice.objects.get().channel == "telephone"
