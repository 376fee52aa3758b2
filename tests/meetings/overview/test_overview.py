"""The leader's overview: each figure equals its list, and only leaders of the own office see it."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.closing import services as closing_services
from cases.models import AccessLog, Case, Team
from meetings.models import Exemption, Meeting, StaffAbsence
from meetings.rules.kinds import Channel
from meetings.rules.parameters import EXEMPT_QUOTA_PERCENT
from meetings.rules.shares import shares_by_channel
from tests import factories
from tests.meetings.overview.steps import LIST, URL, at, begun, hold


def cells_of(context):
    """Each count on the page with the address of its list."""
    for part in context["shares"]:
        yield from (part.part, part.whole)
    yield from context["overdue"]
    for row in (*context["workers"], context["total"]):
        yield from (*row.load, row.in_time, row.due)


def number_behind(client, url):
    context = client.get(url).context
    # The worklist, or the list of the figure: what is written above the rows, and the rows themselves.
    found = str(context["found"]).split()[0] if url.startswith("/?") else context["number"]
    rows = context["rows"] if url.startswith("/?") else context["lines"]
    assert int(found) == len(rows)
    return int(found)


def test_each_figure_equals_its_list(leader, office, month):
    context = leader.get(URL).context

    cells = list(cells_of(context))
    assert {cell.label: cell.count for cell in cells[:8]} == {
        "Holdt i tide": 3,
        "Frister, der er gået": 4,
        "Overgået med mindst tre samtaler": 1,
        "Overgået til jobcentret": 1,
        "Overgået med de samtaler, loven kræver": 1,
        "Fritaget efter konkret vurdering": 0,
        "Åbne sager": 3,
    }
    bars = [bar for chart in ("weeks", "channels") for row in context[chart].rows for bar in row.numbers if bar.url]
    for count, url in {(cell.count, cell.url) for cell in cells} | {(bar.value, bar.url) for bar in bars}:
        assert number_behind(leader, url) == count, url


def test_the_weeks_lead_on_to_the_plan_of_a_month(leader, month):
    page = leader.get(URL).content.decode()
    link = page.partition(' href="' + reverse("meetings:month_plans") + '">Planlæg en måned</a>')

    assert link[1]
    assert link[0].rpartition('id="uger"')[1]
    assert leader.get(reverse("meetings:month_plans")).status_code == 200


def test_a_talk_held_late_and_one_never_held_are_told_apart(leader, office, now):
    late = begun(office, date(2026, 4, 7))
    hold(late, office.adviser, at(date(2026, 4, 27)))
    begun(office, date(2026, 4, 8))

    row = leader.get(URL).context["total"]

    assert (row.in_time.count, row.due.count, row.share) == (0, 2, "0,0 %")
    states = [line.state for line in leader.get(LIST, {"tal": "frister"}).context["lines"]]
    assert states == ["holdt 27-04-2026, for sent", "ikke booket"]


def test_a_deadline_after_the_case_ended_is_none(leader, office, now):
    case = begun(office, date(2026, 4, 8))
    closing_services.close_case(
        case_id=case.pk, version=case.version, reason="work", closed_on=date(2026, 4, 20), by=office.adviser, at=now
    )

    assert leader.get(URL).context["total"].due.count == 0


def test_what_was_held_after_the_handover_is_not_held_before_it(leader, office, now):
    case = begun(office, date(2026, 1, 28))
    for day in (date(2026, 2, 5), date(2026, 3, 5)):
        hold(case, office.adviser, at(day, 9))

    _, three, demanded, _ = leader.get(URL).context["shares"]

    assert (three.part.count, three.whole.count, three.share) == (0, 1, "0,0 %")
    assert demanded.part.count == 0


def test_a_course_that_has_not_passed_on_is_in_no_whole(leader, office, now):
    begun(office, date(2026, 4, 8))

    shares = leader.get(URL).context["shares"]

    assert [part.share for part in shares[1:3]] == ["ingen", "ingen"]


def test_a_period_and_a_team_narrow_the_figures(leader, office, month):
    team = Team.objects.create(organisation=office.fund, name="Nord")
    other = Team.objects.create(organisation=office.fund, name="Syd")
    office.adviser.team = team
    office.adviser.save()

    def due(**asked):
        return leader.get(URL, asked).context["total"].due.count

    assert (due(team="Nord"), due(team="Syd"), due(periode="2026-03")) == (4, 0, 0)
    assert due(periode="2026-04") == 4
    # What nobody could have chosen is what is usual.
    assert due(periode="2026-99", team=f"{other}x") == 4


def test_an_office_without_cases_is_told_so(leader, office, now):
    assert "Ingen sager i perioden." in leader.get(URL).content.decode()


def test_the_share_that_the_law_lets_the_unit_exempt_is_read_from_the_law(leader, office, month):
    *_, before = leader.get(URL).context["shares"]
    case = Case.objects.filter(fund=office.fund).first()
    Exemption.objects.create(
        case=case,
        reason="concrete_assessment",
        span=DateRange(date(2026, 5, 1), date(2026, 6, 1)),
        documented_on=date(2026, 5, 1),
        document="Vurdering",
        recorded_by=office.adviser,
        recorded_at=at(date(2026, 5, 1)),
    )
    factories.published_act("andel", EXEMPT_QUOTA_PERCENT.key, "25", in_force_on=date(2026, 5, 1))
    cache.clear()
    *_, after = leader.get(URL).context["shares"]

    assert "ingen andel" in before.definition
    assert not before.is_beyond
    assert (after.share, after.is_beyond) == ("33,3 %", True)
    assert "højst 25 procent" in after.definition


def test_the_file_holds_the_figures_of_the_page(leader, office, month):
    rows = lines(leader.get(f"{URL}eksport/csv/"))

    assert rows[0] == ["Hvad", "Hvem eller hvornår", "Antal", "Af", "Andel"]
    assert ["Holdt i tide", "", "3", "4", "75,0 %"] in rows
    assert ["Sager", str(office.adviser), "2", "", ""] in rows


def test_the_file_of_a_list_holds_its_rows_and_is_logged(leader, office, month):
    listed = leader.get(LIST, {"tal": "frister"}).context["lines"]

    rows = lines(leader.get(f"{LIST}eksport/csv/", {"tal": "frister"}))

    assert [row[1] for row in rows[1:]] == [line.case.label for line in listed]
    logged = AccessLog.objects.latest("pk")
    assert (logged.purpose, logged.cases) == ("management", sorted({line.case.pk for line in listed}))


@pytest.mark.parametrize("asked", [{"tal": "intet"}, {"tal": "sager", "medarbejder": "x"}])
def test_a_list_that_is_none_is_not_found(leader, office, asked):
    assert leader.get(LIST, asked).status_code == 404


def test_a_colleague_of_another_office_is_nobody_here(leader, office, month):
    asked = {"tal": "sager", "medarbejder": str(office.other_adviser.public_id)}

    assert leader.get(LIST, asked).status_code == 404


def test_the_overview_costs_the_same_for_any_number_of_cases(leader, office, month):
    def cost(url):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            leader.get(url)
        return len(queries)

    urls = (URL, f"{LIST}?tal=sager", f"{LIST}?tal=frister", f"{LIST}?tal=holdt", f"{LIST}?tal=overgaaet")
    # The first use of a session writes it.
    leader.get(URL)
    before = [cost(url) for url in urls]
    for _ in range(3):
        begun(office, date(2026, 4, 7))

    assert [cost(url) for url in urls] == before


def test_the_published_shares_come_out_of_these_definitions(leader, office, now):
    """Jobindsats, table smt02, May 2026; the parts add up to one less than the whole."""
    published = {"attendance": 10_347, "telephone": 6_283, "video": 2_323, "": 1}

    shares = shares_by_channel(published)

    assert {way: share.in_words for way, share in shares.items()} == {
        Channel.ATTENDANCE: "54,6 %",
        Channel.TELEPHONE: "33,1 %",
        Channel.VIDEO: "12,3 %",
        None: "0,0 %",
    }
    assert shares[Channel.VIDEO].whole == 18_954


def test_the_page_counts_each_talk_in_the_way_it_was_really_held(leader, office, now):
    """A thousandth of the published talks, one of them booked otherwise than held; what is moved or missed is none."""
    case = begun(office, date(2026, 1, 28))
    ways = [("attendance", "")] * 9 + [("telephone", "attendance")] + [("telephone", "")] * 6 + [("video", "")] * 2
    first = at(date(2026, 4, 7))
    Meeting.objects.bulk_create(
        Meeting(
            case=case,
            citizen=case.citizen,
            organisation=office.fund,
            adviser=office.adviser,
            kind="contact_interview",
            starts_at=first + timedelta(hours=number),
            ends_at=first + timedelta(hours=number, minutes=30),
            channel=channel,
            held_channel=held,
            channel_chosen_by="citizen",
            place="Testvej 1",
            status=status,
            held_at=first + timedelta(hours=number) if status == "held" else None,
            missed_at=first + timedelta(hours=number) if status == "missed" else None,
            booked_at=now,
            booked_by=office.adviser,
        )
        for number, (channel, held, status) in enumerate(
            [*((*way, "held") for way in ways), ("video", "", "missed"), ("video", "", "booked")]
        )
    )

    answer = leader.get(URL, {"periode": "2026-04"})

    rows = answer.context["channels"].rows
    assert [(row.label, row.numbers[0].value, *row.beside) for row in rows] == [
        ("Personligt fremmøde", 10, "55,6 %"),
        ("Telefon", 6, "33,3 %"),
        ("Video", 2, "11,1 %"),
    ]
    assert "tabel smt02" in answer.content.decode()
    assert leader.get(LIST, {"tal": "fremmoede", "periode": "2026-04"}).context["number"] == 10


def lines(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


class TestRoom:
    def test_free_hours_are_the_working_hours_without_absence_closing_days_and_talks(self, leader, office, now):
        case = begun(office, date(2026, 4, 27))
        factories.book(case, office.adviser, at(date(2026, 5, 6)), at=now)
        StaffAbsence.objects.create(
            user=office.adviser,
            kind="holiday",
            starts_at=at(date(2026, 5, 7), 0),
            ends_at=at(date(2026, 5, 9), 0),
            recorded_by=office.leader,
            recorded_at=now,
        )

        context = leader.get(URL).context

        # From Monday the 4th: nine working days of six hours, as the 14th is a holiday, and half an hour is booked.
        free = {row.name: row.free for row in context["workers"]}
        assert free == {str(office.adviser): "41,5", str(office.colleague): "54"}
        assert context["total"].free == "95,5"
        # In the first week one works on three days but for the talk, the other on five.
        assert [number.value for number in context["weeks"].rows[0].numbers] == [0, 0, 2 * (18 + 30) - 1]

    def test_a_week_without_room_for_its_talks_is_named(self, leader, office, now):
        begun(office, date(2026, 4, 27))
        for adviser in (office.adviser, office.colleague):
            StaffAbsence.objects.create(
                user=adviser, kind="course", starts_at=now, recorded_by=office.leader, recorded_at=now
            )

        weeks = leader.get(URL).context["weeks"]

        assert "I uge 20 er der ikke plads til 1 samtale." in weeks.description


@pytest.mark.parametrize("week", ["9999-12-31", "0001-01-01", "abc"])
def test_a_week_that_nobody_could_choose_is_none(leader, week):
    assert leader.get(LIST, {"tal": "kommende", "uge": week}).status_code == 200
