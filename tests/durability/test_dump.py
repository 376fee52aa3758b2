"""A real dump that is made before an erasure brings a person back, and the list beside it takes them away again."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from cases import tasks
from cases.erasure import services
from cases.models import Role
from config.local import servers
from tests import factories
from tests.cases.erasure.steps import close

pytestmark = [pytest.mark.durability, pytest.mark.long, pytest.mark.django_db(transaction=True)]

RESTORED = "restored_after_erasure"


def address(variable, database):
    return urlsplit(os.environ[variable])._replace(path=f"/{database}").geturl()


def run(program, *arguments):
    return subprocess.run([servers._programs() / program, *arguments], check=True, capture_output=True).stdout


def dumped(database):
    return run("pg_dump", address("MIGRATE_DATABASE_URL", database)).decode()


@pytest.fixture
def restored():
    """An empty database beside that of the test."""
    with psycopg.connect(os.environ["MIGRATE_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {RESTORED}")
        owner.execute(f"CREATE DATABASE {RESTORED}")
        yield RESTORED
        owner.execute(f"DROP DATABASE {RESTORED} WITH (FORCE)")


@pytest.fixture
def erased(law, now, tmp_path):
    """The name of one who is erased, and the file of the dump from before it."""
    office, before = factories.small_office(), tmp_path / "before.dump"
    case = factories.case(office, citizen=factories.citizen_details(name="Anne Prøvedal"))
    close(case)
    one, two = (
        factories.user(organisation=office.fund, role=Role.TEAM_LEADER, username=name) for name in ("one", "two")
    )
    proposed = services.propose(by=one, at=now, today=now.date())
    services.approve(run_id=proposed.pk, by=two, at=now)
    name = connection.settings_dict["NAME"]
    run("pg_dump", "-Fc", "--file", str(before), address("MIGRATE_DATABASE_URL", name))
    assert case.citizen.name in dumped(name)
    assert tasks.erase_approved() == 1
    return case.citizen.name, before


def test_a_dump_has_nothing_of_an_erased_person_and_a_restored_one_forgets_again(erased, restored, tmp_path, capsys):
    person, before = erased
    assert person not in dumped(connection.settings_dict["NAME"])
    call_command("erasures")
    listed = tmp_path / "erasures.txt"
    listed.write_text(capsys.readouterr().out)
    run("pg_restore", "--no-owner", "--dbname", address("MIGRATE_DATABASE_URL", restored), str(before))
    assert person in dumped(restored)

    there = {name: address(name, restored) for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL")}
    command = [sys.executable, "manage.py", "erase_again", str(listed)]
    told = subprocess.run(command, env={**os.environ, **there}, check=True, capture_output=True, text=True)

    assert told.stdout == "1 af 1 sager stod i databasen og er slettet igen.\n"
    assert person not in dumped(restored)
