"""The date of an exercise: forward only, for every process, and never in production."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases import clock
from cases.models import Reminder
from cases.reminders import delivery as reminders_delivery
from tests import world
from tests.world import NOW


@pytest.fixture
def clock_file(settings, tmp_path, now):
    settings.CLOCK_FILE = tmp_path / "clock"
    return settings.CLOCK_FILE


def move(capsys, *arguments):
    call_command("move_clock", *arguments)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "becomes"),
    [
        pytest.param(["2027-01-15"], date(2027, 1, 15), id="a day"),
        pytest.param(["+30d"], date(2026, 6, 3), id="thirty days"),
        pytest.param(["+2w"], date(2026, 5, 18), id="two weeks"),
        pytest.param(["+3m"], date(2026, 8, 4), id="three months"),
        pytest.param(["--to-next-working-day"], date(2026, 5, 5), id="the next working day"),
        pytest.param(["2026-05-04"], date(2026, 5, 4), id="today, where it stays"),
    ],
)
def test_the_day_becomes(asked, becomes, clock_file, capsys):
    move(capsys, *asked)

    assert clock.today() == becomes


def test_the_time_of_day_stays_over_a_change_to_winter_time(clock_file, capsys):
    move(capsys, "2026-12-01")

    # Ten o'clock in Copenhagen, in May and in December.
    assert clock.now() == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def test_the_next_working_day_skips_weekend_and_holiday(clock_file, capsys):
    # The Wednesday before Ascension Day.
    move(capsys, "2026-05-13")

    move(capsys, "--to-next-working-day")

    assert clock.today() == date(2026, 5, 15)


def test_it_says_what_day_it_is(clock_file, capsys):
    assert move(capsys) == "For systemet er det mandag den 4. maj 2026. Uret er ikke flyttet.\n"
    assert move(capsys, "+1w") == "For systemet er det mandag den 11. maj 2026. Uret er flyttet 7 dage frem.\n"
    assert move(capsys) == "For systemet er det mandag den 11. maj 2026. Uret er flyttet 7 dage frem.\n"


def test_time_goes_on_from_there(clock_file, capsys):
    move(capsys, "+10d")

    with time_machine.travel(NOW + timedelta(hours=20), tick=False):
        assert clock.now() == NOW + timedelta(days=10, hours=20)


def test_a_second_move_counts_from_where_the_first_ended(clock_file, capsys):
    move(capsys, "+1m")
    move(capsys, "+1m")

    assert clock.today() == date(2026, 7, 4)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param(["2026-05-03"], "Uret går kun frem", id="back"),
        pytest.param(["2027-02-30"], "er ikke en dato", id="no such day"),
        pytest.param(["i morgen"], "er ikke en dato", id="a word"),
        pytest.param(["+3x"], "er ikke et spring", id="an unknown unit"),
        pytest.param(["+-3d"], "er ikke et spring", id="a negative span"),
        pytest.param(["+100y"], "er ikke et spring", id="years"),
        pytest.param(["2150-01-01"], "uden for kalenderen", id="beyond the calendar"),
        pytest.param(["+2000m"], "Så langt kan uret ikke flyttes", id="a span beyond the calendar"),
        pytest.param(["+99999999999999d"], "Så langt kan uret ikke flyttes", id="a span beyond all time"),
        pytest.param(["+1d", "--to-next-working-day"], "ikke begge", id="two targets"),
    ],
)
def test_it_refuses_with_one_line(asked, sentence, clock_file):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("move_clock", *asked)

    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
    assert not clock_file.exists()


def test_production_has_no_clock_to_move(settings, clock_file):
    settings.IS_PRODUCTION = True

    with pytest.raises(CommandError, match="kan ikke flyttes i produktion") as refused:
        call_command("move_clock", "+1d")

    assert refused.value.returncode == 2
    assert not clock_file.exists()


def test_without_a_clock_file_it_says_what_to_set(settings, now):
    settings.CLOCK_FILE = None

    with pytest.raises(CommandError, match="Sæt den til samme fil her og for web, worker og beat") as refused:
        call_command("move_clock", "+1d")

    assert refused.value.returncode == 2


def test_without_the_folder_it_says_what_to_start(clock_file, settings, tmp_path):
    settings.CLOCK_FILE = tmp_path / "nowhere" / "clock"

    with pytest.raises(CommandError, match="Start systemet med make run først"):
        call_command("move_clock", "+1d")


def test_nobody_ever_reads_half_a_number(clock_file, capsys, monkeypatch):
    """Until the last step the old date stands."""
    move(capsys, "+1d")

    def fails(self, target):
        assert clock.today() == date(2026, 5, 5)
        raise OSError(os.strerror(28))

    monkeypatch.setattr(type(clock_file), "replace", fails)
    with pytest.raises(CommandError):
        call_command("move_clock", "+1d")
    assert clock.today() == date(2026, 5, 5)


# The banner


PAGES = ["login", "cases:accessibility", "meetings:worklist", "admin:index", "admin:cases_act_changelist"]
BANNER = "Øvelse: systemets dato er 15. januar 2027."


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_that_it_is_an_exercise(name, office, clock_file, log_in, client, capsys):
    if name not in ("login", "cases:accessibility"):
        # An administrator has no worklist, and nobody else the administration.
        log_in(office.administrator if name.startswith("admin:") else office.adviser)
    assert "Øvelse:" not in client.get(reverse(name)).content.decode()

    move(capsys, "2027-01-15")

    assert BANNER in client.get(reverse(name)).content.decode()


def test_a_page_that_is_not_there_says_it_too(office, clock_file, log_in, capsys):
    move(capsys, "2027-01-15")

    assert BANNER in log_in(office.adviser).get("/findes-ikke/").content.decode()


# Who is logged in


def test_a_year_further_nobody_is_logged_out_and_the_session_ends_in_its_own_time(office, clock_file, log_in, capsys):
    client = log_in(office.adviser)
    worklist = reverse("meetings:worklist")
    assert client.get(worklist).status_code == 200

    move(capsys, "+12m")

    # The session counts the minutes that people wait, not the days that they skip.
    assert client.get(worklist).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=119), tick=False):
        assert client.get(worklist).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=240), tick=False):
        assert client.get(worklist).status_code == 302


def test_a_lock_out_is_not_skipped(office, clock_file, client, settings, capsys):
    settings.AXES_ENABLED = True
    wrong = {"username": "adviser", "password": "forkert"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        client.post(reverse("login"), wrong)

    move(capsys, "+1d")

    assert client.post(reverse("login"), wrong).status_code == 429


# A year in steps of a month


def test_a_year_is_lived_without_an_error_and_every_reminder_is_written_once(office, clock_file, capsys, caplog):
    here = world.build(office, NOW, is_handed_over=False)
    pages = {
        "adviser": reverse("meetings:worklist"),
        "caseworker": reverse("meetings:course", args=[here.case.public_id]),
    }
    seen = set()
    for month in range(1, 13):
        move(capsys, "+1m")
        sweep()
        assert not Reminder.objects.due(clock.now()).exists()
        told = set(Reminder.objects.values_list("pk", flat=True))
        # A second round on the same day finds nothing more to tell.
        sweep()
        assert set(Reminder.objects.values_list("pk", flat=True)) == told
        seen |= told
        for visitor, url in pages.items() if month % 3 == 0 else ():
            assert here.client(visitor).get(url).status_code == 200

    rows = Reminder.objects.values_list("kind", "subject", "version", "user", "organisation", "case")
    assert len(rows) == len(set(rows)) >= 10
    assert len(seen) == len(rows)
    assert [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def sweep():
    """What the two tasks do, without a broker between them."""
    for receiver in reminders_delivery.sweep(at=clock.now()):
        reminders_delivery.deliver(receiver, at=clock.now())
