"""A passkey in a browser: a device makes it, and at the next log-in answers by it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cases.models import OrganisationKind, Passkey, Role
from tests import factories
from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def anne(site: Site, visitor: Callable[..., Visitor]) -> Visitor:
    """At a computer with a device in it; no browser makes keys for an address that is a number."""
    site.url = site.url.replace("127.0.0.1", "localhost")
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    factories.user(organisation=fund, role=Role.ADVISER, username="anne")
    anne = visitor()
    device = anne.page.context.new_cdp_session(anne.page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": kind | {"automaticPresenceSimulation": True}})
    return anne


def test_a_device_makes_a_key_and_opens_the_door_by_it(anne: Visitor) -> None:
    page = anne.log_in("anne").page
    anne.open("/andet-trin/adgangsnoegle/")
    anne.judge_wide_and_narrow()
    page.get_by_label("Navn", exact=True).fill("min computer")
    page.get_by_role("button", name="Lav adgangsnøgle").press("Enter")
    expect(page.get_by_role("heading", name="Dine genopretningskoder")).to_be_visible()
    anne.judge_wide_and_narrow()
    anne.click("link", "Jeg har gemt dem. Gå videre")
    anne.judge_wide_and_narrow()
    anne.click("button", "Log ud")

    page.get_by_label("Brugernavn").fill("anne")
    page.get_by_label("Adgangskode").fill(factories.PASSWORD)
    anne.click("button", "Log ind")
    expect(page.get_by_role("heading", name="Log ind, andet trin")).to_be_visible()
    anne.judge_wide_and_narrow()
    page.get_by_role("button", name="Brug din adgangsnøgle").press("Enter")

    expect(page.get_by_role("heading", name="Arbejdsliste")).to_be_visible()
    assert Passkey.objects.get().sign_count > 0
