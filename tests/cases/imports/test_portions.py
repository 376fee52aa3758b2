"""A portion of a file is opened by as many statements as one case, and no row keeps another from becoming one."""

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.changing import CitizenHasOpenCase
from cases.imports import batches
from cases.imports import services as imports_services
from cases.intake import opening
from cases.models import Case, Citizen, Event
from meetings.models import RequiredMeeting, WorklistEntry
from meetings.planning import from_scratch
from referrals.models import OfferDuty
from tests import factories
from tests.cases.imports.files import HEADER, TODAY, csv_bytes, line, preview, run_to_the_end
from tests.cases.steps import new_case
from tests.meetings.unbooked.steps import enter


def started(office, content, now):
    run = preview(office, content, now=now)
    imports_services.start(run_id=run.pk)
    return run


def test_more_rows_ask_no_more_statements(office, now):
    asked = []
    # So few that no table gets enough rows for COPY, which is some statements more.
    for rows in (2, 4, 8):
        run = started(office, csv_bytes([line(office) for _ in range(rows)]), now)
        with CaptureQueriesContext(connection) as statements:
            batches.take_next_batch(at=now, today=TODAY)
        assert run.rows.filter(state="created").count() == rows
        asked.append(len(statements))
        run_to_the_end(now)

    # The first one reads what the others remember.
    assert asked[1] == asked[2]


def test_each_case_of_a_portion_is_told_and_planned_as_one_that_is_opened_alone(office, now):
    started(office, csv_bytes([line(office) for _ in range(60)]), now)

    run_to_the_end(now)

    assert Case.objects.count() == 60
    for kind in ("cases.opened", "meetings.planned"):
        assert Event.objects.filter(kind=kind).values("case").distinct().count() == 60
        assert Event.objects.filter(kind=kind, by=office.adviser, at=now).count() == 60
    assert RequiredMeeting.objects.current().count() == 360
    assert WorklistEntry.objects.count() == 120
    assert OfferDuty.objects.count() == 60
    assert list(from_scratch.differences()) == []
    numbers = [citizen.cpr_number for citizen in Citizen.objects.all()]
    assert len({*numbers}) == 60
    for case in Case.objects.with_parties():
        assert case.fund_contact.email == "soeren@example.dk"
        assert case.municipality_contact.phone == "+4520304050"


def test_the_row_that_can_no_longer_be_a_case_keeps_no_other_from_it(office, now):
    header = [*HEADER, "Holdte samtaler"]
    held = ["", "", "21-04-2026 10.00 telefon", "", ""]
    rows = [[*line(office, Tilmeldt="02-02-2026"), one] for one in held]
    content = "\r\n".join(";".join(cells) for cells in [header, *rows]).encode("utf-8-sig")
    run = started(office, content, now)
    other = factories.case(office, registered_on=datetime(2026, 2, 2, tzinfo=UTC).date(), at=now)
    enter(other, office.adviser, now, starts_at=datetime(2026, 4, 21, 8, 0, tzinfo=UTC), is_six_weeks_guided=True)

    run_to_the_end(now)

    assert [row.state for row in run.rows.order_by("line")] == ["created", "created", "refused", "created", "created"]
    assert "en anden samtale i det tidsrum" in run.rows.get(line=4).problem
    assert run.rows.get(line=4).case is None
    assert Case.objects.count() == 5


def test_a_citizen_who_stands_twice_gets_the_first_of_them(office, now):
    new = new_case(office)

    first, again = opening.weigh([new, new], by=office.adviser)
    opening.open_weighed([first, again], by=office.adviser, at=now)

    assert Case.objects.get() == first.opened
    assert isinstance(again.refusal, CitizenHasOpenCase)
