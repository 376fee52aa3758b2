"""How the installation says that it runs: two probes, a command, and figures on an inner port."""

import io
import json
import runpy
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from prometheus_client import generate_latest

from cases import seam, tasks
from cases.management.commands import serve_metrics
from cases.models import Reminder, SweepRun
from cases.operation import state
from cases.seam import Extension
from config.celery import app
from config.env import Key
from tests.roles import as_owner

AWAY = "redis+socket:///var/tmp/samtaleflow-no-such-socket"


@pytest.fixture
def swept(law, now):
    """An installation with its law, whose sweep has just run."""
    SweepRun.objects.create(pk=1, started_at=now, finished_at=now)


def check():
    """The codes of what is wrong; the status is that of all or nothing."""
    out, status = io.StringIO(), 0
    try:
        call_command("check_operation", "--json", stdout=out)
    except SystemExit as ended:
        status = ended.code
    codes = [error["code"] for error in json.loads(out.getvalue())["errors"]]
    assert status == bool(codes)
    return codes


def metrics():
    """The lines of /metrics by their name and labels."""
    lines = generate_latest(serve_metrics.registry(None)).decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def owe(case, at):
    Reminder.objects.create(kind="x", case=case, subject=1, version=1, due_at=at, recorded_at=at)


# The probes


def test_a_process_that_answers_is_alive_whatever_is_missing(client, settings):
    # Without a database: nothing is asked of it.
    settings.REDIS_URL = AWAY

    assert client.get("/live").content == b"live\n"


def test_a_process_with_all_its_parts_is_ready(client, db):
    answer = client.get("/ready")

    assert (answer.status_code, answer.content) == (200, b"ready\n")


@pytest.mark.parametrize(
    ("part", "value"),
    [("redis", {"REDIS_URL": AWAY}), ("keys", {"CPR_INDEX_KEYS": (Key("test", b"another key of thirty-two bytes."),)})],
)
def test_what_is_missing_is_named(part, value, client, db, settings):
    for name, changed in value.items():
        setattr(settings, name, changed)

    answer = client.get("/ready")

    assert (answer.status_code, answer.content.decode()) == (503, f"missing: {part}\n")


def test_a_database_that_a_release_has_not_migrated_yet_is_named(client, db):
    state._ask_migrations.cache_clear()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'referrals'")

    assert client.get("/ready").content.decode() == "missing: migrations\n"


def test_the_probes_are_answered_without_tls(settings, client, db):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = ["^(live|ready)$"]

    assert [client.get(path).status_code for path in ("/live", "/ready", "/log-ind/")] == [200, 200, 301]


# What is late


def test_an_installation_that_runs_has_nothing_to_tell(swept):
    assert check() == []


def test_a_beat_that_stopped_is_told(swept, now):
    SweepRun.objects.update(started_at=now - timedelta(minutes=5))
    assert check() == []

    SweepRun.objects.update(started_at=now - timedelta(minutes=5, seconds=1))
    assert check() == ["sweep_stopped"]


def test_a_sweep_that_never_ran_is_told(law, now):
    assert check() == ["sweep_stopped"]


def test_messages_that_wait_are_told(swept, case, now):
    Reminder.objects.all().delete()
    owe(case, now - timedelta(minutes=4))
    assert check() == []

    owe_later = timedelta(minutes=6)
    Reminder.objects.update(due_at=now - owe_later)
    assert check() == ["messages_late"]


def test_what_does_not_answer_is_told(swept, settings):
    settings.REDIS_URL = AWAY

    assert check() == ["redis_missing"]


# The figures


def test_the_figures_say_what_is_owed_and_what_waits(swept, case, now):
    Reminder.objects.all().delete()
    owe(case, now - timedelta(minutes=7))
    SweepRun.objects.update(started_at=now - timedelta(seconds=90))

    told = metrics()

    assert float(told["samtaleflow_reminders_owed"]) == 1
    assert float(told["samtaleflow_reminders_oldest_seconds"]) == 420
    assert float(told["samtaleflow_sweep_age_seconds"]) == 90
    assert float(told["samtaleflow_law_batches_failed"]) == 0
    assert [name for name in told if "queue_length" in name] == [
        f'samtaleflow_queue_length{{queue="{queue}"}}' for queue in state.QUEUES
    ]
    assert not any(case.citizen.name in name for name in told)


def test_requests_are_counted_by_page_and_status(client, db, case):
    from prometheus_client import REGISTRY

    def counted(view, status):
        return REGISTRY.get_sample_value("samtaleflow_requests_total", {"view": view, "status": status}) or 0

    before = counted("meetings:course", "302"), counted("unknown", "404")
    client.get(case.get_absolute_url())
    client.get("/findes-ikke/010190-1234")

    assert (counted("meetings:course", "302"), counted("unknown", "404")) == (before[0] + 1, before[1] + 1)


# Queues and what is cleared away


def test_each_kind_of_work_has_its_queue_and_every_queue_is_watched():
    assert tuple(queue.name for queue in app.conf.task_queues) == state.QUEUES
    routed = {
        name: app.amqp.router.route({}, name)["queue"].name
        for name in ("cases.tasks.run_imports", "meetings.tasks.run_law_runs", "meetings.tasks.deliver")
    }
    assert list(routed.values()) == ["imports", "law", "messages"]


def test_a_session_and_a_task_of_the_release_before_are_known_by_their_names():
    assert "cases.login.UserBackend" in settings.AUTHENTICATION_BACKENDS
    app.loader.import_default_modules()
    shipped = {
        "cases.tasks.run_imports",
        "meetings.tasks.run_law_runs",
        "meetings.tasks.sweep",
        "meetings.tasks.deliver",
    }
    assert shipped | {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_the_web_makes_the_folder_of_its_counts_before_it_reads_the_application(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "requests"))

    runpy.run_path("config/gunicorn.py")

    assert (tmp_path / "requests").is_dir()


def test_beat_clears_what_has_ended_and_keeps_the_rest(db, now):
    for name, age in (("old", timedelta(days=1)), ("new", timedelta())):
        Session.objects.create(session_key=name, session_data="", expire_date=now + timedelta(minutes=1) - age)
        AccessAttempt.objects.create(username=name, failures_since_start=1)
        AccessLog.objects.create(username=name)
    AccessAttempt.objects.filter(username="old").update(attempt_time=now - timedelta(minutes=16))
    AccessLog.objects.filter(username="old").update(attempt_time=now - timedelta(days=181))

    tasks.clear_old()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["new"]
    assert list(AccessLog.objects.values_list("username", flat=True)) == ["new"]
    assert app.conf.beat_schedule["clear_old"]["task"] == tasks.clear_old.name


def test_what_cannot_be_cleared_is_told_and_keeps_nothing_else(db, now, monkeypatch):
    def fail(at):
        raise ValueError(at)

    cleared = []
    monkeypatch.setattr(seam, "INSTALLED", [Extension(clearing=(fail, cleared.append))])

    with pytest.raises(ExceptionGroup) as failed:
        tasks.clear_old()

    assert [str(error) for error in failed.value.exceptions] == [str(now)]
    assert cleared == [now]
