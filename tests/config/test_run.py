"""What `make run` tells web, worker and beat alike."""

from pathlib import Path

import pytest

from config import local
from config.local import run

FOLDER = Path("data")


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in ("CLOCK_FILE", "DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "SAMTALEFLOW_MODE"):
        monkeypatch.delenv(name, raising=False)


def clock_file():
    return run._environment(FOLDER, port=8000).get("CLOCK_FILE")


def test_all_processes_have_the_clock_of_the_data():
    assert clock_file() == str(local.clock_file(FOLDER)) == "data/clock"


def test_another_clock_is_taken_where_it_is_given(monkeypatch):
    monkeypatch.setenv("CLOCK_FILE", "elsewhere")

    assert clock_file() == "elsewhere"


def test_a_trial_of_production_has_no_clock_to_move(monkeypatch):
    monkeypatch.setenv("SAMTALEFLOW_MODE", "production")

    assert clock_file() is None


def test_whoever_sits_at_the_machine_is_its_developer_unless_production_is_tried(monkeypatch):
    assert run._environment(FOLDER, port=8000)["DEVELOPER_ADDRESSES"] == "127.0.0.1"

    monkeypatch.setenv("SAMTALEFLOW_MODE", "production")
    assert "DEVELOPER_ADDRESSES" not in run._environment(FOLDER, port=8000)


def test_nobody_who_serves_is_told_who_owns_the_tables(monkeypatch):
    monkeypatch.setenv("MIGRATE_DATABASE_URL", "postgres://owner@/own")
    environment = run._environment(FOLDER, port=8000)

    assert "MIGRATE_DATABASE_URL" not in environment
    assert environment["DATABASE_URL"] == local.database_url(FOLDER)
    assert "samtaleflow_app@" in local.database_url(FOLDER)


def test_the_set_up_migrates_as_the_owner(monkeypatch):
    assert run._owner(FOLDER) == local.owner_url(FOLDER)

    monkeypatch.setenv("DATABASE_URL", "postgres://all@/own")
    assert run._owner(FOLDER) == ""
    monkeypatch.setenv("MIGRATE_DATABASE_URL", "postgres://owner@/own")
    assert run._owner(FOLDER) == "postgres://owner@/own"


def test_the_files_of_pages_are_collected_beside_the_data():
    assert run._environment(FOLDER, port=8000)["STATIC_FOLDER"] == "data/static"
