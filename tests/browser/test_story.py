"""The whole story in a browser: from a name on the worklist to the jobcenter's first meeting."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from cases.models import Case, OrganisationKind, Role, User
from meetings.models import Meeting
from meetings.rules.lifecycle import MeetingStatus
from tests import factories
from tests.browser.conftest import Site, Visitor
from tests.factories import SmallOffice

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker_and_beat")]

MONDAY_MORNING = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class StoryOffice(SmallOffice):
    """With a caseworker of another jobcenter."""

    stranger: User


@pytest.fixture
def office(site: Site) -> StoryOffice:
    """A fund and two municipalities, with one person each."""
    site.move_clock(to=MONDAY_MORNING)
    neighbour = factories.organisation(kind=OrganisationKind.MUNICIPALITY, name="Jobcenter Naboby")
    stranger = factories.user(organisation=neighbour, role=Role.CASEWORKER, username="nabo")
    return StoryOffice(**vars(factories.small_office()), stranger=stranger)


@pytest.fixture
def case(office: StoryOffice) -> Case:
    citizen = factories.citizen_details(name="Åse Østergård", email="aase@example.dk")
    return factories.case(office, registered_on=date(2026, 4, 27), at=MONDAY_MORNING, citizen=citizen)


def test_from_the_worklist_to_the_jobcenter(
    office: StoryOffice, case: Case, site: Site, visitor: Callable[..., Visitor]
) -> None:
    def mails_to_citizen() -> list[EmailMessage]:
        return [mail for mail in site.mails() if mail["To"] == "aase@example.dk"]

    anne = visitor().fill_in_log_in("anne")
    page = anne.page
    expect(page.get_by_role("link", name="Åse Østergård").first).to_be_visible()
    anne.judge()

    # The citizen telephones, and wishes video: after three letters, two keys open the case.
    page.keyboard.press("/")
    page.keyboard.type("øst")
    expect(page.get_by_role("option", name="Åse Østergård")).to_be_visible()
    anne.judge()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{case.get_absolute_url()}")
    anne.judge()
    anne.follow(page.get_by_role("link", name=re.compile("borgerens valg", re.IGNORECASE)).first)
    anne.judge()
    page.get_by_label("Video", exact=True).check()
    anne.follow(page.get_by_role("button", name="Registrér valget"))
    assert "video" in page.get_by_role("main").inner_text().lower()

    # Three clicks from the worklist to a booking.
    anne.open("/")
    anne.clicks = 0
    anne.click("link", "Book samtale med Åse Østergård")
    anne.judge()
    anne.click("radio", re.compile("kl. "))
    anne.click("button", "Book samtale")
    assert anne.clicks <= 3
    booked = Meeting.objects.get()
    assert (booked.status, booked.channel, booked.channel_chosen_by) == ("booked", "video", "citizen")

    # The invitation goes when the booking can be undone no more, the reminder the day before: by the real worker.
    site.move_clock(to=MONDAY_MORNING + timedelta(minutes=11))
    site.wait_for("The invitation", lambda: len(mails_to_citizen()) == 1)
    site.move_clock(to=booked.starts_at - timedelta(hours=20))
    site.wait_for("The reminder", lambda: len(mails_to_citizen()) == 2)
    reminder = mails_to_citizen()[1]
    assert "Fagkassen" in reminder.get_body(("plain",)).get_content()
    assert case.citizen.cpr_number[:6] not in str(reminder)

    # Held, and the next one booked on the same page.
    site.move_clock(to=booked.ends_at)
    anne.open("/")
    anne.clicks = 0
    anne.click("link", "Registrér udfald for Åse Østergård")
    anne.judge()
    anne.click("radio", "Samtalen blev holdt")
    anne.click("radio", "Ja")
    anne.click("button", "Registrér og book næste")
    assert anne.clicks <= 8
    booked.refresh_from_db()
    assert booked.status == MeetingStatus.HELD
    following = Meeting.objects.get(status="booked")
    assert following.channel == "video"
    anne.judge()

    # The course passes on: the a-kasse gives it, the jobcenter takes it.
    handed_over_on = date(2026, 5, 18)
    anne.open(f"/sager/{case.public_id}/")
    anne.follow(page.get_by_role("link", name="Overgiv forløbet"))
    anne.judge()
    page.get_by_label("Jobcentret har forløbet fra og med").fill(f"{handed_over_on:%d-%m-%Y}")
    page.get_by_label("Registreret af a-kassen").check()
    page.get_by_label("Jeg har set listen igennem").check()
    anne.follow(page.get_by_role("button", name="Overgiv"))
    expect(page.get_by_role("main")).to_contain_text("18. maj 2026")

    site.move_clock(to=datetime(2026, 5, 18, 7, 0, tzinfo=UTC))
    jens = visitor().log_in("jens")
    jens.judge()
    jens.follow(jens.page.get_by_role("link", name="Overgange"))
    jens.judge()
    jens.follow(jens.page.get_by_role("link", name=re.compile("Åse Østergård")).first)
    jens.judge()
    jens.follow(jens.page.get_by_role("link", name="Modtag forløbet").first)
    jens.judge()
    jens.follow(jens.page.get_by_role("button", name="Modtag"))
    expect(jens.page.get_by_role("main")).to_contain_text("Modtaget")

    # The a-kasse joins the jobcenter's first meeting, because the citizen wishes it.
    jens.open(f"/sager/{case.public_id}/")
    jens.follow(jens.page.get_by_role("link", name=re.compile("^Book")).first)
    jens.judge()
    jens.page.get_by_role("radio", name="Ja", exact=True).check()
    jens.follow(jens.page.get_by_role("button", name="Book samtale"))
    first = Meeting.objects.get(organisation=office.municipality)
    assert first.fund_attends is True
    expect(jens.page.get_by_role("main")).to_contain_text("A-kassen deltager")
    anne.open(f"/sager/{case.public_id}/")
    expect(page.get_by_role("main")).to_contain_text("A-kassen deltager")
    anne.judge()

    # A caseworker of another kommune does not learn that the person exists.
    stranger = visitor().log_in("nabo")
    assert stranger.open(f"/sager/{case.public_id}/") == 404
    expect(stranger.page.get_by_role("main")).not_to_contain_text("Åse")
