"""What holds the parts together: who imports whom, who hears what, and what the database promises."""

import ast
import dataclasses
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models
from importlinter.cli import lint_imports

from cases import seam
from cases.law.admin.pages import ActPage
from cases.law.calculator import Question
from cases.rules.declaring import Parameter

ROOT = Path(settings.BASE_DIR)
OUR_APPS = ("cases", "meetings", "referrals")
OUR_MODELS = [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]


def python_files(*folders):
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]


def found_in(paths, search):
    """What the search finds, by file; only the files where it finds anything."""
    found = {path.relative_to(ROOT).as_posix(): search(path.read_text()) for path in paths}
    return {name: hits for name, hits in found.items() if hits}


# Who imports whom


def test_the_import_contracts_are_kept(capsys):
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert not failed, capsys.readouterr().out


# What the apps add to those beneath them


def in_names(value):
    """What an extension is made of, by name; what it leaves empty is left out."""
    if isinstance(value, seam.ReminderSource):
        return in_names(value.verdicts)
    if isinstance(value, ActPage):
        return in_names(value.view)
    if isinstance(value, Parameter):
        return value.key
    if isinstance(value, Question):
        return value.name
    if dataclasses.is_dataclass(value):
        # The names of events are asked for one by one, in the test of the administration's logs.
        asked = [one.name for one in dataclasses.fields(value) if one.name != "event_names"]
        told = {name: in_names(getattr(value, name)) for name in asked}
        return {name: one for name, one in told.items() if one}
    if isinstance(value, dict):
        return {key: in_names(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [in_names(one) for one in value]
    return f"{value.__module__}.{value.__qualname__}" if callable(value) else value


REPLANS = ["meetings.planning.replan.on_cases_changed"]
WORKLIST_FOLLOWS = ["meetings.planning.replan.on_worker_changed", "meetings.law.notices.on_worker_changed"]
RECORDS_JOINED = ["meetings.booking.services.on_citizen_changed", "meetings.planning.replan.on_number_changed"]
DUTY_FOLLOWS = ["referrals.offers.duty.on_cases_changed"]

ADDED = {
    "cases": {
        "events": {"cases.party_changed": ["cases.reminders.passing_on.on_party_changed"]},
        "reminders": ["cases.plans.aim_services.verdicts", "cases.handover.mending.verdicts"],
        "ways_back": {
            "cases.assigned": {
                "permission": "assign_case",
                "take_back": "cases.corrections.services.take_back_assignment",
            },
            "cases.closed": {
                "permission": "edit_case",
                "take_back": "cases.closing.services.take_back_closing",
                "may_be_closed": True,
            },
            "cases.number_changed": {
                "permission": "edit_case",
                "take_back": "cases.numbers.services.take_back_change",
                "may_be_closed": True,
            },
            "cases.received": {
                "permission": "receive",
                "take_back": "cases.handover.services.take_back_receipt",
            },
        },
        "tiles": ["cases.notes.queries.tile_of", "cases.post.queries.tile_of", "cases.erasure.services.tile_of"],
        "case_blocks": {
            "overview": ["cases.notes.queries.part_of"],
            "plan": ["cases.plans.presenters.plan_block", "cases.plans.presenters.aim_block"],
            "history": ["cases.post.queries.part_of"],
        },
        "case_matters": ["cases.post.queries.matter_of"],
        "of_one_party": [
            "cases.models.notes.CaseNote",
            "cases.models.people.CitizenContact",
            "cases.models.former_parties.FormerParty",
            "cases.models.imports.ImportRun",
            "cases.models.municipal.MunicipalDocument",
            "cases.models.texts.StandardText",
        ],
    },
    "meetings": {
        "events": {
            "cases.assigned": WORKLIST_FOLLOWS,
            "cases.closed": ["meetings.booking.services.on_case_closed"],
            "cases.corrected": REPLANS,
            "cases.handed_over": REPLANS,
            "cases.handover_corrected": REPLANS,
            "cases.handover_withdrawn": REPLANS,
            "cases.hours_recorded": REPLANS,
            "cases.persons_joined": RECORDS_JOINED,
            "cases.persons_separated": RECORDS_JOINED,
            "cases.number_changed": ["meetings.planning.replan.on_number_changed"],
            "cases.opened": REPLANS,
            "cases.party_changed": [f"meetings.{room}.services.on_party_changed" for room in ("booking", "no_shows")],
            "cases.pause_changed": REPLANS,
            "cases.pause_removed": REPLANS,
            "cases.paused": REPLANS,
            "cases.receipt_undone": WORKLIST_FOLLOWS,
            "cases.received": WORKLIST_FOLLOWS,
            "cases.reopened": [*REPLANS, "meetings.booking.ways_back.on_case_reopened"],
            "meetings.outcome_corrected": ["meetings.no_shows.services.on_outcome_corrected"],
        },
        "ways_back": {
            "meetings.booked": {
                "permission": "book_meeting",
                "take_back": "meetings.booking.ways_back.take_back_booking",
            },
            "meetings.cancelled": {
                "permission": "book_meeting",
                "take_back": "meetings.booking.ways_back.take_back_cancellation",
            },
            "meetings.moved": {
                "permission": "book_meeting",
                "take_back": "meetings.booking.ways_back.take_back_move",
            },
            "meetings.written": {
                "permission": "book_meeting",
                "take_back": "meetings.list_jobs.writing.take_back",
            },
        },
        "reminders": ["meetings.due.still_wanted.verdicts"],
        "tiles": ["meetings.no_shows.queries.tile_of", "meetings.unattended.queries.tile_of"],
        "duties": ["meetings.list_jobs.leaving.duties_of"],
        "hand_over": "meetings.list_jobs.leaving.hand_over",
        "case_matters": ["meetings.no_shows.queries.matter_of"],
        "of_one_party": [
            "meetings.models.list_jobs.ListJob",
            "meetings.models.month_plans.MonthPlan",
            "meetings.models.worklist.WorklistEntry",
        ],
        "closing_doubts": ["meetings.case_page.closing_doubts.closing_doubts"],
        "contact_course": {
            "next_steps": "meetings.case_page.next_steps.next_steps",
            "handover_checks": "meetings.case_page.next_steps.handover_checks",
            "next_deadlines": "meetings.unbooked.deadlines.next_deadlines",
            "read_held": "meetings.unbooked.importing.read_held",
            "collisions": "meetings.unbooked.importing.collisions",
            "enter_held": "meetings.unbooked.importing.enter_held",
            "take_back_held": "meetings.unbooked.importing.take_back_held",
        },
        "figures": [
            ["law_runs_running", "Re-plannings and trials under way", "meetings.law.health.running"],
            ["law_batches_failed", "Portions of them that failed and wait", "meetings.law.health.failed_batches"],
            ["list_jobs_running", "Joint actions under way", "meetings.list_jobs.clearing.running"],
            [
                "list_jobs_failed",
                "Joint actions under way of which a row has failed",
                "meetings.list_jobs.clearing.failed",
            ],
            ["month_plans_running", "Plans that are computed or booked", "meetings.month_plan.clearing.waiting"],
            [
                "month_plans_failed",
                "Plans that could not be computed in the last day",
                "meetings.month_plan.clearing.failed",
            ],
        ],
        "clearing": ["meetings.list_jobs.clearing.clear_old", "meetings.month_plan.clearing.clear_old"],
        "law": {
            "parts": ["meeting_rules"],
            "problems": ["meetings.law.checks.problems"],
            "on_change": ["meetings.law.runs.lifecycle.on_law_changed"],
            "health": [
                "meetings.law.health.tables",
                "meetings.law.health.deadlines",
                "meetings.law.health.unfinished_plans",
                "meetings.law.health.unplanned_cases",
            ],
            "waiting": ["meetings.law.health.touched"],
            "tables": "meetings.law.table_blocks.Tables.of",
            "questions": ["plan", "channel"],
            "act_admin": {
                "draft_inlines": ["meetings.law.admin.DraftTable"],
                "published_inlines": ["meetings.law.admin.PublishedTable"],
                "panels": ["meetings.law.run_pages.panel"],
                "pages": [
                    "meetings.law.run_pages.start",
                    "meetings.law.run_pages.runs_of_act",
                    "meetings.law.run_pages.page_of_run",
                    "meetings.law.run_pages.stop",
                    "meetings.law.run_pages.changes_of_run",
                    "meetings.law.run_pages.change",
                    "meetings.law.run_pages.download",
                ],
                "buttons": {"_copy_table": "meetings.law.admin.copy_table"},
                "before_deleting": ["meetings.law.runs.lifecycle.wait_for_workers"],
                "tables": ["meetings.law.admin.compare_tables"],
                "selections": {
                    "varsler": {
                        "title": "Varsler og påmindelser",
                        "about": "De frister, vi selv har sat for påmindelser og for, hvad arbejdslisten kalder nært.",
                        "parameters": [
                            "meetings.due_soon_days",
                            "meetings.reminder_book_by_days",
                            "meetings.reminder_deadline_near_days",
                            "meetings.reminder_handover_days",
                            "meetings.reminder_meeting_hours",
                            "meetings.reminder_meeting_min_hours",
                            "meetings.reminder_outcome_days",
                        ],
                    },
                },
            },
        },
    },
    "referrals": {
        "events": {
            "cases.assigned": DUTY_FOLLOWS,
            "cases.closed": [
                "referrals.referral.writing.on_case_closed",
                "referrals.offers.moves.on_case_closed",
            ],
            "cases.corrected": DUTY_FOLLOWS,
            "cases.opened": DUTY_FOLLOWS,
            "cases.party_changed": [*DUTY_FOLLOWS, "referrals.referral.deciding.on_party_changed"],
            "cases.pause_changed": DUTY_FOLLOWS,
            "cases.pause_removed": DUTY_FOLLOWS,
            "cases.paused": DUTY_FOLLOWS,
            "cases.receipt_undone": DUTY_FOLLOWS,
            "cases.reopened": [*DUTY_FOLLOWS, "referrals.closing.on_case_reopened"],
            "cases.received": DUTY_FOLLOWS,
            "meetings.duty_kept": DUTY_FOLLOWS,
            "meetings.exempted": DUTY_FOLLOWS,
            "meetings.exemption_removed": DUTY_FOLLOWS,
        },
        "reminders": ["referrals.reminders.verdicts"],
        "case_blocks": {
            "plan": [
                "referrals.offers.presenters.part_of",
                "referrals.offers.six_weeks.part_of",
                "referrals.referral.queries.part_of",
            ],
        },
        "duties": ["referrals.referral.queries.duties_of"],
        "case_matters": ["referrals.referral.queries.matter_of"],
        "closing_doubts": ["referrals.closing.closing_doubts"],
        "case_blocks_on_day": ["referrals.offers.on_day.part_of"],
        "tiles": ["referrals.referral.queries.tile_of", "referrals.offers.queries.tile_of"],
        "law": {
            "problems": ["referrals.rules.consistency.problems"],
            "waiting": ["referrals.law.health.touched"],
            "consequences": ["referrals.law.what_moves.of_offers"],
            "touches": ["referrals.law.what_moves.touches"],
            "questions": ["offer", "referral"],
        },
    },
}


def test_this_and_nothing_else_is_added_from_above():
    assert dict(zip(OUR_APPS, map(in_names, seam.INSTALLED), strict=True)) == ADDED


def test_django_signals_are_not_used():
    # But for what nothing else tells of: a connection to the database is new, and what others' code does at the doors.
    signals = found_in(python_files(*OUR_APPS), re.compile(r"django\.dispatch|[\w.]+\.signals.*").findall)

    assert signals == {
        "cases/apps.py": ["django.db.backends.signals import connection_created"],
        "cases/accounts/security_log.py": [
            "axes.signals import user_locked_out",
            "django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed",
            "django.db.models.signals import post_save",
        ],
    }


# What time it is


class _Clocks(ast.NodeVisitor):
    """Finds where the time is asked for."""

    ASKED_OF = {
        "date": {"today"},
        "datetime": {"now", "today", "utcnow"},
        "timezone": {"now"},
        "time": {"time", "time_ns"},
        "functions": {"Now"},
    }

    def __init__(self):
        self.lines = []

    def visit_Attribute(self, node):
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if node.attr in self.ASKED_OF.get(owner, ()):
            self.lines.append(node.lineno)
        self.generic_visit(node)

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        # With a moment given they only turn it; without one they ask the clock.
        if name in ("localtime", "localdate") and not (node.args or node.keywords):
            self.lines.append(node.lineno)
        if any(keyword.arg in ("auto_now", "auto_now_add") for keyword in node.keywords):
            self.lines.append(node.lineno)
        self.generic_visit(node)


def clocks(source):
    finder = _Clocks()
    finder.visit(ast.parse(source))
    return finder.lines


def test_only_the_clock_asks_what_time_it_is():
    assert set(found_in(python_files(*OUR_APPS), clocks)) == {"cases/clock.py"}


def clock_defaults(source):
    defaults = [
        ast.unparse(default)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.Lambda)
        for default in [*node.args.defaults, *node.args.kw_defaults]
        if default is not None
    ]
    return [default for default in defaults if re.search(r"\bclock\.|\bnow\(|\btoday\(", default)]


def test_no_default_argument_asks_the_clock():
    # It would be answered once, when the process starts.
    assert found_in(python_files(*OUR_APPS), clock_defaults) == {}


# What the database promises


@pytest.mark.django_db
def test_the_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("label", OUR_APPS)
def test_the_last_migration_is_named_in_a_file(label):
    # Two branches that both add a migration then meet in a conflict that git shows.
    folder = ROOT / label / "migrations"
    migrations = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    named_last = folder / "max_migration.txt"

    assert ([named_last.read_text().strip()] if named_last.exists() else []) == migrations[-1:]


#: Constraints that no screen can run into: one service writes all their columns in one go.
MET_BY_NOBODY = {
    "assessed_referral_has_assessor",
    "closed_reminder_has_moment",
    "decided_referral_has_decider",
    "meeting_status_has_its_moment",
    "offer_status_has_its_moments",
    "one_draft_referral_per_case",
    "one_offer_for_a_referral",
    "one_sweep_run",
    "published_act_has_moment",
    "receipt_has_person_and_moment",
    "referral_status_has_its_moments",
    "reminder_has_one_receiver",
    "required_meeting_once",
    "seen_referral_has_reader",
    "sent_referral_has_sender",
}


def constraints_without_words():
    for model in OUR_MODELS:
        for constraint in model._meta.constraints:
            # Django says it in Danish by itself where fields alone are unique.
            is_plain = isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
            has_words = constraint.violation_error_message != constraint.default_violation_error_message
            if not is_plain and not has_words:
                yield constraint.name


def test_a_constraint_says_in_danish_what_is_wrong():
    assert set(constraints_without_words()) == MET_BY_NOBODY


def test_what_a_constraint_says_is_whole_sentences():
    messages = {
        constraint.name: str(constraint.violation_error_message)
        for model in OUR_MODELS
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }

    assert {name: text for name, text in messages.items() if not re.fullmatch(r"[A-ZÆØÅ].*\.", text)} == {}


def test_a_model_says_what_one_row_is():
    # Django writes a docstring of its own where there is none: the name and the fields.
    silent = [m.__name__ for m in OUR_MODELS if inspect.getdoc(m).startswith(f"{m.__name__}(")]

    assert silent == []


def test_a_model_has_a_danish_name():
    unnamed = [
        m.__name__ for m in OUR_MODELS if not {"verbose_name", "verbose_name_plural"} <= set(m._meta.original_attrs)
    ]

    assert unnamed == []
