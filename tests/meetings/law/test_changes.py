"""What the law changed in one's own cases: the message, the page, the file, and the line on the worklist."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.corrections import services as corrections_services
from cases.intake import services as intake_services
from cases.law import publishing as law_publishing
from cases.models import AccessLog, Reminder, ReminderState, Role
from cases.models.cases import CloseReason
from cases.reminders import delivery as reminders_delivery
from cases.ui.keyset import PAGE_SIZE
from meetings.law import changes as law_changes
from meetings.law.runs import batches
from meetings.models import ChangeKind, LawChange, LawRun
from meetings.reminders import law_news
from meetings.reminders.kinds import ReminderKind
from tests import factories


@pytest.fixture
def run(office, now):
    return factories.law_run(at=now)


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def changed(run, office, name="Anne Flyttet", by=None, **change):
    """A case of the adviser's in which the run moved a deadline."""
    case = factories.case(office, by=by, citizen=factories.citizen_details(name=name))
    factories.law_change(run, case, case.fund, **change)
    return case


def url(run):
    return reverse("meetings:law_changes", args=[run.public_id])


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


def assign(case, worker, *, by, at):
    corrections_services.assign(case_id=case.pk, worker_id=worker.pk, by=by, at=at)


def close(case, *, by, at):
    intake_services.close_case(
        case_id=case.pk, version=case.version, reason=CloseReason.WORK, closed_on=at.date(), by=by, at=at
    )


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
        news = law_changes.News(cases=3, overdue=2)

        text = law_changes.news_text(run, news, is_own=True, today=run.act.in_force_on - timedelta(days=1))

        assert "3 af dine sager er ændret, 2 frister bliver overskredet den " in text

    def test_a_withdrawal_says_so(self, office, now):
        run = factories.law_run(at=now, is_withdrawal=True)

        assert "er trukket tilbage: 1 af" in law_changes.news_text(
            run, law_changes.News(1, 0), is_own=True, today=now.date()
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


class TestPage:
    def test_own_cases_first_and_the_organisation_at_a_switch(self, adviser, run, office):
        changed(run, office, "Anne Egen")
        changed(run, office, "Bo Kollegas", by=office.colleague)

        own = adviser.get(url(run))
        everybodys = adviser.get(url(run), {"scope": "organisation"})

        assert "Anne Egen" in own.text
        assert "Bo Kollegas" not in own.text
        assert "Det har loven ændret i dine sager" in own.text
        assert "?scope=organisation" in own.text
        assert "Anne Egen" in everybodys.text
        assert "Bo Kollegas" in everybodys.text
        assert str(office.colleague) in everybodys.text

    def test_who_has_no_case_of_his_own_sees_the_organisations(self, run, office, log_in):
        changed(run, office, "Anne Egen")

        assert "Anne Egen" in log_in(office.leader).get(url(run)).text

    def test_a_row_says_what_from_and_to_once(self, adviser, run, office):
        case = changed(run, office)
        factories.law_change(run, case, case.fund, kind=ChangeKind.OVERDUE)

        text = adviser.get(url(run)).text

        assert text.count("4. jobsamtale (a-kassen)") == 1
        assert "Fra 1. maj 2026 til 1. april 2026" in text
        assert ">frist flytter</span>" in text
        assert ">bliver overskredet</span>" in text
        assert case.get_absolute_url() in text

    def test_what_no_two_days_say_is_said_in_words(self, adviser, run, office):
        case = changed(run, office)
        text = "Praktik tæller nu som ret- og pligttilbud."
        factories.law_change(
            run, case, case.fund, kind=ChangeKind.OFFER, key="offer/1", text=text, day_before=None, day_after=None
        )

        assert text in adviser.get(url(run)).text

    def test_what_asks_nobody_to_act_is_one_line_unless_it_is_asked_for(self, adviser, run, office):
        case = changed(run, office)
        for number in (1, 2):
            key, about = f"contact_interview/fund/{number}", f"{number}. jobsamtale (a-kassen)"
            factories.law_change(run, case, case.fund, kind=ChangeKind.ALTERS, key=key, about=about, text="Ændret.")

        default = adviser.get(url(run))
        every = adviser.get(url(run), {"vis": "alle"}).text
        asked = adviser.get(url(run), {"art": "alters"}).text

        assert "4. jobsamtale (a-kassen)" in default.text
        assert "samtalekrav" not in default.text
        assert default.context["every_url"] in default.text.replace("&amp;", "&")
        assert "4. jobsamtale (a-kassen)" in every
        assert '2 samtalekrav <span class="badge">ændres uden ny frist</span>' in every
        assert "Fristerne er de samme som før." in every
        assert "1. jobsamtale (a-kassen)" not in every
        assert "1. jobsamtale (a-kassen)" in asked
        assert "2. jobsamtale (a-kassen)" in asked
        assert "2 samtalekrav" not in asked

    def test_where_nobody_has_to_act_the_list_says_so_and_leads_to_all(self, adviser, run, office):
        case = changed(run, office, "Anne Uændret")
        LawChange.objects.filter(case=case).update(kind=ChangeKind.ALTERS)

        page = adviser.get(url(run))

        assert "Ingen af de ændrede sager har fået en ny frist." in page.text
        assert "Anne Uændret" not in page.text
        assert "Anne Uændret" in adviser.get(url(run) + page.context["empty"]["url"]).text

    def test_the_kinds_are_counted_in_cases_the_gravest_first(self, adviser, run, office):
        case = changed(run, office, "Anne Over")
        factories.law_change(run, case, case.fund, kind=ChangeKind.OVERDUE)
        factories.law_change(run, case, case.fund, key="contact_interview/fund/5")
        changed(run, office, "Bo Flyttet")

        response = adviser.get(url(run))
        assert [(tile["label"], tile["count"]) for tile in response.context["tiles"]] == [
            ("Sager at se på", "2"),
            ("Bliver overskredet", "1"),
            ("Frist flytter", "2"),
        ]

        over = adviser.get(url(run), {"art": "overdue"}).text
        assert "Anne Over" in over
        assert "Bo Flyttet" not in over

    def test_a_booking_outside_its_window_is_a_link_to_move_it(self, adviser, run, office, now):
        case = changed(run, office)
        meeting = factories.book(case, office.adviser, now + timedelta(days=2), at=now)
        factories.law_change(
            run, case, case.fund, kind=ChangeKind.BOOKING_OUTSIDE, key=f"meeting/{meeting.pk}", text="For sent."
        )

        text = adviser.get(url(run)).text

        assert reverse("meetings:move", args=[meeting.public_id]) in text
        assert "For sent." in text

    def test_a_case_with_too_little_time_is_a_link_to_book(self, adviser, run, office):
        case = changed(run, office, kind=ChangeKind.OVERDUE)

        assert reverse("meetings:book", args=[case.public_id]) in adviser.get(url(run)).text

    def test_pages_of_25_cases_follow_each_other(self, adviser, run, office):
        names = [f"Anne Nummer {number:02}" for number in range(PAGE_SIZE + 2)]
        for name in names:
            changed(run, office, name)

        first = adviser.get(url(run))
        second = adviser.get(url(run) + first.context["next_url"])
        back = adviser.get(url(run) + second.context["previous_url"])

        def shown(response):
            return [row.case.citizen.name for row in response.context["rows"]]

        assert shown(first) + shown(second) == names
        assert shown(back) == shown(first)
        assert "Viser 2 af 27" in second.text

    def test_closed_cases_are_nobodys_to_act_on(self, adviser, run, office, now):
        case = changed(run, office, "Anne Afsluttet")
        close(case, by=office.adviser, at=now)

        assert "Anne Afsluttet" not in adviser.get(url(run), {"scope": "organisation"}).text

    @pytest.mark.parametrize("query", [{}, {"art": "vanishes"}, {"scope": "mine"}, {"scope": "x", "art": "y"}])
    def test_nothing_changed_is_said_with_a_way_on(self, adviser, run, query):
        text = adviser.get(url(run), query).text

        assert 'class="empty"' in text
        assert "Excel" not in text

    def test_under_way_it_says_that_more_may_come(self, adviser, office, now):
        run = factories.law_run(at=now, state="running")

        assert "Sagerne er ved at blive planlagt efter loven." in adviser.get(url(run)).text

    def test_a_simulation_is_no_page_of_the_advisers(self, adviser, office, now):
        run = factories.law_run(at=now, kind="simulation")

        assert adviser.get(url(run)).status_code == 404

    def test_neighbours_and_the_other_party_see_their_own_alone(self, run, office, log_in):
        changed(run, office, "Anne Egen")

        for stranger in (office.other_adviser, office.caseworker, office.administrator):
            assert "Anne Egen" not in log_in(stranger).get(url(run), {"scope": "organisation"}).text

    def test_what_is_shown_is_logged(self, adviser, run, office):
        case = changed(run, office)

        adviser.get(url(run))

        assert AccessLog.objects.get().cases == [case.pk]

    def test_it_costs_the_same_for_two_cases_and_for_twenty(self, adviser, run, office):
        def cost(n):
            for _ in range(n):
                case = changed(run, office)
                factories.law_change(run, case, case.fund, kind=ChangeKind.BOOKING_OUTSIDE, key="meeting/0")
            with CaptureQueriesContext(connection) as queries:
                adviser.get(url(run), {"scope": "organisation"})
            return len(queries)

        assert cost(2) == cost(18)


class TestFile:
    def test_it_holds_a_row_for_each_change(self, adviser, run, office):
        case = changed(run, office, "=Anne")

        response = adviser.get(reverse("meetings:law_changes_export", args=[run.public_id, "csv"]))
        head, row = csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";")

        assert tuple(head) == law_changes.COLUMNS
        assert row[:6] == [
            "'=Anne",
            case.label,
            "frist flytter",
            "4. jobsamtale (a-kassen)",
            "01-05-2026",
            "01-04-2026",
        ]
        assert row[7] == str(office.adviser)
        assert response["Content-Disposition"] == (f'attachment; filename="lovaendring-{run.act.slug}-2026-05-04.csv"')
        line = AccessLog.objects.get()
        assert (line.cases, line.detail) == ([case.pk], "Eksport csv: 1 sag, scope=mine")

    def test_the_workbook_opens(self, adviser, run, office):
        changed(run, office)

        response = adviser.get(reverse("meetings:law_changes_export", args=[run.public_id, "xlsx"]))

        assert b"".join(response.streaming_content).startswith(b"PK")

    def test_another_shape_does_not_exist(self, adviser, run):
        assert adviser.get(reverse("meetings:law_changes_export", args=[run.public_id, "pdf"])).status_code == 404


