"""The pages of a plan: what is asked for, what is shown, and what is booked from them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from meetings.models import Meeting, MonthPlan
from meetings.month_plan import making
from tests import factories
from tests.meetings.month_plan.steps import away, carried_out, made
from tests.meetings.steps import WEDNESDAY_TEN

PLANS = reverse("meetings:month_plans")
TYPED = {"scope": "mine", "month": "2026-05-01", "minutes": "30", "kept_open": "0"}


@pytest.fixture
def cases(office, now):
    return [factories.case(office, registered_on=now.date() - timedelta(days=days)) for days in (14, 21)]


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def decide(client, plan, action, *, chosen=(), follow=True):
    url = reverse("meetings:month_plan_decide", args=[plan.public_id])
    return client.post(url, {"handling": action, "valgt": list(chosen)}, follow=follow)


def test_a_month_is_planned_booked_and_taken_back(adviser, office, cases, now):
    answer = adviser.post(PLANS, TYPED, follow=True)
    plan = MonthPlan.objects.get()
    assert "Planen bliver regnet." in said(answer)
    assert making.make_next(at=now)
    waits = adviser.get(plan.get_absolute_url(), headers={"HX-Request": "true"})
    assert waits["HX-Refresh"] == "true"

    page = said(adviser.get(plan.get_absolute_url()))
    assert f"Book alle {plan.proposals.count()} samtaler" in page
    for row in plan.proposals.select_related("case__citizen"):
        assert row.case.citizen.name in page
        assert row.why in page

    assert "bookes nu" in said(decide(adviser, plan, "book_alle"))
    assert "Samtaler bookes" in said(adviser.get(plan.get_absolute_url(), headers={"HX-Request": "true"}))
    carried_out(now)
    assert Meeting.objects.booked().count() == plan.proposals.count()
    assert f"Fortryd {plan.proposals.count()} bookinger" in said(adviser.get(plan.get_absolute_url()))
    assert "Bookingerne fortrydes" in said(decide(adviser, plan, "fortryd"))
    carried_out(now)
    assert not Meeting.objects.booked().exists()


def test_the_chosen_ones_only_and_those_left_out_afterwards(adviser, office, cases, now):
    plan = made(office.adviser, now)
    first, second, *_ = (str(row.public_id) for row in plan.proposals.order_by("pk"))
    assert "1 forslag er valgt fra." in said(decide(adviser, plan, "fravaelg", chosen=[second, "ikke et id"]))
    assert "1 samtale bookes nu." in said(decide(adviser, plan, "book", chosen=[first]))
    assert "Ingen af forslagene er valgt" in said(decide(adviser, plan, "book"))
    carried_out(now)
    assert "1 samtale bookes nu." in said(decide(adviser, plan, "book", chosen=[second]))
    carried_out(now)
    assert Meeting.objects.booked().count() == 2
    assert decide(adviser, plan, "andet").status_code == 404


@pytest.mark.parametrize(("hours", "number"), [(23, 2), (24, 1), (25, 0)])
def test_what_is_told_of_at_once_is_said_before_it_is_booked(adviser, office, cases, now, hours, number):
    """The first talk, tomorrow at nine, is so many hours away; the next ones follow it."""
    with time_machine.travel(now + timedelta(hours=23 - hours), tick=False):
        page = said(adviser.get(made(office.adviser, now).get_absolute_url()))
    told = "af samtalerne er inden for et døgn: borgeren får besked med det samme, og bookingen kan ikke fortrydes."
    assert (f"{number} {told}" in page) == (told in page) == (number > 0)


def test_a_month_without_a_free_hour_says_so_and_what_lacks(adviser, office, cases, now):
    away(office.adviser, first=1, last=31, at=now)
    page = said(adviser.get(made(office.adviser, now).get_absolute_url()))
    assert "Der er ingen ledig tid i de dage, som nogen af samtalerne kan få." in page
    assert re.search(r"Uge 19</th><td>[\d,]+ time", page)
    assert "Uden tid" in page


def test_a_month_without_a_talk_says_so(adviser, office, now):
    assert "Ingen samtaler skal bookes i de dage." in said(adviser.get(made(office.adviser, now).get_absolute_url()))


def test_the_proposals_are_shown_one_adviser_at_a_time(log_in, office, cases, now):
    with_colleague = factories.case(office, by=office.colleague)
    plan = made(office.leader, now, scope="organisation")
    url = f"{plan.get_absolute_url()}?medarbejder={office.colleague.public_id}"
    page = said(log_in(office.leader).get(url))
    assert with_colleague.citizen.name in page
    assert cases[0].citizen.name not in page


def test_new_times_after_an_absence(log_in, office, cases, now):
    leader = log_in(office.leader)
    assert "Nye tider efter fravær" not in said(leader.get(PLANS))
    factories.book(cases[0], office.adviser, WEDNESDAY_TEN, at=now)
    absence = away(office.adviser, first=4, last=9, at=now)
    assert "Nye tider efter fravær" in said(leader.get(PLANS))
    url = reverse("meetings:staff_absence", args=[absence.public_id])
    assert "Find nye tider til dem alle" in said(leader.get(url))
    url = reverse("meetings:month_plan_absence")
    leader.post(url, {"absent": str(office.adviser.public_id)})
    assert making.make_next(at=now)
    page = said(leader.get(MonthPlan.objects.get().get_absolute_url()))
    assert f"Nye tider for {office.adviser}" in page
    assert "Samme tid, hos en kollega." in page


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"month": "2020-01-01"}, "Vælg en fra listen."),
        ({"scope": "team"}, "Vælg en fra listen."),
        ({"minutes": "0"}, "En samtale varer mindst 5 minutter."),
        ({"kept_open": "99"}, "Hold højst 20 tider fri om dagen."),
    ],
)
def test_what_cannot_be_planned_is_said_and_what_was_typed_stays(adviser, typed, text):
    answer = adviser.post(PLANS, {**TYPED, **typed})
    assert answer.status_code == 422
    assert text in said(answer)
    assert not MonthPlan.objects.exists()
