"""What a restored dump brings back is erased again by the keys that were kept outside it, and nothing else."""

import logging
from logging.config import DictConfigurator

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from cases import tasks
from cases.erasure import services
from cases.models import Case, Erasure
from tests import roles, world
from tests.cases.erasure.steps import close, decide, rows_of, traces, whole_database

#: A key in which whoever masks the logs sees the number of a person.
LIKE_A_NUMBER = "6a41dfa6-4087-4277-8a29-ce09b6032108"


@pytest.fixture
def erase_again(tmp_path, settings):
    settings.OWNER_DATABASE = None

    def erase_again(text):
        kept = tmp_path / "erased.txt"
        kept.write_text(text)
        with roles.as_owner():
            call_command("erase_again", str(kept))

    return erase_again


def test_a_restored_database_erases_them_again(old, office, second, now, erase_again, capsys):
    decide(office, second, now)
    known, pk = traces(old), old.pk
    with world.undone():
        tasks.erase_approved()
        call_command("erasures")
    listed = capsys.readouterr().out
    assert listed == f"{old.public_id}\n"
    Erasure.objects.all().delete()
    assert rows_of(pk)

    erase_again(listed)

    assert capsys.readouterr().out == "1 af 1 sager stod i databasen og er slettet igen.\n"
    assert rows_of(pk) == {}
    after = whole_database()
    assert [text for text in known if text in after] == []
    call_command("erasures")
    assert capsys.readouterr().out == listed


def test_the_workers_log_tells_every_key(
    old, office, second, now, erase_again, caplog, django_capture_on_commit_callbacks
):
    """Written by the handlers of the processes, and read back."""
    Case.objects.filter(pk=old.pk).update(public_id=LIKE_A_NUMBER)
    decide(office, second, now)
    line = DictConfigurator(configured.LOGGING).configure_formatter(configured.LOGGING["formatters"]["line"])
    with world.undone(), caplog.at_level(logging.INFO), django_capture_on_commit_callbacks(execute=True):
        tasks.erase_approved()
    log = "\n".join(line.format(record) for record in caplog.records if record.name == "cases.erasure.erasing")
    assert rows_of(old.pk)

    erase_again(f"{log}\n")

    assert rows_of(old.pk) == {}


def test_a_key_in_another_line_erases_nothing(old, office, erase_again, capsys):
    erase_again(f"GET /sager/{old.public_id}/ 200\nsag {old.public_id}\nerased case {old.public_id} or not\n")
    assert capsys.readouterr().out == "0 af 0 sager stod i databasen og er slettet igen.\n"
    assert rows_of(old.pk)


@pytest.mark.parametrize("why", ["open", "held"])
def test_what_is_open_or_held_back_is_refused_and_nothing_erased(why, old, office, now, erase_again):
    other = Case.objects.visible_to(office.leader).exclude(pk=old.pk).first()
    close(other)
    if why == "held":
        services.hold(case_id=old.pk, reason="Verserende sag", by=office.leader, at=now)
    else:
        Case.objects.filter(pk=old.pk).update(status="open", closed_on=None, close_reason="")

    with pytest.raises(CommandError, match=rf"Intet er slettet\..*{old.public_id}\."):
        erase_again(f"{other.public_id}\n{old.public_id}\n")

    assert rows_of(old.pk)
    assert rows_of(other.pk)