class TestWorklist:
    LINE = "Loven er ændret: se den ene ændring i dine sager"

    def test_for_a_fortnight_it_points_to_the_changes(self, adviser, office, now):
        ended = {"finished_at": now - timedelta(days=14) + timedelta(minutes=1)}
        run = factories.law_run(at=now, **ended)
        changed(run, office)

        text = adviser.get("/").text

        assert self.LINE in text
        assert url(run) in text

    @pytest.mark.parametrize(
        "finished_at", [datetime(2026, 4, 20, 7, 59, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC)]
    )
    def test_not_after_it_nor_before(self, adviser, office, now, finished_at):
        changed(factories.law_run(at=now, finished_at=finished_at), office)

        assert "Loven er ændret" not in adviser.get("/").text

    def test_nor_to_somebody_whose_cases_stand(self, run, office, log_in):
        changed(run, office)

        assert "Loven er ændret" not in log_in(office.colleague).get("/").text

    def test_a_deadline_moved_and_over_is_one_change(self, adviser, run, office):
        case = changed(run, office)
        factories.law_change(run, case, case.fund, kind=ChangeKind.OVERDUE)

        assert self.LINE in adviser.get("/").text

    def test_beyond_the_cap_it_counts_no_further(self, office, run):
        assert law_changes._notice_text(run, 1001) == "Loven er ændret: se ændringerne i dine sager"
        assert law_changes._notice_text(run, 12) == "Loven er ændret: se de 12 ændringer i dine sager"

    def test_it_is_one_query(self, run, office, now, django_assert_num_queries):
        for _ in range(3):
            changed(run, office)

        with django_assert_num_queries(1):
            (notice,) = law_changes.notices(office.adviser, at=now)

        assert notice.url == url(run)


def test_the_changes_follow_whoever_has_the_case_but_a_booking_stays(run, office, now):
    case = changed(run, office)
    factories.law_change(run, case, case.fund, kind=ChangeKind.CHANNEL, key="meeting/1")
    factories.law_change(run, case, case.municipality, key="contact_interview/municipality/1")

    assign(case, office.colleague, by=office.leader, at=now)

    workers = LawChange.objects.order_by("pk").values_list("key", "worker__username")
    assert dict(workers) == {
        "contact_interview/fund/4": "colleague",
        "meeting/1": "adviser",
        "contact_interview/municipality/1": None,
    }


def test_from_the_publishing_to_the_page(office, now, log_in):
    case = factories.case(office, citizen=factories.citizen_details(name="Anne Flyttet"))
    author = factories.user(organisation=None, role=Role.ADMINISTRATOR)
    act = factories.draft_of_four_months(by=author, in_force_on=date(2026, 6, 1))
    law_publishing.publish(
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
