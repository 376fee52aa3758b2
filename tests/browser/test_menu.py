"""The menu of a phone, by a finger and by the keys alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from cases.models import OrganisationKind, Role
from tests import factories
from tests.browser.conftest import NARROW, Site, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def anne(site: Site, visitor: Callable[..., Visitor]) -> Visitor:
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    factories.user(organisation=fund, role=Role.ADVISER, username="anne")
    return visitor(viewport=NARROW, has_touch=True).log_in("anne")


def drawer(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Menu")


def test_the_menu_of_a_phone_opens_closes_and_leads_on_by_a_finger(anne: Visitor) -> None:
    page, menu = anne.page, drawer(anne.page)
    opener = page.get_by_role("button", name="Menu", exact=True)
    expect(menu).to_be_hidden()

    anne.tap(opener, stays=True)
    expect(menu).to_be_visible()
    anne.judge()
    assert anne.fits()
    anne.tap(menu.get_by_role("button", name="Luk menu"), stays=True)
    expect(menu).to_be_hidden()

    anne.tap(opener, stays=True)
    anne.tap(menu.get_by_role("link", name="Kalender"))
    expect(page).to_have_title(re.compile("^Kalender"))
    expect(menu).to_be_hidden()


def test_the_menu_of_a_phone_opens_closes_and_leads_on_by_the_keys_alone(anne: Visitor) -> None:
    page, menu = anne.page, drawer(anne.page)
    opener = page.get_by_role("button", name="Menu", exact=True)

    tab_to(page, opener)
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    # The keys stay within what is open.
    for _ in range(menu.locator("a, button, summary").count() + 2):
        page.keyboard.press("Tab")
        assert menu.evaluate("menu => menu.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    tab_to(page, menu.get_by_role("button", name="Luk menu"))
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    tab_to(page, menu.get_by_role("link", name="Kalender"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Kalender"))


def tab_to(page: Page, target: Locator) -> None:
    """By the keys, as far as they lead."""
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"No key leads to {target}.")


def test_the_header_fits_a_phone_without_scripts_and_before_the_font_has_come(
    site: Site, visitor: Callable[..., Visitor]
) -> None:
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    leader = factories.user(organisation=fund, role=Role.TEAM_LEADER, username="leder")
    leader.first_name, leader.last_name = "Birgitte", "Hyldekær-Lund"
    leader.save()
    somebody = visitor(viewport=NARROW, scripts=False)
    somebody.page.route("**/*.woff2", lambda route: route.abort())

    somebody.log_in("leder")

    assert somebody.fits()
