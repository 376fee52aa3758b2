"""Running cases come with the meetings that were held in them: nothing that was held is overdue, and nobody is told."""

from datetime import UTC, datetime, timedelta

import pytest

from cases.imports import services as imports_services
from cases.models import Case, Event, ImportRow, Reminder, Role
from cases.reminders import delivery as reminders_delivery
from meetings.case_page import on_day
from meetings.models import Meeting, RequiredMeeting, WorklistEntry
from meetings.owing.kinds import TO_CITIZEN
from meetings.planning import from_scratch
from tests import factories
from tests.cases.imports import files
from tests.cases.imports.files import HEADER, TODAY, csv_bytes, line, run_to_the_end
from tests.meetings.unbooked.steps import enter

COLUMNS = ["Holdte samtaler", "Medarbejder", "Begrundelse"]
#: Three meetings in the first three months of a course that began on 2 February.
THREE = "10-02-2026 {hour}.00 fremmøde; 03-03-2026 {hour}.00 telefon; 21-04-2026 kl. {hour}.30 video"


def file_of(office, *rows):
    """A file with the columns of held meetings beside the usual ones."""
    filled = [[*line(office, Tilmeldt="02-02-2026"), *row] for row in rows]
    quoted = [[f'"{cell}"' for cell in row] for row in [[*HEADER, *COLUMNS], *filled]]
    return csv_bytes(quoted).split(b"\r\n", 1)[1]


def preview(office, now, *rows):
    run = files.preview(office, file_of(office, *rows), now=now)
    return run, list(run.rows.order_by("line"))


def carry_out(office, now, *rows):
    run, _ = preview(office, now, *rows)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)
    return list(ImportRow.objects.filter(run=run).order_by("line"))


def test_nothing_that_was_held_is_overdue_and_nobody_is_reminded_of_it(office, now):
    advisers = [factories.user(organisation=office.fund, role=Role.ADVISER) for _ in range(2)]
    rows = [(THREE.format(hour=hour), adviser.username, "") for adviser in advisers for hour in range(8, 16)]

    carried_out = carry_out(office, now, *rows)
    reminders_delivery.sweep(at=now)
    reminders_delivery.sweep(at=now + timedelta(days=1))

    assert [row.state for row in carried_out] == ["created"] * 16
    assert Meeting.objects.filter(status="held", adviser__in=advisers).count() == 48
    assert all(meeting.is_unbooked for meeting in Meeting.objects.all())
    fund = RequiredMeeting.objects.current().filter(responsible="fund")
    assert list(fund.values_list("state", flat=True)) == ["fulfilled"] * 48
    assert not WorklistEntry.objects.filter(due_on__lt=TODAY).exists()
    assert list(from_scratch.differences()) == []
    assert not Reminder.objects.filter(kind__in=["meetings.deadline_passed", *TO_CITIZEN]).exists()


def test_they_are_entered_as_by_hand(office, now):
    carry_out(office, now, ("10-02-2026 9.00 telefon", "", ""))

    (case,) = Case.objects.all()
    (meeting,) = case.meetings.all()
    assert (meeting.starts_at, meeting.channel, meeting.requirement.number) == (
        datetime(2026, 2, 10, 8, 0, tzinfo=UTC),
        "telephone",
        1,
    )
    assert "Registreret efter samtalen, uden booking (telefon)." in Event.objects.get(kind="meetings.held").text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("10-02-2026 telefon", "»10-02-2026 telefon« kan ikke læses. Skriv dag, klokkeslæt og samtaleform"),
        ("31-02-2026 9.00 telefon", "31-02-2026 findes ikke i kalenderen."),
        ("10-02-2026 25.00 telefon", "Klokken 25.00 findes ikke."),
        ("06-05-2026 9.00 telefon", "onsdag den 6. maj 2026 kl. 09.00-09.30 er ikke holdt endnu."),
        ("30-01-2026 9.00 telefon", "ligger før tilmeldingen den 2. februar 2026"),
        ("cv-samtale 10-02-2026 9.00 telefon", "En cv-samtale kan ikke bookes i et forløb"),
        ("15-02-2026 9.00 telefon", "er en søndag. Er det rigtigt, så skriv kort hvorfor i »begrundelse«."),
    ],
)
def test_what_cannot_have_been_held_is_said_beforehand(office, now, text, problem):
    _, (row,) = preview(office, now, (text, "", ""))

    assert row.state == "refused"
    assert problem in row.problem


