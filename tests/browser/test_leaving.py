"""A user is disabled in the administration: what they have is named, somebody takes it over, and each is told once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.models import CaseNote, Role, User
from cases.notes import services as notes_services
from meetings.models import Meeting
from tests import factories
from tests.browser.conftest import NARROW, WIDE, Site, Visitor
from tests.factories import SmallOffice

pytestmark = pytest.mark.browser

MONDAY_NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
FIRST_TALK = datetime(2026, 5, 11, 8, 0, tzinfo=UTC)


@pytest.fixture
def office(site: Site) -> SmallOffice:
    """Anne has six cases, each with a booked talk and a task; Ida and Per can take over."""
    site.move_clock(to=MONDAY_NOON)
    office = factories.small_office()
    for first, last in (("Ida", "Holm"), ("Per", "Lund")):
        person = factories.user(organisation=office.fund, role=Role.ADVISER)
        User.objects.filter(pk=person.pk).update(first_name=first, last_name=last)
    factories.user(organisation=None, role=Role.ADMINISTRATOR, username="administrator", is_staff=True)
    for index in range(6):
        case = factories.case(office, registered_on=date(2026, 5, 1), at=MONDAY_NOON)
        factories.book(case, office.adviser, FIRST_TALK + timedelta(minutes=30 * index), at=MONDAY_NOON)
        notes_services.write(
            case_id=case.pk,
            text="Ring tilbage",
            due_on=date(2026, 5, 12),
            worker_id=office.adviser.pk,
            by=office.adviser,
            at=MONDAY_NOON,
        )
    return office


@pytest.mark.parametrize(
    ("viewport", "scripts"), [pytest.param(WIDE, True, id="wide"), pytest.param(NARROW, False, id="narrow, no script")]
)
@pytest.mark.usefixtures("worker_and_beat")
def test_who_is_disabled_gives_all_of_it_to_those_who_take_over(
    viewport: dict[str, int], scripts: bool, office: SmallOffice, site: Site, visitor: Callable[..., Visitor]
) -> None:
    administrator = visitor(viewport=viewport, scripts=scripts).log_in("administrator")
    assert administrator.open(f"/administration/cases/user/{office.adviser.pk}/change/") == 200
    administrator.page.get_by_label("Aktiv").uncheck()
    administrator.click("button", "Gem")
    told = f"{office.adviser} har 6 åbne sager, 6 bookede samtaler og 6 opgaver. Vælg, hvem der overtager"
    assert administrator.page.get_by_text(told).count()
    assert User.objects.get(pk=office.adviser.pk).is_active
    if scripts:
        administrator.judge()

    assert not administrator.page.get_by_label("Aktiv").is_checked()
    for name in ("Ida Holm", "Per Lund"):
        administrator.page.get_by_label(name).check()
    administrator.click("button", "Gem")

    assert not User.objects.get(pk=office.adviser.pk).is_active
    taken_over = User.objects.filter(last_name__in=("Holm", "Lund"))
    site.wait_for(
        "The cases with those who take over",
        lambda: Meeting.objects.booked().filter(adviser__in=taken_over).count() == 6,
    )
    assert CaseNote.objects.filter(worker__in=taken_over).count() == 6
    assert [one.cases_as_adviser.count() for one in taken_over] == [3, 3]
    site.move_clock(to=MONDAY_NOON + timedelta(minutes=20))
    emails = sorted(taken_over.values_list("email", flat=True))

    def mails() -> list[str]:
        return sorted(mail["To"] for mail in site.mails_that_say("har givet dig 3 sager"))

    site.wait_for("One message for each of them", lambda: mails() == emails)
