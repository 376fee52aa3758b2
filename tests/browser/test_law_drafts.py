"""The pages on which an act is drafted, read, published and withdrawn, in a browser."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cases.law import services as law_services
from cases.models import Act, ActValue, Role
from tests import factories, world
from tests.browser.conftest import Site, Visitor
from tests.cases.law_pages import KEY, drafted

pytestmark = pytest.mark.browser

ACTS = "/administration/cases/act/"
#: One value for each kind of widget, one that no rule reads, and one that cannot be read.
VALUES = {
    "meetings.channels": "attendance, video",
    "meetings.default_channel": "telephone",
    "cases.young_course_by_municipality": "true",
    "cases.target_groups": "1, 2",
    "cases.handover_hours_full_time": "",
    "meetings.exempt_quota_percent": "mange",
}


@pytest.fixture
def acts(site: Site) -> dict[str, Act]:
    """A draft with every widget and many faults, a sound one, and one whose day is still to come."""
    site.move_clock(to=world.NOW)
    office = world.build_office()
    writer = factories.user(organisation=None, role=Role.ADMINISTRATOR, username="writer", is_staff=True)
    faulty = drafted(writer, title="Kladde med mange fejl")
    for key, text in VALUES.items():
        ActValue.objects.create(act=faulty, key=key, text=text, legal_basis="")
    sound = drafted(writer, title="En kladde, der hænger sammen")
    to_come = law_services.publish(
        act_id=drafted(writer, title="Kommende lov", in_force_on=world.NOW.date() + timedelta(days=40)).pk,
        reason="Læst af juristen.",
        is_day_confirmed=True,
        by=office.administrator,
        at=world.NOW,
    )
    return {"faulty": faulty, "sound": sound, "to_come": to_come, "old": Act.objects.get(slug__startswith="a-")}


def addresses(acts: dict[str, Act]) -> list[str]:
    faulty, sound, to_come, old = (acts[name].pk for name in ("faulty", "sound", "to_come", "old"))
    return [
        f"{ACTS}add/?copy_of={old}",
        f"{ACTS}{faulty}/change/",
        f"{ACTS}{faulty}/vaelg/",
        f"{ACTS}{faulty}/offentliggoer/",
        f"{ACTS}{sound}/offentliggoer/",
        f"{ACTS}{to_come}/change/",
        f"{ACTS}{to_come}/traek-tilbage/",
        f"{ACTS}{old}/change/",
        f"{ACTS}{sound}/aendrer/",
        f"{ACTS}sammenlign/?first={old}&second={to_come}",
        f"{ACTS}vaerdier/",
    ]


def test_the_pages_of_an_act_are_sound(
    acts: dict[str, Act], visitor: Callable[..., Visitor], subtests: pytest.Subtests
) -> None:
    administrator = visitor().fill_in_log_in("administrator")
    for path in addresses(acts):
        with subtests.test(path):
            assert administrator.open(path) == 200
            assert administrator.page.locator("h1").count() == 1
            administrator.judge_wide_and_narrow()


def test_an_act_is_drafted_without_script(acts: dict[str, Act], visitor: Callable[..., Visitor]) -> None:
    somebody = visitor(scripts=False).log_in("administrator")
    page = somebody.page

    somebody.open(f"{ACTS}add/")
    page.get_by_label("Titel").fill("Fire måneder hos a-kassen")
    page.get_by_label("Henvisning").fill("Lov nr. 7 af 1. maj 2026")
    page.get_by_label("I kraft fra").fill("2026-07-01")
    page.get_by_label("Løbende forløb flytter", exact=False).check()
    somebody.follow(page.get_by_role("button", name="Begynd kladden"))

    somebody.follow(page.get_by_role("button", name="Gem, og vælg flere regelværdier"))
    page.get_by_label("Søg efter en regelværdi").fill("måneder ansvaret")
    somebody.follow(page.get_by_role("button", name="Søg"))
    page.get_by_label("Antal måneder fra forløbets start, hvor a-kassen har ansvaret").check()
    somebody.follow(page.get_by_role("button", name="Føj til kladden"))
    page.get_by_label("Antal måneder", exact=True).fill("4")

    somebody.follow(page.get_by_role("button", name="Gem, og begynd med tabellen, der gælder"))
    for label, number in (("Antal, række 1", "4"), ("Til og med måned, række 1", "4"), ("Antal, række 2", "2")):
        page.get_by_label(label).fill(number)
    page.get_by_label("Fra måned, række 2").fill("5")
    somebody.follow(page.get_by_role("button", name="Gem kladden"))

    act = Act.objects.get(title="Fire måneder hos a-kassen")
    assert (act.in_force_on, act.running_courses) == (date(2026, 7, 1), "move")
    assert act.values.get(key=KEY).text == "4"
    assert list(act.meeting_rules.values_list("responsible", "number", "from_month", "to_month")) == [
        ("fund", 4, 1, 4),
        ("municipality", 2, 5, 6),
    ]
    assert "Fejl:" not in page.locator("#content").inner_text()
