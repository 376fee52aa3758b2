"""The cases that somebody chose on the worklist get times: their next talk is booked, or moved to another day."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.models import Case, OrganisationKind, Reminder
from meetings.models import Meeting, MonthPlan, ProposalState, WorklistEntry
from meetings.month_plan import making, services
from meetings.owing.kinds import ReminderKind
from tests import factories
from tests.cases.pages import errors
from tests.meetings.month_plan.steps import accepted, away, carried_out, finished, rows
from tests.meetings.steps import HALF_AN_HOUR, WEDNESDAY_TEN

TUESDAY = date(2026, 5, 5)


def to_book(cases, by, now, *, since=TUESDAY):
    asked = services.ask_to_book(cases=[one.pk for one in cases], since=since, minutes=30, by=by, at=now)
    return finished(asked, now)


def to_move(cases, by, now, *, since=TUESDAY):
    return finished(services.ask_to_move(cases=[one.pk for one in cases], since=since, by=by, at=now), now)


@pytest.fixture
def cases(office, now):
    return [factories.case(office, registered_on=now.date() - timedelta(days=days)) for days in (14, 21, 75)]


@pytest.fixture
def booked(office, cases, now):
    """Two talks on Wednesday, the second of three quarters."""
    return [
        factories.book(cases[0], office.adviser, WEDNESDAY_TEN, at=now),
        factories.book(cases[1], office.adviser, WEDNESDAY_TEN + HALF_AN_HOUR, at=now, minutes=45),
    ]


class TestBooking:
    def test_the_next_talk_of_each_chosen_case_takes_its_advisers_first_free_time(self, office, cases, now):
        factories.case(office)
        plan = to_book(cases, office.leader, now)
        assert sorted(rows(plan, "case")) == sorted(case.pk for case in cases)
        assert {row.adviser for row in plan.proposals.all()} == {office.adviser}
        times = [row.starts_at for row in plan.proposals.all()]
        assert len({*times}) == 3
        assert {row.day for row in plan.proposals.all()} == {TUESDAY}
        assert accepted(plan, office.leader, now) == 3
        assert Meeting.objects.booked().count() == 3
        assert Reminder.objects.owed().filter(kind=ReminderKind.INVITATION).count() == 3

    def test_of_who_is_away_nobody_else_gets_the_talk(self, office, cases, now):
        away(office.adviser, first=4, last=20, at=now)
        other = factories.case(office, by=office.colleague, registered_on=now.date() - timedelta(days=14))
        plan = to_book([*cases[:2], other], office.leader, now)
        assert plan.proposals.get(adviser=office.colleague).case == other
        assert {row.day for row in plan.proposals.filter(adviser=office.adviser)} == {date(2026, 5, 20)}

    def test_a_case_without_an_adviser_says_so_and_gets_no_time(self, office, cases, now):
        WorklistEntry.objects.filter(case=cases[0]).update(worker=None)
        plan = to_book(cases, office.leader, now)
        row = plan.proposals.get(case=cases[0])
        assert (row.state, row.problem) == (
            ProposalState.LEFT,
            "Sagen har ingen medarbejder her. Tildel den først.",
        )

    def test_with_nothing_to_book_or_move_it_says_so(self, office, cases, now):
        with pytest.raises(services.NothingToPlan, match="har en booket samtale"):
            to_move(cases, office.leader, now)
        with pytest.raises(services.NothingToPlan, match="der skal bookes"):
            to_book([], office.leader, now)


class TestMoving:
    def test_each_talk_moves_to_another_day_with_its_adviser_and_what_was_agreed(self, office, cases, booked, now):
        Meeting.objects.filter(pk=booked[0].pk).update(place="Lokale 7")
        plan = to_move(cases, office.leader, now)
        times = [(row.moving, row.adviser, row.day, row.ends_at - row.starts_at) for row in plan.proposals.all()]
        assert sorted(times, key=lambda one: one[0].pk) == [
            (booked[0], office.adviser, TUESDAY, HALF_AN_HOUR),
            (booked[1], office.adviser, TUESDAY, HALF_AN_HOUR * 1.5),
        ]
        first, second = plan.proposals.order_by("starts_at")
        assert first.ends_at <= second.starts_at
        assert accepted(plan, office.leader, now) == 2
        moved = Meeting.objects.booked().get(moved_from=booked[0])
        assert (moved.place, moved.channel, moved.fund_attends) == (
            "Lokale 7",
            booked[0].channel,
            booked[0].fund_attends,
        )

    def test_from_its_own_day_it_goes_to_another_one(self, office, cases, booked, now):
        plan = to_move(cases, office.leader, now, since=date(2026, 5, 6))
        assert {row.day for row in plan.proposals.all()} == {date(2026, 5, 7)}

    def test_it_is_late_only_where_the_day_asked_for_is_and_says_so(self, office, cases, booked, now):
        due = booked[0].requirement.due_on
        plan = to_move(cases[:1], office.leader, now, since=due + timedelta(days=1))
        (row,) = plan.proposals.all()
        assert row.day > due
        assert "efter fristen" in row.why

    def test_what_is_no_longer_ones_own_case_is_passed_over(self, office, cases, booked, now):
        asked = services.ask_to_move(cases=[case.pk for case in cases], since=TUESDAY, by=office.leader, at=now)
        Case.objects.filter(pk=cases[0].pk).update(fund=factories.organisation(kind=OrganisationKind.FUND))
        assert rows(finished(asked, now), "case") == [cases[1].pk]

    def test_of_who_has_left_it_says_why_there_is_no_time(self, office, cases, booked, now):
        office.adviser.is_active = False
        office.adviser.save()
        plan = to_move(cases, office.leader, now)
        assert set(rows(plan, "problem")) == {"Samtalens medarbejder arbejder her ikke mere. Tildel sagen først."}

    def test_what_was_taken_meanwhile_is_refused_and_the_talk_stays(self, office, cases, booked, now):
        plan = to_move(cases[:1], office.leader, now)
        (row,) = plan.proposals.all()
        factories.book(factories.case(office), office.adviser, row.starts_at, at=now)
        accepted(plan, office.leader, now)
        row.refresh_from_db()
        booked[0].refresh_from_db()
        assert (row.state, row.problem) == ("refused", "Medarbejderen er optaget i det tidsrum. Vælg en anden tid.")
        assert booked[0].status == "booked"


def test_the_whole_is_undone_within_ten_minutes_and_nobody_hears_of_it(office, cases, booked, now):
    plan = to_move(cases, office.leader, now)
    accepted(plan, office.leader, now)
    soon = now + timedelta(minutes=5)
    services.take_back(plan=plan, by=office.leader, at=soon)
    carried_out(soon)
    assert set(rows(plan, "state")) == {"undone"}
    back = Meeting.objects.booked().order_by("starts_at").values_list("starts_at", flat=True)
    assert list(back) == [one.starts_at for one in booked]
    assert not Reminder.objects.owed().filter(kind=ReminderKind.CORRECTION).exists()


def test_from_the_ticked_rows_to_the_plan_on_the_pages(log_in, office, cases, booked, now):
    leader = log_in(office.leader)
    job = leader.post(reverse("meetings:list_job_choose"), {"sag": [str(case.public_id) for case in cases]}).url
    url = f"{job}tider/"
    assert f'href="{url}"' in leader.get(job).content.decode()
    typed = {"what": "moved", "since": "05-05-2026", "minutes": "30"}
    for since in ("01-05-2026", "01-05-2028"):
        assert "Vælg en dag fra i morgen" in errors(leader.post(url, {**typed, "since": since}))
    plan = leader.post(url, typed).url
    assert making.make_next(at=now)
    page = leader.get(plan).content.decode()
    assert "Nye tider i valgte sager" in page
    assert "Ingen samtale er booket" in page
    assert cases[2].citizen.name in page
    assert "Flyt alle 2 samtaler" in page
    decided = f"{plan}beslut/"
    assert "2 samtaler flyttes nu." in leader.post(decided, {"handling": "book_alle"}, follow=True).content.decode()
    carried_out(now)
    page = leader.get(plan).content.decode()
    assert "Fortryd 2 flytninger" in page
    assert "de valgte" not in page
    page = leader.post(decided, {"handling": "fortryd"}, follow=True).content.decode()
    assert "Flytningerne fortrydes. 2 mangler endnu." in page
    carried_out(now)
    back = Meeting.objects.booked().order_by("starts_at").values_list("starts_at", flat=True)
    assert list(back) == [one.starts_at for one in booked]
    assert leader.post(url, typed).status_code == 302
    assert MonthPlan.objects.count() == 2
