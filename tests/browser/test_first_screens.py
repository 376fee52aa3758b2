"""The two screens of the day in a browser: twenty rows of work in sight, and a case whose bar and places stay."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from meetings.models import Meeting
from meetings.rules.kinds import Channel
from tests import factories, world
from tests.browser.conftest import NARROW, Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def here(site: Site) -> world.World:
    site.move_clock(to=world.NOW)
    return world.build(world.build_office(), world.NOW, is_handed_over=False)


def test_twenty_rows_stand_on_a_screen_of_1080_each_on_one_line(site: Site, visitor: Callable[..., Visitor]) -> None:
    site.move_clock(to=world.NOW)
    office = world.build_office()
    for number in range(24):
        case = factories.case(office, registered_on=date(2026, 4, 20) + timedelta(days=number % 14), at=world.NOW)
        if number < 4:
            # The longest line: a talk by video, and one more to book.
            starts_at = world.NOW + timedelta(days=2, hours=number)
            booked = factories.book(case, office.adviser, starts_at, at=world.NOW)
            link = {"channel": Channel.VIDEO, "place": "https://moede.example.dk/anne"}
            Meeting.objects.filter(pk=booked.pk).update(**link)
    adviser = visitor(viewport={"width": 1920, "height": 1080}).log_in("adviser")
    adviser.open("/?vis=alle")

    rows = adviser.page.locator("tr[data-row]")
    boxes = [rows.nth(number).bounding_box() for number in range(20)]
    assert all(box is not None and box["y"] + box["height"] <= 1080 for box in boxes), boxes[-1]
    assert adviser.page.get_by_text("En mere skal bookes").count() > 1
    assert all(box is not None and box["height"] < 40 for box in boxes), boxes
    assert adviser.page.get_by_role("heading", name="Min dag").is_visible()
    adviser.judge_wide_and_narrow()


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 720}, NARROW], ids=["screen", "phone"])
def test_the_bar_of_a_case_stays_and_an_address_from_before_the_tabs_leads_to_its_place(
    here: world.World, visitor: Callable[..., Visitor], viewport: dict[str, int]
) -> None:
    adviser = visitor(viewport=viewport).log_in("adviser")
    case = f"/sager/{here.case.public_id}/"
    adviser.open(f"{case}samtaler/")

    adviser.page.evaluate("() => window.scrollTo(0, document.documentElement.scrollHeight)")
    bar = adviser.page.locator(".identity").bounding_box()
    assert bar is not None
    assert (round(bar["y"]), bar["height"] < viewport["height"] / 4) == (0, True)
    assert adviser.page.locator(".identity a[href^='tel:']").is_visible()

    place = f"samtale-{here.objects['held'].public_id}"
    adviser.page.goto(f"{adviser.page.url.partition('/sager/')[0]}{case}#{place}")
    adviser.page.wait_for_url(f"**{case}hele/#{place}")
    assert adviser.page.locator(f"#{place}").is_visible()
