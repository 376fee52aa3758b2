"""A day more than two years off is asked about wherever it would be saved, and no day at all makes a page fail."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.intake.forms import CreateForm
from cases.law.calculator import QuestionForm
from cases.models import Pause
from cases.plans.forms import DocumentForm, DutyDayForm
from cases.rules.plausibility import far_off
from cases.ui.fields import DateField
from cases.ui.forms import PageForm
from tests.meetings.unbooked.steps import HELD
from tests.world import build

FAR, LONG_AGO, LAST = "01-01-2062", "01-01-2022", "31-12-2199"
PAUSE = {"kind": "holiday", "first": "11-05-2026", "source": "borgeren"}
EXEMPTION = {"reason": "ordinary_job", "first_day": "11-05-2026", "documented_on": "04-05-2026", "document": "Kontrakt"}
OFFER = {"type": "internship", "starts_on": "11-05-2026", "granted_on": "04-05-2026"}
OFFER |= {"employer_cvr": "99000104", "employer": "Solby Bageri"}
OWN_TIME = {"slot": "own", "begins": "10.00", "minutes": "30", "kind": "contact_interview", "channel": ""}
PLACED = {"registered_on": "13-04-2026", "placed_on": "04-05-2026", "reason": "Ny periode"}

#: Page, who, of what, what is typed beside the day, and the field of the day. Of a day ahead some say at once no.
NOT_AHEAD = {"cases:close", "cases:place_anew"}
TYPED = [
    ("cases:pause_add", "adviser", "case", PAUSE, "last"),
    ("cases:pause_change", "adviser", "pause", PAUSE, "last"),
    ("cases:hand_over", "adviser", "case", {"source": "manual", "is_confirmed": "on"}, "on"),
    ("cases:close", "adviser", "case", {"reason": "work"}, "closed_on"),
    ("cases:place_anew", "adviser", "case", PLACED, "placed_on"),
    ("meetings:book", "adviser", "case", OWN_TIME, "on"),
    ("meetings:move", "adviser", "booked", OWN_TIME, "on"),
    ("meetings:register", "adviser", "waiting", {**OWN_TIME, "outcome": "held", "guided": "ja"}, "on"),
    ("meetings:enter", "adviser", "case", HELD, "on"),
    ("meetings:channel", "adviser", "case", {"channel": "video", "covers": "all"}, "chosen_on"),
    ("meetings:exempt", "adviser", "case", EXEMPTION, "last_day"),
    ("referrals:write", "adviser", "case", {"offer_type": "internship", "weeks": "4"}, "starts_on"),
    ("referrals:contact", "caseworker", "pending", {"purpose": "Startdag"}, "contacted_on"),
    ("referrals:offer_grant", "caseworker", "case", OFFER, "last_day"),
    ("referrals:offer_change", "caseworker", "offer", OFFER, "last_day"),
    ("referrals:offer_start", "caseworker", "offer", {}, "first_day"),
    ("referrals:offer_end", "caseworker", "running_offer", {}, "last_day"),
    ("referrals:offer_follow_up", "caseworker", "running_offer", {}, "followed_up_on"),
]
#: Pages that only show what is on a day, or would be.
LOOKED_AT = [
    ("meetings:book", "case", "dag"),
    ("meetings:on_day", "case", "dag"),
    ("duties:list", "", "dag"),
    ("law:in_force", "", "day"),
    ("law:calculator", "", "registered_on"),
]


@pytest.fixture
def world(office, now):
    return build(office, now, is_handed_over=False)


def post(world, page, visitor, of, typed, **day):
    thing = world.objects[of]
    thing.refresh_from_db()
    typed = {"version": getattr(thing, "case", thing).version, **typed, **day}
    if page.startswith("referrals:offer_") and page != "referrals:offer_grant":
        typed["version"] = thing.version
    if "slot" in typed:
        typed |= {"adviser": str(world.user(visitor).public_id), "confirm": "on"}
    return world.client(visitor).post(reverse(page, args=[thing.public_id]), typed)


def test_two_years_are_the_limit_on_both_sides():
    today = date(2026, 5, 4)
    assert far_off(date(2028, 5, 4), today=today) is None
    assert far_off(date(2024, 5, 4), today=today) is None
    assert far_off(date(2028, 5, 5), today=today) == "Den 5. maj 2028 ligger mere end to år ude i fremtiden."
    assert far_off(date(2024, 5, 3), today=today) == "Den 3. maj 2024 ligger mere end to år tilbage."


def test_these_and_no_other_forms_let_a_far_day_pass():
    def kinds(kind):
        return {kind, *(deeper for below in kind.__subclasses__() for deeper in kinds(below))}

    with_days = [
        kind for kind in kinds(PageForm) if any(isinstance(field, DateField) for field in kind.base_fields.values())
    ]

    silent = {kind for kind in with_days if not kind.asks_about_far_days and not issubclass(kind, QuestionForm)}
    assert silent == {CreateForm, DocumentForm, DutyDayForm}


def test_every_page_that_saves_a_day_asks_about_one_far_off_and_none_fails_on_the_last(world):
    for page, visitor, of, typed, field in TYPED:
        is_ahead = page not in NOT_AHEAD
        answer = post(world, page, visitor, of, typed, **{field: FAR if is_ahead else LONG_AGO})
        text = answer.content.decode()
        assert answer.status_code == 422, page
        doubt = "Den 1. januar 2062 ligger mere end to år ude i fremtiden."
        assert (doubt if is_ahead else "Den 1. januar 2022 ligger mere end to år tilbage.") in text, page
        assert 'name="far_days"' in text, page

        # With the tick it is the law that answers, and never a failure.
        answer = post(world, page, visitor, of, typed, **{field: LAST, "far_days": "2199-12-31"})
        assert answer.status_code in (302, 422), page
        assert "ligger mere end to år" not in answer.content.decode(), page
    assert world.client("adviser").get(world.case.get_absolute_url()).status_code == 200


def test_what_only_shows_a_day_shows_any(world):
    for page, of, field in LOOKED_AT:
        address = reverse(page, args=[world.objects[of].public_id] if of else [])
        answer = world.client("caseworker").get(address, {field: LAST})
        assert answer.status_code in (200, 422), page


def test_a_tick_stands_for_the_days_that_were_asked_about_and_for_no_others(world):
    def add(last, tick=""):
        return post(world, "cases:pause_add", "adviser", "case", PAUSE, last=last, far_days=tick)

    before = Pause.objects.count()
    assert "Datoen er rigtig" in add(FAR).content.decode()
    assert add("02-01-2062", tick="2062-01-01").status_code == 422
    assert Pause.objects.count() == before
    world.objects["pause"].delete()
    assert add(FAR, tick="2062-01-01").status_code == 302
    assert timezone.localdate() < Pause.objects.get().period.last_day == date(2062, 1, 1)
