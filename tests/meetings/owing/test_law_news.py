"""What the law changed in one's own cases: the message of it, once for each receiver."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection

from cases.law import services as law_services
from cases.models import Reminder, ReminderState, Role
from cases.reminders import delivery as reminders_delivery
from meetings.law import notices as law_notices
from meetings.law.runs import batches
from meetings.models import ChangeKind, LawChange, LawRun
from meetings.owing import law_news
from meetings.owing.kinds import ReminderKind
from tests import factories
from tests.meetings.law.steps import assign, changed, close, url


@pytest.fixture
def run(office, now):
    return factories.law_run(at=now)


def owed():
    return Reminder.objects.filter(kind=ReminderKind.LAW_CHANGED).order_by("pk")


def delivered(at):
    """One sweep with all that it hands out; gives the lines about the law."""
    for receiver in reminders_delivery.sweep(at=at):
        reminders_delivery.deliver(receiver, at=at)
    return {
        (message.to[0], line.removeprefix("- "))
        for message in mail.outbox
        for line in message.body.splitlines()
        if line.startswith("- »")
    }


class TestMessage:
    def test_one_for_each_receiver_with_the_numbers_of_his_own(self, run, office, now):
        over = changed(run, office)
        factories.law_change(run, over, over.fund, kind=ChangeKind.OVERDUE)
        factories.law_change(run, over, over.municipality, key="contact_interview/municipality/1")
        changed(run, office)
        changed(run, office, by=office.colleague)

        said = delivered(now)

        title = run.act.title
        assert said == {
            (
                office.adviser.email,
                f"»{title}« er offentliggjort: 2 af dine sager er ændret, 1 frist er overskredet.",
            ),
            (office.colleague.email, f"»{title}« er offentliggjort: 1 af dine sager er ændret."),
            # The jobcenter has given the case to nobody yet.
            (office.municipality.email, f"»{title}« er offentliggjort: 1 sag uden medarbejder er ændret."),
        }
        (to_adviser,) = [message for message in mail.outbox if message.to == [office.adviser.email]]
        assert f"http://127.0.0.1:8000{url(run)}" in to_adviser.body
        assert "Anne Flyttet" not in to_adviser.body

    def test_a_deadline_over_on_a_day_to_come_is_not_over_yet(self, run, office):
        news = law_notices.News(cases=3, overdue=2)

        text = law_notices.news_text(run, news, is_own=True, today=run.act.in_force_on - timedelta(days=1))

        assert "3 af dine sager er ændret, 2 frister bliver overskredet den " in text

    def test_a_withdrawal_says_so(self, office, now):
        run = factories.law_run(at=now, is_withdrawal=True)

        assert "er trukket tilbage: 1 af" in law_notices.news_text(
            run, law_notices.News(1, 0), is_own=True, today=now.date()
        )

    def test_it_is_said_once_however_often_the_sweep_asks(self, run, office, now):
        changed(run, office)

        delivered(now)
        assert law_news.owe_news(now + timedelta(days=1)) == 0

        assert owed().count() == 1
        assert owed().get().state == ReminderState.SENT

    def test_another_worker_later_makes_no_second_message(self, run, office, now):
        case = changed(run, office)
        delivered(now)
        assign(case, office.colleague, by=office.leader, at=now)

        assert law_news.owe_news(now) == 0

    @pytest.mark.parametrize("fields", [{"state": "running"}, {"kind": "simulation"}, {"state": "waiting"}])
    def test_nothing_is_said_before_the_cases_are_planned_anew(self, office, now, fields):
        changed(factories.law_run(at=now, **fields), office)

        assert law_news.owe_news(now) == 0

    def test_it_is_skipped_when_nothing_is_left(self, run, office, now):
        case, other = changed(run, office), changed(run, office)
        law_news.owe_news(now)
        close(case, by=office.adviser, at=now)
        assign(other, office.colleague, by=office.leader, at=now)

        assert delivered(now) == set()
        assert (owed().get().state, owed().get().outcome) == (
            ReminderState.SKIPPED,
            "Sagerne er afsluttet, eller andre har dem nu.",
        )

    def test_the_organisation_hears_for_one_who_has_left(self, run, office, now):
        changed(run, office)
        office.adviser.is_active = False
        office.adviser.save()

        assert [receiver for receiver, _ in delivered(now)] == [office.fund.email]


def test_from_the_publishing_to_the_page(office, now, log_in):
    case = factories.case(office, citizen=factories.citizen_details(name="Anne Flyttet"))
    author = factories.user(organisation=None, role=Role.ADMINISTRATOR)
    act = factories.draft_of_four_months(by=author, in_force_on=date(2026, 6, 1))
    law_services.publish(
        act_id=act.pk, reason="Læst af en jurist.", is_day_confirmed=True, by=office.administrator, at=now
    )
    while batches.take_next_batch(at=now):
        pass

    said = dict(delivered(now))
    run = LawRun.objects.get(act=act)
    text = log_in(office.adviser).get(url(run)).text

    assert said[office.adviser.email] == "»A-kassen i fire måneder« er offentliggjort: 1 af dine sager er ændret."
    assert "Anne Flyttet" in text
    assert "kommer til at gælde fra den 1. juni 2026" in text
    moved = LawChange.objects.filter(run=run, case=case, kind=ChangeKind.MOVES, organisation=office.fund)
    assert moved
    for change in moved:
        assert change.about in text


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_owe_it_once(office, now):
    run = factories.law_run(at=now)
    for worker in (office.adviser, office.colleague):
        changed(run, office, by=worker)
    at_once = Barrier(2)

    def owe():
        try:
            at_once.wait(timeout=10)
            return law_news.owe_news(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        recorded = [future.result(timeout=20) for future in [threads.submit(owe) for _ in range(2)]]

    assert sum(recorded) == 2
    assert set(owed().values_list("user", flat=True)) == {office.adviser.pk, office.colleague.pk}
