"""What the law changed in one's own cases: the page, the file, and the line on the worklist."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessLog
from cases.ui.keyset import PAGE_SIZE
from meetings.law import changes_queries
from meetings.law import notices as law_notices
from meetings.models import ChangeKind, LawChange
from tests import factories
from tests.meetings.law.steps import assign, changed, close, url


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

        # The first use of a session writes it.
        adviser.get(url(run))
        assert cost(2) == cost(18)


class TestFile:
    def test_it_holds_a_row_for_each_change(self, adviser, run, office):
        case = changed(run, office, "=Anne")

        response = adviser.get(reverse("meetings:law_changes_export", args=[run.public_id, "csv"]))
        head, row = csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";")

        assert tuple(head) == changes_queries.COLUMNS
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
        assert law_notices._notice_text(run, 1001) == "Loven er ændret: se ændringerne i dine sager"
        assert law_notices._notice_text(run, 12) == "Loven er ændret: se de 12 ændringer i dine sager"

    def test_it_is_one_query(self, run, office, now, django_assert_num_queries):
        for _ in range(3):
            changed(run, office)

        with django_assert_num_queries(1):
            (notice,) = law_notices.notices(office.adviser, at=now)

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
