"""Running cases come with their pauses and choices: their deadlines are those of cases that were typed on the pages."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.imports import services as imports_services
from cases.models import Case, ImportRow, ImportRun, Pause
from meetings.models import ChannelChoice, RequiredMeeting
from tests import factories
from tests.cases.imports.files import HEADER, TODAY, csv_bytes, line, read_to_the_end, run_to_the_end
from tests.cases.pages import said, url
from tests.meetings.unbooked.steps import enter
from tests.world import NOW

COLUMNS = ["Holdte samtaler", "Pauser", "Valg af samtaleform", "Begrundelse"]
#: Reason, first and last day as a form has them, and the reason as a file has it.
PAUSES = [
    ("holiday", "01-03-2026", "14-03-2026", "ferie"),
    ("employment", "20-02-2026", "31-03-2026", "arbejde"),
    ("sickness", "10-03-2026", "30-04-2026", "sygdom"),
    ("parental_leave", "01-04-2026", "31-08-2026", "barsel"),
]
TWO = "sygdom 03-03-2026 til 14-03-2026; ferie 01-04-2026 til og med 10-04-2026"
#: One Monday after the other, all of them before the pauses are over.
DAYS = [date(2025, 12, 15) + timedelta(weeks=week) for week in range(12)]


def upload(client, office, *rows):
    """The file on the page of imports, and its preview when it has been read."""
    filled = [[*line(office, Tilmeldt=f"{day:%d-%m-%Y}"), *cells] for day, *cells in rows]
    quoted = [[f'"{cell}"' for cell in row] for row in [[*HEADER, *COLUMNS], *filled]]
    file = SimpleUploadedFile("sager.csv", csv_bytes(quoted).split(b"\r\n", 1)[1])
    address = client.post(reverse("cases:import"), {"file": file}).url
    read_to_the_end(ImportRun.objects.latest("pk"), NOW)
    return client.get(address)


def carry_out(client, at):
    run = ImportRun.objects.latest("pk")
    client.post(reverse("cases:import_start", args=[run.public_id]))
    run_to_the_end(at)
    return run


def type_in(client, office, now, day, pause):
    """The same case, with its pause typed on the page."""
    case = factories.case(office, registered_on=day, at=now, has_qualifying_education=False, has_children_at_home=True)
    kind, first, last, _ = pause
    typed = {"kind": kind, "first": first, "last": last, "source": "borgeren", "version": case.version}
    assert "Pausen er registreret." in said(client.post(url("pause_add", case), typed))
    return case


def deadlines(case):
    required = RequiredMeeting.objects.current().filter(case=case).order_by("due_on", "number")
    return list(required.values_list("kind", "responsible", "number", "window_from", "window_to", "due_on", "state"))


def test_imported_cases_with_pauses_have_the_deadlines_of_those_typed_on_the_pages(log_in, office, now):
    client = log_in(office.adviser)
    courses = [(day, pause) for day in DAYS for pause in PAUSES]
    rows = [(day, "", f"{label} {first} til {last}", "", "") for day, (_, first, last, label) in courses]

    upload(client, office, *rows)
    carry_out(client, now)

    imported = ImportRow.objects.order_by("line").select_related("case")
    assert [row.problem for row in imported] == [""] * 48
    for row, (day, pause) in zip(imported, courses, strict=True):
        demanded = deadlines(row.case)
        assert demanded == deadlines(type_in(client, office, now, day, pause))
        assert (row.due_on, row.due_by) == (demanded[0][5], demanded[0][1])


def test_the_preview_shows_the_next_deadline_with_whom_it_is_and_counts_what_is_late(log_in, office, now):
    client, day = log_in(office.adviser), date(2026, 2, 2)
    paused = (day, "10-02-2026 9.00 telefon", TWO, "telefon 03-02-2026", "")
    # Without the pauses and the talk the same course is late.
    answer = upload(client, office, paused, (day, "", "", "", "")).content.decode()

    assert "1 af sagerne er over fristen fra første dag: 1 hos a-kassen." in answer
    assert "Pause: sygdom 03-03-2026 til og med 14-03-2026" in answer
    assert "Valgt: telefon 03-02-2026" in answer
    assert answer.count(">Overskredet<") == 1
    carry_out(client, now)
    first, second = ImportRow.objects.order_by("line").select_related("case")
    for row in (first, second):
        opened = RequiredMeeting.objects.current().filter(case=row.case, state="open").order_by("due_on").first()
        assert (row.due_on, row.due_by) == (opened.due_on, opened.responsible)
    assert second.due_on < TODAY < first.due_on


def test_what_was_imported_stands_on_the_case_as_typed(log_in, office, now):
    client = log_in(office.adviser)
    upload(client, office, (date(2026, 2, 2), "21-04-2026 9.00 video", TWO, "video 20-04-2026, telefon 03-02-2026", ""))
    carry_out(client, now)

    case = Case.objects.get()
    assert [str(pause) for pause in case.pauses.all()] == [
        "sygdom 03-03-2026 til og med 14-03-2026",
        "ferie 01-04-2026 til og med 10-04-2026",
    ]
    assert [str(choice) for choice in case.channel_choices.all()] == ["video 20-04-2026", "telefon 03-02-2026"]
    assert case.meetings.get().channel_chosen_by == "citizen"
    opened = case.events.get(kind="cases.opened").text
    assert "Pause registreret: sygdom 03-03-2026 til og med 14-03-2026. Pause registreret: ferie" in opened


@pytest.mark.parametrize(
    ("held", "pauses", "choices", "problem"),
    [
        ("", "rejse 01-03-2026 til 02-03-2026", "", "»pauser«: »rejse 01-03-2026 til 02-03-2026« kan ikke læses."),
        ("", "ferie 01-03-2026", "", "»pauser«: »ferie 01-03-2026« har ingen sidste dag."),
        ("", "ferie 31-02-2026 til 03-03-2026", "", "»pauser«: 31-02-2026 findes ikke i kalenderen."),
        ("", "ferie 14-03-2026 til 01-03-2026", "", "»pauser«: Perioden slutter den 1. marts 2026, før den begynder"),
        ("", "ferie 01-01-2026 til 30-01-2026", "", "»pauser«: Pausen ligger før tilmeldingen den 2. februar 2026."),
        (
            "",
            "ferie 01-03-2026 til 14-03-2026; sygdom 14-03-2026 til 20-03-2026",
            "",
            "»pauser«: Der er to pauser den 14. marts 2026.",
        ),
        ("", "barsel 01-03-2026 til 01-03-2029", "", "»pauser«: Den 1. marts 2029 ligger mere end to år ude"),
        ("", "", "brev 03-02-2026", "»valg af samtaleform«: »brev 03-02-2026« kan ikke læses."),
        ("", "", "video 01-02-2026", "»valg af samtaleform«: Valget skal være truffet mellem tilmeldingen den 02-02-"),
        ("", "", "video 05-05-2026", "»valg af samtaleform«: Valget skal være truffet mellem tilmeldingen den 02-02-"),
        ("21-04-2026 9.00 fremmøde", "", "video 20-03-2026", "borgeren havde valgt video. Er det rigtigt, så skriv"),
    ],
)
def test_what_the_pages_refuse_or_ask_is_said_of_the_row_and_nothing_of_it_is_saved(
    log_in, office, now, held, pauses, choices, problem
):
    client = log_in(office.adviser)
    upload(client, office, (date(2026, 2, 2), held, pauses, choices, ""), (date(2026, 2, 2), "", "", "", ""))
    bad, good = ImportRow.objects.order_by("line")
    assert (bad.state, good.state) == ("refused", "ready")
    assert problem in bad.problem

    carry_out(client, now)

    assert Case.objects.count() == 1
    assert not Pause.objects.exists()
    assert not ChannelChoice.objects.exists()


def test_a_row_that_fails_when_it_is_carried_out_leaves_no_pause_and_no_choice(log_in, office, case, now):
    client = log_in(office.adviser)
    upload(client, office, (date(2026, 2, 2), "21-04-2026 10.00 telefon", TWO, "telefon 03-02-2026", ""))
    # Meanwhile the employee holds another talk at that time.
    enter(case, office.adviser, now, starts_at=now.replace(month=4, day=21, hour=8), is_six_weeks_guided=True)
    carry_out(client, now)

    row = ImportRow.objects.get()
    assert "Medarbejderen har en anden samtale" in row.problem
    assert list(Case.objects.all()) == [case]
    assert not Pause.objects.exists()
    assert not ChannelChoice.objects.exists()


def test_an_import_that_is_taken_back_takes_its_pauses_and_choices_with_it(log_in, office, now):
    client = log_in(office.adviser)
    upload(client, office, (date(2026, 2, 2), "", TWO, "telefon 03-02-2026", ""))
    run = carry_out(client, now)

    imports_services.take_back(run_id=run.pk, by=office.leader, at=now + timedelta(hours=1))
    run_to_the_end(now + timedelta(hours=1))

    case = Case.objects.get()
    assert (case.status, case.close_reason) == ("closed", "mistake")
    assert not Pause.objects.exists()
    assert not ChannelChoice.objects.exists()
    told = case.events.filter(kind__in=["cases.pause_removed", "meetings.choice_withdrawn"])
    assert [event.by for event in told] == [office.leader] * 3
    assert "Borgerens valg (telefon 03-02-2026) er taget tilbage med sagen." in [event.text for event in told]
