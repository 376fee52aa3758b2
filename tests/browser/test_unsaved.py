"""Nothing typed is lost in a browser: a page left in the middle, and a session that ends; without script too."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Route, expect

from cases.models import OrganisationKind, Role, UnsavedForm
from tests import factories
from tests.browser.conftest import Site, Visitor
from tests.factories import Parties

pytestmark = pytest.mark.browser

MONDAY_MORNING = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
NOTE = "Ringer torsdag\n<om> praktikken & kurset"


@pytest.fixture
def address(site: Site) -> str:
    """The page on which the adviser writes to the jobcenter."""
    site.move_clock(to=MONDAY_MORNING)
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    municipality = factories.organisation(kind=OrganisationKind.MUNICIPALITY, name="Jobcenter Solby")
    adviser = factories.user(organisation=fund, role=Role.ADVISER, username="anne")
    office = Parties(fund=fund, municipality=municipality, adviser=adviser)
    return reverse("cases:hand_over", args=[factories.case(office, at=MONDAY_MORNING).public_id])


def test_a_page_that_is_left_has_its_draft_when_it_is_opened_again(
    address: str, visitor: Callable[..., Visitor]
) -> None:
    anne = visitor().log_in("anne")
    note = anne.page.get_by_label("Besked til jobcentret")
    anne.open(address)
    note.fill(NOTE)
    expect(anne.page.get_by_text("Kladde gemt kl.")).to_be_visible(timeout=15_000)
    anne.judge_wide_and_narrow()

    anne.open(address)

    expect(anne.page.get_by_role("heading", name="Du har en kladde fra kl.")).to_be_visible()
    expect(note).to_have_value(NOTE)
    anne.judge_wide_and_narrow()
    anne.click("button", "Kassér kladde", stays=True)
    expect(note).to_have_value("")


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_a_session_that_ends_in_the_middle_loses_nothing(
    address: str, visitor: Callable[..., Visitor], scripts: bool
) -> None:
    anne = visitor(scripts=scripts).log_in("anne")
    note = anne.page.get_by_label("Besked til jobcentret")
    anne.open(address)
    note.fill(NOTE)
    Session.objects.all().delete()

    anne.click("button", "Overgiv forløbet")
    expect(anne.page.get_by_text("det, du skrev, står der endnu")).to_be_visible()
    anne.page.get_by_label("Brugernavn").fill("anne")
    anne.page.get_by_label("Adgangskode").fill(factories.PASSWORD)
    anne.click("button", "Log ind")

    expect(anne.page.get_by_role("heading", name="Det blev ikke gemt")).to_be_visible()
    expect(note).to_have_value(NOTE)


def test_the_draft_of_a_long_form_is_kept_too(address: str, visitor: Callable[..., Visitor]) -> None:
    anne = visitor().log_in("anne")
    note = anne.page.get_by_label("Besked til jobcentret")
    anne.open(address)
    # More fields, as a large form has them.
    note.evaluate("""field => field.form.append(
        Object.assign(document.createElement("input"), {type: "hidden", name: "more", value: "x".repeat(90_000)})
    )""")

    note.fill(NOTE)

    expect(anne.page.locator(".draft-status")).to_contain_text("Kladde gemt kl.", timeout=15_000)


def test_a_draft_that_is_on_its_way_when_the_form_is_sent_leaves_no_ghost(
    address: str, visitor: Callable[..., Visitor]
) -> None:
    anne = visitor().log_in("anne")
    page = anne.page
    anne.open(address.replace("/overgang/", "/ret/"))
    posted: list[str] = []
    held: list[Route] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.route("**/kladder/gem/", lambda route: held.append(route))
    with page.expect_request("**/kladder/gem/", timeout=15_000):
        page.get_by_label("Begrundelse").fill(NOTE)

    anne.click("button", "Gem", stays=True)
    assert len(posted) == 1, "the form overtook its draft"

    [draft] = held
    with page.expect_navigation():
        draft.fulfill(response=draft.fetch())
    expect(page.get_by_text("Oplysningerne er gemt.")).to_be_visible()
    assert not UnsavedForm.objects.exists()