def test_what_looks_wrong_is_taken_with_its_reason(office, now):
    (row,) = carry_out(office, now, ("15-02-2026 9.00 telefon", "", "Borgeren ønskede det."))

    assert row.state == "created"
    assert "Borgeren ønskede det." in Event.objects.get(kind="cases.opened").text


def test_a_meeting_entered_after_the_preview_refuses_the_row_whole(office, case, now):
    run, _ = preview(office, now, ("21-04-2026 10.00 telefon", "", ""))
    enter(case, office.adviser, now, starts_at=datetime(2026, 4, 21, 8, 0, tzinfo=UTC), is_six_weeks_guided=True)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)

    (row,) = run.rows.all()
    assert row.state == "refused"
    assert "Medarbejderen har en anden samtale i det tidsrum." in row.problem
    assert list(Case.objects.all()) == [case]


def test_what_is_entered_on_the_day_of_a_back_dated_intake_is_never_reminded_of(office, now):
    case = factories.case(office, registered_on=TODAY - timedelta(weeks=8), at=now)
    reminders_delivery.sweep(at=now + timedelta(hours=8))
    assert not Reminder.objects.filter(case=case).exists()

    reminders_delivery.sweep(at=now + timedelta(days=1))
    assert Reminder.objects.filter(case=case, kind="meetings.deadline_passed").exists()


def test_what_was_taken_back_is_read_again(office, now):
    wrong = file_of(office, (THREE.format(hour=9), "", ""))
    run = files.preview(office, wrong, now=now)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)
    later = now + timedelta(days=1)

    imports_services.take_back(run_id=run.pk, by=office.leader, at=later)
    run_to_the_end(later)
    again = files.preview(office, wrong.replace(b"telefon", b"video"), now=later)
    imports_services.start(run_id=again.pk)
    run_to_the_end(later)

    assert (again.rows.get().problem, again.rows.get().state) == ("", "created")
    first, second = Case.objects.order_by("pk")
    assert set(first.meetings.values_list("status", "cancel_reason", "outcome")) == {("cancelled", "mistake", "")}
    assert set(second.meetings.values_list("status", flat=True)) == {"held"}
    # Nobody is told, and what stood there before can still be read.
    assert not Reminder.objects.filter(kind__in=TO_CITIZEN).exists()
    taken = first.events.filter(kind="meetings.outcome_corrected")
    assert [event.by for event in taken] == [office.leader] * 3
    for at, label in ((now, "Holdt"), (later, "Aflyst")):
        shown = on_day.read(case=Case.objects.with_parties().get(pk=first.pk), day=at.date(), at=later, params={})
        assert [meeting.label for meeting in shown.meetings] == [label] * 3


@pytest.mark.parametrize(
    ("worker", "who"),
    [
        ("", "Uden »medarbejder« er det dig, der holdt samtalen, og du har en anden i det tidsrum"),
        ("{adviser}", "Medarbejderen har en anden samtale i det tidsrum"),
    ],
)
def test_two_rows_of_one_employee_at_one_time_are_told_beforehand(office, now, worker, who):
    name = worker.format(adviser=office.adviser.username)
    rows = (
        ("10-02-2026 9.00 telefon", name, ""),
        ("10-02-2026 9.15 telefon", name, ""),
        ("11-02-2026 9.00 video", "", ""),
    )

    _, (first, second, third) = preview(office, now, *rows)

    assert (first.state, second.state, third.state) == ("ready", "refused", "ready")
    assert f"{who}, i linje {first.line}." in second.problem


def test_a_row_at_the_time_of_another_meeting_of_the_employee_is_told_beforehand(office, case, now):
    enter(case, office.adviser, now, starts_at=datetime(2026, 4, 21, 8, 0, tzinfo=UTC), is_six_weeks_guided=True)
    _, (row,) = preview(office, now, ("21-04-2026 10.10 telefon", "", ""))
    assert row.state == "refused"
    assert "på en anden sag" in row.problem
    assert case.citizen.name not in row.problem


def test_two_meetings_of_one_row_at_one_time_are_told_beforehand(office, now):
    _, (row,) = preview(office, now, ("10-02-2026 9.00 telefon; 10-02-2026 9.20 video", "", ""))
    assert row.state == "refused"
