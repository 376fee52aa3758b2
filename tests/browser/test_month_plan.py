"""A team's month planned in five clicks: asked for, looked at, some of it booked, and taken back with nothing sent."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from cases.models import Reminder, Role, Team, User
from meetings.models import Meeting, PlanProposal, TalkCap
from tests import factories
from tests.browser.conftest import NARROW, WIDE, Site, Visitor
from tests.factories import SmallOffice

pytestmark = pytest.mark.browser

#: Half past seven in Copenhagen: the first talk of tomorrow is more than a day away, so that its letter waits.
MONDAY_MORNING = datetime(2026, 5, 4, 5, 30, tzinfo=UTC)


@pytest.fixture
def office(site: Site) -> SmallOffice:
    """A team of a leader and two advisers, who have three cases each, and somebody outside the team."""
    site.move_clock(to=MONDAY_MORNING)
    office = factories.small_office()
    team = Team.objects.create(organisation=office.fund, name="Team Nord")
    User.objects.filter(pk=office.adviser.pk).update(team=team)
    factories.user(organisation=office.fund, role=Role.TEAM_LEADER, username="leder", team=team)
    colleague = factories.user(organisation=office.fund, role=Role.ADVISER, username="bo", team=team)
    outside = factories.user(organisation=office.fund, role=Role.ADVISER, username="uden")
    for worker, days in ((office.adviser, (14, 18, 21)), (colleague, (15, 19, 22)), (outside, (16,))):
        for number in days:
            registered_on = MONDAY_MORNING.date() - timedelta(days=number)
            factories.case(office, registered_on=registered_on, by=worker, at=MONDAY_MORNING)
    # The plan has more than one day.
    for worker in (office.adviser, colleague):
        TalkCap.objects.create(organisation=office.fund, user=worker, most=2)
    return office


@pytest.mark.parametrize(
    ("viewport", "scripts"), [pytest.param(WIDE, True, id="wide"), pytest.param(NARROW, False, id="narrow, no script")]
)
@pytest.mark.usefixtures("worker_and_beat")
def test_a_leader_plans_the_month_of_the_team_books_some_and_takes_them_back(
    viewport: dict[str, int],
    scripts: bool,
    office: SmallOffice,
    site: Site,
    visitor: Callable[..., Visitor],
) -> None:
    leder = visitor(viewport=viewport, scripts=scripts).log_in("leder")

    def sound() -> None:
        assert leder.fits()
        if scripts:
            leder.judge()

    def comes(text: str) -> None:
        """The page loads itself anew where scripts run; elsewhere the leader does."""
        shown = leder.page.get_by_text(text).first
        if scripts:
            expect(shown).to_be_visible(timeout=30_000)
        else:
            site.wait_for(text, lambda: leder.open(page) and shown.count())

    leder.clicks = 0
    leder.click("link", "Planlæg måneden")
    assert leder.page.get_by_label("Mit team").is_checked()
    sound()
    leder.click("button", "Lav en plan")
    page = leder.page.url.removeprefix(site.url)
    comes("har et forslag")
    assert set(PlanProposal.objects.values_list("adviser__username", flat=True)) == {"anne", "bo"}
    assert not Meeting.objects.exists()
    sound()
    if viewport == WIDE:
        last_of_days = leder.page.locator("tbody:has(+ tbody) tr:last-child > td")
        lines = last_of_days.evaluate_all("cells => cells.map(cell => getComputedStyle(cell).borderBottomWidth)")
        assert set(lines) == {"1px"}

    proposals = leder.page.get_by_role("checkbox")
    number = proposals.count()
    assert number > 2
    leder.clicks += 1
    proposals.first.uncheck()
    leder.click("button", "Book de valgte")
    comes(f"{number - 1} er booket.")
    booked = Meeting.objects.booked()
    assert booked.count() == number - 1
    assert booked.values("adviser").distinct().count() == 1
    assert leder.clicks == 4
    sound()

    leder.click("button", re.compile(f"Fortryd {number - 1} bookinger"))
    comes(f"Book alle {PlanProposal.objects.count()} samtaler")
    assert leder.clicks == 5
    assert not Meeting.objects.booked().exists()
    sound()
    told = Reminder.objects.filter(user=None)
    assert set(told.values_list("state", flat=True)) == {"void"}
    assert not [mail for mail in site.mails() if "borger" in mail["To"]]
