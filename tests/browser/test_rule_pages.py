"""The pages of the law in a browser: wide and narrow, with a script and without."""

import pytest

from cases.models import OrganisationKind, Role
from tests import factories
from tests.browser.conftest import WIDE

pytestmark = pytest.mark.browser

TINY = {"width": 320, "height": 640}
PAGES = (
    "/regler/",
    "/regler/?day=01-08-2026",
    "/regler/?day=03-01-2019",
    "/regler/?day=32-01-2024",
    "/regler/sammenlign/",
    "/regler/sammenlign/?before=21-03-2023&after=22-03-2023",
    "/regler/vaerdi/cases.fund_responsible_months/",
    "/regler/vaerdi/referrals.counting_offer_types/",
    "/regler/love/",
    "/regler/love/a-foer-anden-delaftale/",
    "/regler/beregner/",
    "/regler/beregner/?registered_on=01-06-2022&pause_1_kind=holiday",
    "/regler/beregner/samtaleform/",
    "/regler/beregner/tilbud/",
    "/regler/beregner/indstilling/?placed_on=15-01-2024&sent_on=20-04-2024&offer_starts_on=01-05-2024",
)
WITH_DRAFT = (
    "/regler/?day=01-08-2026",
    "/regler/love/e-mere-fleksibelt-kontaktforloeb/",
    "/regler/beregner/?registered_on=03-08-2026&draft=e-mere-fleksibelt-kontaktforloeb",
)


@pytest.fixture
def people(site):
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    factories.user(organisation=fund, role=Role.ADVISER, username="adviser")
    factories.user(
        organisation=None, role=Role.ADMINISTRATOR, username="administrator", is_staff=True, is_superuser=True
    )


@pytest.mark.usefixtures("people")
def test_every_page_of_the_law_can_be_used_by_everybody(visitor):
    for username, paths in (("adviser", PAGES), ("administrator", WITH_DRAFT)):
        somebody = visitor().log_in(username)
        for path in paths:
            somebody.open(path)
            somebody.judge_wide_and_narrow()
            somebody.page.set_viewport_size(TINY)
            assert somebody.fits(), path
            somebody.page.set_viewport_size(WIDE)


@pytest.mark.usefixtures("people")
def test_a_question_is_asked_without_a_script(visitor):
    somebody = visitor(scripts=False).log_in("adviser")

    somebody.open("/regler/beregner/")
    somebody.page.get_by_label("Tilmeldt").fill("1.6.2022")
    somebody.click("button", "Beregn")

    assert "Loven kræver 9 samtaler" in somebody.page.locator("main").inner_text()
    assert "registered_on=1.6.2022" in somebody.page.url
    assert somebody.page.get_by_role("button", name="Kopiér som tekst").count() == 0


@pytest.mark.usefixtures("people")
def test_the_answer_is_copied_as_text(visitor):
    somebody = visitor().log_in("adviser")
    somebody.page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    somebody.open("/regler/beregner/indstilling/")
    somebody.click("button", "Kopiér som tekst", stays=True)
    somebody.page.get_by_text("Kopieret.").wait_for()

    copied = somebody.page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("Efter de gældende regler\nA-kassen kan sende indstillingen.")
    somebody.judge()
