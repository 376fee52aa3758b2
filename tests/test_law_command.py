"""`manage.py law`: the same answers with a database and without, and one line for bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from referrals.management.commands import law

ROOT = Path(__file__).parents[1]

QUESTIONS = [
    "values --on 2023-06-01 --json",
    "values --on 2026-07-01 --json --draft e",
    "plan --registered-on 2024-01-15 --json",
    "plan --registered-on 2022-06-01",
    "plan --registered-on 2023-12-15 --json",
    "plan --registered-on 2026-08-03 --json --draft e",
    "plan --registered-on 2026-08-03 --json --draft e-mere-fleksibelt-kontaktforloeb",
    "plan --registered-on 2024-09-02 --born 2002-01-01 --no-education --no-children --draft d",
    "plan --registered-on 2024-09-02 --pause 2024-10-07:2024-10-20:employment --json",
    "plan --registered-on 2024-09-02 --target-group 11",
    "channel --placed-on 2024-05-06 --meeting-on 2024-05-14",
    "channel --placed-on 2024-05-06 --meeting-on 2024-05-14 --json --draft d",
    "offer --placed-on 2024-01-15 --type internship --starts-on 2024-07-10 --ends-on 2024-07-16",
    "offer --placed-on 2026-06-01 --type other_guidance --starts-on 2026-07-01 --ends-on 2026-07-31 --json --draft e",
    "referral --placed-on 2024-01-15 --sent-on 2024-02-10 --offer-starts-on 2024-03-01 --json",
]

#: What pages, workers and the administration need, and no answer of the law; and the calendars of all countries.
OF_OTHERS = {
    "cases.admin", "celery", "config.urls", "fido2", "highspy", "holidays.countries", "icalendar", "jwt", "numpy",
    "openpyxl", "redis",
}  # fmt: skip

#: Runs the command that follows, and tells at last by which modules.
TELLING_MODULES = """
import atexit, runpy, sys

atexit.register(lambda: print(*sys.modules, file=sys.stderr))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

OFFER = "offer --placed-on 2024-01-15"
REFERRAL = "referral --placed-on 2024-01-15"

BAD_INPUT = [
    ("", "question"),
    ("guess", "guess"),
    ("plan", "--registered-on"),
    ("plan --registered-on 2024-02-30", "»2024-02-30« er ikke en dato"),
    ("plan --registered-on 20240115", "»20240115« er ikke en dato"),
    ("plan --registered-on 2024-W03-1", "er ikke en dato"),
    ("plan --registered-on 9999-01-01", "9999 ligger uden for kalenderen"),
    ("plan --registered-on 2100-12-01", "Helligdagene i 2101 er ikke kendt"),
    ("plan --registered-on 2019-12-31", "Ingen lov i kraft den 31. december 2019"),
    ("plan --registered-on 2024-01-15 --placed-on 2024-01-14", "ligger før tilmeldingen"),
    ("plan --registered-on 2024-01-15 --born 2024-01-15", "Fødselsdagen"),
    ("plan --registered-on 2024-01-15 --target-group 0", "Målgruppe 0 findes ikke"),
    ("plan --registered-on 2024-01-15 --target-group x", "--target-group"),
    ("plan --registered-on 2024-01-15 --pause 2024-02-01", "er ikke en pause"),
    ("plan --registered-on 2024-01-15 --pause 2024-02-01:2024-01-31:holiday", "før den begynder"),
    ("plan --registered-on 2024-01-15 --pause 2024-02-01:2024-02-31:holiday", "»2024-02-31« er ikke en dato"),
    ("plan --registered-on 2024-01-15 --pause 2024-02-01:2024-02-02:fest", "»fest« er ikke en slags pause"),
    ("plan --registered-on 2024-01-15 --draft x", "intet udkast, som hedder »x«"),
    ("plan --registered-on 2024-01-15 --draft c", "intet udkast, som hedder »c«"),
    ("plan --registered-on 2024-01-15 --colour red", "--colour"),
    ("plan --registered 2024-01-15", "--registered"),
    ("channel --placed-on 2024-05-06", "--meeting-on"),
    ("channel --placed-on 2024-05-06 --meeting-on 2024-05-05", "ligger før tilmeldingen"),
    ("channel --placed-on 2024-05-06 --meeting-on 2024-05-07 --kind tea", "»tea« er ikke en slags samtale"),
    ("channel --placed-on 2024-05-06 --meeting-on 2024-05-07 --number 0", "nummer er 0"),
    ("offer --placed-on 2024-01-15 --type internship --starts-on 2024-03-01", "--ends-on"),
    (f"{OFFER} --type fest --starts-on 2024-03-01 --ends-on 2024-03-31", "»fest« er ikke en tilbudstype"),
    (f"{OFFER} --type internship --starts-on 2024-03-01 --ends-on 2024-02-29", "før den begynder"),
    (f"{OFFER} --type internship --starts-on 2024-03-01 --ends-on 2024-02-30", "»2024-02-30« er ikke en dato"),
    (
        f"{OFFER} --type wage_subsidy --starts-on 2024-03-01 --ends-on 2024-03-31 --offered-on 2024-03-02",
        "efter at det begyndte",
    ),
    ("offer --placed-on 2019-12-31 --type internship --starts-on 2020-01-02 --ends-on 2020-02-02", "31. december 2019"),
    (f"{OFFER} --type internship --starts-on 2024-03-01 --ends-on 2024-03-31 --draft x", "intet udkast"),
    ("referral --placed-on 2024-01-15 --sent-on 2024-02-10", "--offer-starts-on"),
    (f"{REFERRAL} --sent-on 2024-01-14 --offer-starts-on 2024-02-01", "før tilmeldingen"),
    (f"{REFERRAL} --sent-on 2024-02-10 --offer-starts-on 2024-13-01", "»2024-13-01« er ikke en dato"),
    (f"{REFERRAL} --sent-on 2024-02-10 --offer-starts-on 2024-03-01 --pause 2024-02-01", "er ikke en pause"),
]


