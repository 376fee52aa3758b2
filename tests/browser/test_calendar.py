"""A week of talks moved by keys alone, and by dragging, through the page that moves a talk."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from meetings.models import Meeting
from meetings.rules.spans import local
from tests import factories
from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

MONDAY_NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
WEEK = "/kalender/?dag=05-05-2026"
PAGES = (WEEK, f"{WEEK}&visning=dag", "/arbejdstid/", "/kalender/andre/")


@pytest.fixture
def anne(site: Site, visitor: Callable[..., Visitor]) -> Visitor:
    """Anne, who has a talk at ten on each day from Tuesday to Thursday."""
    site.move_clock(to=MONDAY_NOON)
    office = factories.small_office()
    for day in (5, 6, 7):
        citizen = factories.citizen_details(name=f"Borger Dag{'ABC'[day - 5]}")
        case = factories.case(office, registered_on=date(2026, 4, 27), at=MONDAY_NOON, citizen=citizen)
        factories.book(case, office.adviser, local(date(2026, 5, day), time(10)), at=MONDAY_NOON)
    return visitor().log_in("anne")


def times() -> list[str]:
    found = Meeting.objects.booked().order_by("starts_at").values_list("starts_at", flat=True)
    return [f"{timezone.localtime(one):%a %H.%M}" for one in found]


def test_a_week_is_moved_by_keys_alone(anne: Visitor) -> None:
    keys = anne.page.keyboard
    for number in range(3):
        anne.open(WEEK)
        # What is moved stands further down by now: the next is the first.
        anne.page.locator(".calendar-talk > a").first.focus()
        for key in ("f", "ArrowDown", "ArrowDown"):
            keys.press(key)
        expect(anne.page.locator("#calendar-said")).to_have_text(f"{5 + number:02}-05-2026 kl. 11.00")
        with anne.page.expect_navigation():
            keys.press("Enter")
        anne.page.get_by_role("button", name="Flyt samtale").focus()
        with anne.page.expect_navigation():
            keys.press("Enter")
        expect(anne.page.get_by_text("Samtalen er flyttet til").first).to_be_visible()
        anne.judge()
    assert anne.clicks == 0
    assert times() == ["Tue 11.00", "Wed 11.00", "Thu 11.00"]


def test_a_talk_is_dragged_and_escape_leaves_one_where_it_is(anne: Visitor) -> None:
    anne.open(WEEK)
    anne.page.locator(".calendar-talk > a").first.focus()
    for key in ("f", "ArrowRight", "Escape"):
        anne.page.keyboard.press(key)
    expect(anne.page.locator("#calendar-said")).to_have_text("Samtalen er ikke flyttet.")
    with anne.page.expect_navigation():
        anne.page.drag_and_drop(".calendar-talk", 'td[data-at="2026-05-08T09:30"]')
    anne.click("button", "Flyt samtale")
    assert times() == ["Wed 10.00", "Thu 10.00", "Fri 09.30"]


def test_its_pages_are_sound_on_a_screen_and_on_a_phone(anne: Visitor) -> None:
    for path in PAGES:
        assert anne.open(path) == 200
        anne.judge_wide_and_narrow()
