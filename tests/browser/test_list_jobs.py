"""Forty cases to three colleagues in six clicks, with their talks, and all of it back again."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from cases.models import Case, Role, User
from meetings.models import Meeting
from tests import factories
from tests.browser.conftest import NARROW, WIDE, Site, Visitor
from tests.factories import SmallOffice

pytestmark = pytest.mark.browser

MONDAY_NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
#: Ten in the morning in Copenhagen, a week from then.
FIRST_TALK = datetime(2026, 5, 11, 8, 0, tzinfo=UTC)
NAMES = (("Ida", "Holm"), ("Per", "Lund"), ("Åse", "Bak"))


@pytest.fixture
def office(site: Site) -> SmallOffice:
    site.move_clock(to=MONDAY_NOON)
    return factories.small_office()


@pytest.fixture
def leader(office: SmallOffice) -> User:
    return factories.user(organisation=office.fund, role=Role.TEAM_LEADER, username="leder")


@pytest.fixture
def colleagues(office: SmallOffice) -> list[User]:
    people = [factories.user(organisation=office.fund, role=Role.ADVISER) for _ in NAMES]
    for person, (first, last) in zip(people, NAMES, strict=True):
        person.first_name, person.last_name = first, last
        person.save()
    return people


@pytest.fixture
def cases(office: SmallOffice) -> list[Case]:
    """Forty of one adviser, with a booked talk each."""
    found = []
    for index in range(40):
        case = factories.case(office, registered_on=date(2026, 5, 1), at=MONDAY_NOON)
        starts_at = FIRST_TALK + timedelta(days=index // 8, minutes=30 * (index % 8))
        factories.book(case, office.adviser, starts_at, at=MONDAY_NOON)
        found.append(case)
    return found


@pytest.mark.parametrize(
    ("viewport", "scripts"), [pytest.param(WIDE, True, id="wide"), pytest.param(NARROW, False, id="narrow, no script")]
)
@pytest.mark.usefixtures("worker_and_beat", "cases")
def test_forty_cases_go_to_three_colleagues_in_six_clicks_and_back_with_nothing_sent(
    viewport: dict[str, int],
    scripts: bool,
    office: SmallOffice,
    leader: User,
    colleagues: list[User],
    site: Site,
    visitor: Callable[..., Visitor],
) -> None:
    leder = visitor(viewport=viewport, scripts=scripts).log_in("leder")
    expect(leder.page.get_by_text("40 sager").first).to_be_visible()
    assert leder.fits()

    leder.clicks = 0
    leder.click("button", "Alle 40, der passer til filteret")
    for first, last in NAMES:
        leder.click("checkbox", f"{first} {last}")
    assert leder.fits()
    leder.click("button", "Se, hvad der sker")
    assert leder.fits()
    if scripts:
        leder.judge()
    leder.click("button", "Tildel 40 sager")
    assert leder.clicks == 6

    page = leder.page.url.removeprefix(site.url)
    site.wait_for("The receipt", lambda: leder.open(page) and leder.page.get_by_text("40 sager er tildelt").count())
    shares = [Case.objects.filter(fund_adviser=one).count() for one in colleagues]
    assert sorted(shares) == [13, 13, 14]
    assert not Meeting.objects.booked().filter(adviser=office.adviser).exists()
    if scripts:
        leder.judge()

    leder.click("button", re.compile("Fortryd"))
    site.wait_for(
        "The way back", lambda: leder.open(page) and leder.page.get_by_text("40 sager er, som de var").count()
    )
    assert Meeting.objects.booked().filter(adviser=office.adviser).count() == 40
    assert site.mails_that_say("har givet dig") == []
    to_colleagues = {one.email for one in colleagues}
    assert not [mail for mail in site.mails() if mail["To"] in to_colleagues]