@pytest.fixture
def no_database(monkeypatch):
    monkeypatch.setattr(law, "_stored_law", lambda draft: None)


@pytest.fixture
def ask(capsys):
    def ask(question):
        law.Command().run_from_argv(["manage.py", "law", *question.split()])
        return capsys.readouterr().out

    return ask


def asked(question, database_url="postgres://nobody@127.0.0.1:1/none", python=()):
    return subprocess.run(
        [sys.executable, *python, "manage.py", "law", *question.split()],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, "MIGRATE_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_answers_without_a_database():
    answer = asked("plan --registered-on 2024-01-15 --json")

    assert (answer.returncode, answer.stderr) == (0, "")
    assert len(json.loads(answer.stdout)["meetings"]) == 6


def test_it_loads_what_an_answer_needs():
    answer = asked("plan --registered-on 2024-01-15 --json", python=("-c", TELLING_MODULES))
    loaded = set(answer.stderr.split())

    assert len(json.loads(answer.stdout)["meetings"]) == 6
    assert "holidays" in loaded
    assert loaded & OF_OTHERS == set()


def test_bad_input_is_one_line_and_exit_status_2():
    answer = asked("plan --registered-on 2024-13-01")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "argument --registered-on: »2024-13-01« er ikke en dato. Skriv den som 2024-01-15.\n"


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(("question", "sentence"), BAD_INPUT, ids=[question for question, _ in BAD_INPUT])
def test_every_bad_input_is_refused_in_one_line(question, sentence, capsys):
    with pytest.raises(SystemExit) as raised:
        law.Command().run_from_argv(["manage.py", "law", *question.split()])

    captured = capsys.readouterr()
    assert (raised.value.code, captured.out) == (2, "")
    assert captured.err.count("\n") == 1
    assert sentence in captured.err


@pytest.mark.usefixtures("no_database")
def test_the_plan_has_these_keys_in_this_order(ask):
    answer = json.loads(ask("plan --registered-on 2024-01-15 --placed-on 2024-01-20 --json"))

    assert list(answer) == ["act", "course_start", "meetings"]
    assert (answer["act"], answer["course_start"]) == ("c-anden-delaftale-2", "2024-01-20")
    first = answer["meetings"][0]
    assert list(first) == [
        "number",
        "kind",
        "responsible",
        "window_from",
        "due_on",
        "enforced",
        "legal_basis",
        "why",
    ]
    assert {key: first[key] for key in list(first)[:6]} == {
        "number": 1,
        "kind": "contact_interview",
        "responsible": "fund",
        "window_from": "2024-01-15",
        "due_on": "2024-01-29",
        "enforced": True,
    }
    assert all(isinstance(sentence, str) for sentence in first["why"])


@pytest.mark.usefixtures("no_database")
def test_the_nine_of_2022_and_the_historic_ones_of_2023(ask):
    old = json.loads(ask("plan --registered-on 2022-06-01 --json"))["meetings"]
    historic = json.loads(ask("plan --registered-on 2023-12-31 --json"))["meetings"]

    assert len(old) == 9
    assert all(meeting["enforced"] for meeting in old)
    assert sum(not meeting["enforced"] for meeting in historic) == 5


@pytest.mark.usefixtures("no_database")
def test_a_pause_counts_both_its_days(ask):
    answer = json.loads(ask("plan --registered-on 2024-09-02 --pause 2024-10-07:2024-10-20:employment --json"))

    assert answer["meetings"][-1]["due_on"] == "2025-03-15"


@pytest.mark.usefixtures("no_database")
def test_a_course_without_a_table_has_no_act(ask):
    assert json.loads(ask("plan --registered-on 2024-01-15 --target-group 11 --json")) == {
        "act": None,
        "course_start": "2024-01-15",
        "meetings": [],
    }


@pytest.mark.usefixtures("no_database")
def test_values_are_null_numbers_truths_and_sorted_lists(ask):
    answer = json.loads(ask("values --on 2023-06-01 --json"))

    assert list(answer) == sorted(answer)
    assert answer["meetings.citizen_chooses_months"] == {
        "value": 6,
        "act": "b-anden-delaftale-1",
        "legal_basis": "Anden delaftale (juni 2022); LAB § 33, stk. 1",
    }
    assert answer["cases.handover_hours_full_time"]["value"] is None
    assert answer["meetings.attendance_override_allowed"]["value"] is True
    assert answer["meetings.channels"]["value"] == ["attendance", "telephone", "video"]
    assert answer["meetings.default_channel"]["value"] == ["attendance"]
    assert answer["meetings.other_groups"]["value"] == [2, 3, 4, 5, 7, 8, 9, 10]


@pytest.mark.usefixtures("no_database")
def test_the_channel_has_these_keys_in_this_order(ask):
    answer = json.loads(ask("channel --placed-on 2024-05-06 --meeting-on 2024-05-14 --json"))
    strict = json.loads(ask("channel --placed-on 2024-05-06 --meeting-on 2024-05-14 --draft d --json"))
    second = json.loads(ask("channel --placed-on 2024-05-06 --meeting-on 2024-05-14 --number 2 --draft d --json"))

    assert list(answer) == ["allowed", "decided_by", "why"]
    assert (answer["allowed"], answer["decided_by"]) == (["attendance", "telephone", "video"], "citizen")
    assert (strict["allowed"], strict["decided_by"]) == (["attendance"], "law")
    assert second["decided_by"] == "citizen"


@pytest.mark.usefixtures("no_database")
def test_the_offer_has_these_keys_in_this_order(ask):
    answer = json.loads(ask(f"{OFFER} --type internship --starts-on 2024-03-01 --ends-on 2024-03-14 --json"))

    assert list(answer) == ["counts", "deadline", "why"]
    assert (answer["counts"], answer["deadline"]) == (True, "2024-07-14")
    assert all(isinstance(sentence, str) for sentence in answer["why"])


@pytest.mark.usefixtures("no_database")
def test_a_wage_subsidy_offered_in_time_may_begin_after_the_deadline(ask):
    subsidy = f"{OFFER} --type wage_subsidy --starts-on 2024-08-04 --ends-on 2024-12-31 --json"

    assert json.loads(ask(f"{subsidy} --offered-on 2024-07-14"))["counts"] is True
    assert json.loads(ask(f"{subsidy} --offered-on 2024-07-15"))["counts"] is False
    assert json.loads(ask(subsidy))["counts"] is False


@pytest.mark.usefixtures("no_database")
def test_a_draft_changes_what_counts(ask):
    guidance = "offer --placed-on 2026-06-01 --type other_guidance --starts-on 2026-07-01 --ends-on 2026-07-31 --json"

    assert json.loads(ask(guidance))["counts"] is False
    assert json.loads(ask(f"{guidance} --draft e"))["counts"] is True


@pytest.mark.usefixtures("no_database")
def test_the_referral_has_these_keys_in_this_order(ask):
    question = f"{REFERRAL} --sent-on 2024-04-20 --offer-starts-on 2024-05-01 --json"
    answer = json.loads(ask(question))
    paused = json.loads(ask(f"{question} --pause 2024-03-04:2024-03-17:employment"))

    assert list(answer) == ["admissible", "why"]
    assert answer["admissible"] is False
    assert any("A-kassen har ikke ansvaret den 20. april 2024" in sentence for sentence in answer["why"])
    assert paused["admissible"] is True


@pytest.mark.usefixtures("no_database")
def test_the_tables_of_offer_and_referral_are_readable(ask):
    offer = ask(f"{OFFER} --type internship --starts-on 2024-07-10 --ends-on 2024-07-16")
    referral = ask(f"{REFERRAL} --sent-on 2024-02-10 --offer-starts-on 2024-03-01")
    before = ask("referral --placed-on 2023-06-01 --sent-on 2023-07-01 --offer-starts-on 2023-08-01")

    assert "nej     2024-07-14\n  Virksomhedspraktik, der begynder den 10. juli 2024" in offer
    assert "ja          2024-05-12\n" in referral
    assert "nej         ingen\n" in before


@pytest.mark.usefixtures("no_database")
def test_the_tables_are_readable(ask):
    plan = ask("plan --registered-on 2026-08-03")
    channel = ask("channel --placed-on 2022-05-06 --meeting-on 2022-05-14 --kind cv_interview")
    values = ask("values --on 2024-01-01")

    assert plan.startswith("Forløb fra den 3. august 2026. Lov: c-anden-delaftale-2.\nReglen er ikke bekræftet")
    assert "1.   jobsamtale  a-kassen    2026-08-03  2026-08-17  ja" in plan
    assert "personligt fremmøde  loven" in channel
    assert "cases.handover_hours_full_time" in values
    assert "410" in values


@pytest.mark.usefixtures("law")
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_stored_acts_give_the_same_answers_as_the_shipped_files(question, ask, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(law, "_shipped_law", lambda: pytest.fail("the files were read beside a database"))
        stored = ask(question)
    monkeypatch.setattr(law, "_stored_law", lambda draft: None)

    assert ask(question) == stored


@pytest.mark.django_db
def test_a_database_without_acts_leaves_the_answer_to_the_files(ask):
    assert len(json.loads(ask("plan --registered-on 2024-01-15 --json"))["meetings"]) == 6
