"""Pages that no address shows: a form that was refused, one that is stale, and the second step of joining."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from cases.citizen import services as citizen_services
from tests import factories, world
from tests.browser.conftest import Site, Visitor
from tests.test_access import PAGES, address

pytestmark = [pytest.mark.browser, pytest.mark.long]

#: Of each kind of form one, by whom, and what is typed in it that cannot be; everything else is left empty.
REFUSED = {
    "cases:create": ("adviser", {"cpr_number": "0102"}),
    "cases:citizen": ("adviser", {"email": "ikke en adresse"}),
    "cases:hand_over": ("adviser", {}),
    "cases:import": ("adviser", {}),
    "cases:note_add": ("adviser", {"due_on": "32-13-2026"}),
    "cases:pause_add": ("adviser", {"first": "01-01-2062", "last": "02-01-2062"}),
    "cases:own_room": ("adviser", {"video_room": "http://moede.example.dk"}),
    "own_password": ("adviser", {}),
    "cases:plan_write": ("adviser", {}),
    "meetings:book": ("adviser", {}),
    "meetings:cancel": ("adviser", {}),
    "meetings:channel": ("adviser", {}),
    "meetings:list_job?handling=message": ("adviser", {}),
    "meetings:month_plans": ("adviser", {}),
    "meetings:register": ("adviser", {}),
    "meetings:working_hours": ("adviser", {"mandag": "x"}),
    "referrals:write": ("adviser", {"starts_on": "x"}),
    "referrals:reject": ("caseworker", {}),
    "referrals:offer_grant": ("caseworker", {"employer_cvr": "123"}),
    "referrals:limit": ("caseworker", {"days": "0"}),
}

_EMPTY = """(form, typed) => [...form.elements].forEach(field => {
    if (field.name in typed) field.value = typed[field.name];
    else if (["text", "email", "tel", "textarea", "date"].includes(field.type)) field.value = "";
    else if (field.type === "radio" || field.type === "checkbox") field.checked = false;
})"""


@pytest.fixture
def here(site: Site) -> world.World:
    site.move_clock(to=world.NOW)
    return world.build(world.build_office(), world.NOW, is_handed_over=False)


def test_a_refused_form_is_sound(here: world.World, visitor: Callable[..., Visitor], subtests: pytest.Subtests) -> None:
    people = {who: visitor().log_in(who) for who in ("adviser", "caseworker")}
    for name, (who, typed) in REFUSED.items():
        with subtests.test(name):
            somebody = people[who]
            page, mark, query = name.partition("?")
            somebody.open(f"{address(page, PAGES[page], here)}{mark}{query}")
            assert sent(somebody, typed) == 422
            assert somebody.page.locator(".alert-error, .form-error").count() > 0
            somebody.judge_wide_and_narrow()


def sent(somebody: Visitor, typed: dict[str, str]) -> int:
    """Send the form of the page with this alone in it; the status of the answer."""
    form = somebody.page.locator("main form:has(button.button-primary)").last
    form.evaluate(_EMPTY, typed)
    with somebody.page.expect_response(lambda response: response.request.method == "POST") as answer:
        somebody.follow(form.locator("button.button-primary").last)
    somebody.page.wait_for_load_state()
    return answer.value.status


def test_a_stale_form_with_both_values_is_sound(here: world.World, visitor: Callable[..., Visitor]) -> None:
    adviser = visitor().log_in("adviser")
    adviser.open(address("cases:citizen", PAGES["cases:citizen"], here))
    citizen_services.update_citizen(
        case_id=here.case.pk, changes={"email": "ny@example.dk"}, by=here.office.colleague, at=world.NOW
    )

    adviser.page.get_by_role("textbox", name="E-mail (frivilligt)").fill("min@example.dk")
    adviser.click("button", "Gem")

    assert "Der står nu: ny@example.dk. Du har skrevet: min@example.dk." in adviser.page.inner_text("main")
    adviser.judge_wide_and_narrow()


def test_the_second_step_of_joining_is_sound(here: world.World, visitor: Callable[..., Visitor]) -> None:
    at = datetime(2025, 3, 3, 9, tzinfo=UTC)
    other = factories.case(here.office, registered_on=at.date(), at=at)
    type(other).objects.filter(pk=other.pk).update(status="closed", closed_on="2025-06-02", close_reason="work")
    adviser = visitor().log_in("adviser")
    adviser.open(reverse("cases:join", args=[here.case.public_id]))
    adviser.page.get_by_label("Sagsnummer på den anden post").fill(other.label)
    adviser.click("button", "Vis begge poster")

    assert "Hvilket CPR-nummer gælder nu?" in adviser.page.inner_text("main")
    adviser.judge_wide_and_narrow()

    # And refused, without a choice and without a reason.
    adviser.click("button", "Saml posterne")
    assert adviser.page.locator(".alert-error").count() == 1
    adviser.judge_wide_and_narrow()
