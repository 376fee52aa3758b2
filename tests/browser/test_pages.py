"""Every page in a browser: axe finds nothing, nothing goes wrong, nothing is too wide, and it works without script."""

from collections.abc import Callable, Iterator

import pytest

from tests import world
from tests.browser.conftest import NARROW, WIDE, Site, Visitor
from tests.test_access import PAGES, address

pytestmark = [pytest.mark.browser, pytest.mark.long]

#: The smallest screen that WCAG speaks of: 1280 pixels at 400 per cent.
SMALLEST = {"width": 320, "height": 700}

#: What is answered with a file is no page.
FILES = {
    "meetings:calendar_feed",
    "meetings:worklist_export",
    "meetings:law_changes_export",
    "meetings:overview_export",
    "meetings:overview_list_export",
    "referrals:letter",
    "cases:plan_pdf",
    "cases:post_letter",
    "cases:import_template",
    "cases:import_refused",
    "live",
    "ready",
}
#: Shown by a POST only; the address itself leads on to the page of the case.
LEADS_ON = {"cases:show_cpr"}

ADMINISTRATION = [
    "/administration/",
    "/administration/cases/act/",
    "/administration/cases/act/add/",
    "/administration/cases/act/tilstand/",
    "/administration/cases/organisation/",
    "/administration/cases/user/",
    "/administration/cases/user/add/",
    "/administration/cases/reminder/",
]


@pytest.fixture
def here(site: Site) -> world.World:
    site.move_clock(to=world.NOW)
    return world.build(world.build_office(), world.NOW, is_handed_over=False)


def pages_of(visitor: str, here: world.World) -> Iterator[str]:
    for name, page in PAGES.items():
        if page.get == 200 and page.who[visitor] == "ok" and name not in FILES | LEADS_ON | {"login"}:
            yield address(name, page, here)


#: What both are shown, axe judges on a phone for one of them and on a screen for the other.
HIS = {"adviser": [NARROW], "caseworker": [WIDE]}


@pytest.mark.parametrize("who", HIS)
def test_pages_are_sound_on_a_screen_and_on_a_phone(
    who: str, here: world.World, visitor: Callable[..., Visitor], subtests: pytest.Subtests
) -> None:
    somebody = visitor().log_in(who)
    shared = set(pages_of("adviser", here)) & set(pages_of("caseworker", here))
    for path in pages_of(who, here):
        with subtests.test(path):
            assert somebody.open(path) == 200
            assert somebody.page.locator("h1").count() == 1
            for viewport in (SMALLEST, NARROW, WIDE):
                somebody.page.set_viewport_size(viewport)
                assert somebody.fits(), f"{path} is wider than {viewport['width']} pixels"
                if viewport in (HIS[who] if path in shared else (NARROW, WIDE)):
                    somebody.judge()


def test_the_pages_of_leaders_alone_are_sound(
    here: world.World, visitor: Callable[..., Visitor], subtests: pytest.Subtests
) -> None:
    leader = visitor().log_in("leader")
    for path in sorted(set(pages_of("leader", here)) - set(pages_of("adviser", here))):
        with subtests.test(path):
            assert leader.open(path) == 200
            for viewport in (NARROW, WIDE):
                leader.page.set_viewport_size(viewport)
                assert leader.fits(), f"{path} is wider than {viewport['width']} pixels"
                leader.judge()
            # What does not fit in a phone stands as cards, so that nothing is pushed aside to be read.
            leader.page.set_viewport_size(NARROW)
            scrolled = leader.page.locator(".table--responsive-scroll").evaluate_all(
                "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.innerText)"
            )
            assert scrolled == []


def test_pages_answer_without_script(here: world.World, visitor: Callable[..., Visitor]) -> None:
    adviser = visitor(scripts=False).log_in("adviser")

    for path in pages_of("adviser", here):
        assert adviser.open(path) == 200
        assert adviser.page.locator("main h1").is_visible()


def pages_of_a_run(here: world.World) -> Iterator[str]:
    run = here.objects["law_run"]
    yield f"/administration/cases/act/{run.act_id}/gennemgange/"
    pages = f"/administration/cases/act/gennemgange/{run.public_id}/"
    yield from (pages, f"{pages}aendringer/", f"{pages}aendringer/{run.changes.order_by('pk').first().pk}/")


def test_the_administration_is_sound(
    here: world.World, visitor: Callable[..., Visitor], subtests: pytest.Subtests
) -> None:
    administrator = visitor().log_in("administrator")
    rows = ("organisation", here.office.fund), ("user", here.office.adviser)
    forms = (f"/administration/cases/{name}/{row.pk}/change/" for name, row in rows)
    for path in (*ADMINISTRATION, *forms, *pages_of_a_run(here)):
        with subtests.test(path):
            assert administrator.open(path) == 200
            for viewport in (NARROW, WIDE):
                administrator.page.set_viewport_size(viewport)
                administrator.judge()
                assert administrator.fits(), f"{path} is wider than {viewport['width']} pixels"
