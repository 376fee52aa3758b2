"""Nothing of the past is taken from a log, changed in it or put into it without being told of."""

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from cases import tasks
from cases.models import AccessLog, LogCheck, LogSeal, OrganisationKind, Purpose, Role
from cases.operation import sealing, state
from tests import factories, roles

pytestmark = pytest.mark.django_db(transaction=True)

LOG = "cases_accesslog"


@pytest.fixture
def reader(db):
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    return factories.user(organisation=fund, role=Role.ADVISER, username="reader")


@pytest.fixture
def sealed(reader, now):
    """A log of seven lines, three under each seal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "ROWS_A_SEAL", 3)
        read(reader, now, times=7)
        seal_all()
        yield list(AccessLog.objects.order_by("pk"))


def read(user, at, *, times=1):
    for _ in range(times):
        AccessLog.objects.create(at=at, user=user, purpose=Purpose.MEETING, route="meetings:course", cases=[1])


def untold(statement, *values, table=LOG):
    """What only the owner of the tables can do: change a log without its trigger."""
    as_owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    as_owner(statement, *values)
    as_owner(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def as_owner(statement, *values):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def verify(*arguments):
    """What the command says, and its status."""
    out, status = io.StringIO(), 0
    try:
        call_command("verify_logs", *arguments, stdout=out)
    except SystemExit as ended:
        status = ended.code
    return out.getvalue(), status


def seal_all():
    """A first run notes how far the logs are written, the second one seals that."""
    return [tasks.seal_logs(), tasks.seal_logs()]


def spans():
    return list(LogSeal.objects.filter(log=LOG, rows__gt=0).values_list("last", "rows"))


def test_all_that_was_written_is_sealed_and_stands(sealed):
    first = sealed[0].pk

    assert spans() == [(first + 2, 3), (first + 5, 3), (first + 6, 1)]
    said, status = verify()
    assert (status, said.splitlines()[-1]) == (0, "Loggene er, som de blev forseglet: 7 rækker.")
    assert seal_all() == [0, 0]


def test_what_is_added_later_is_sealed_later(sealed, reader, now):
    read(reader, now, times=2)
    seal_all()

    assert spans()[-1] == (sealed[-1].pk + 2, 2)
    assert verify()[1] == 0


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE {LOG} SET cases = '{{2}}' WHERE id = %s",
        f"UPDATE {LOG} SET at = at + interval '1 microsecond' WHERE id = %s",
        f"DELETE FROM {LOG} WHERE id = %s",
        f"UPDATE {LOG} SET id = -1 WHERE id = %s",
    ],
)
def test_a_line_that_was_changed_or_taken_is_told_with_its_span(sealed, change):
    untold(change, sealed[1].pk)

    said, status = verify()

    assert status == 1
    assert f"til række {sealed[2].pk}, er ikke, som de var den 04-05-2026." in said


def test_a_line_that_was_put_in_before_the_first_is_told(sealed, reader, now):
    read(reader, now)
    untold(f"UPDATE {LOG} SET id = -1 WHERE id = %s", sealed[-1].pk + 1)

    assert f"til række {sealed[2].pk}, er ikke" in verify()[0]


def test_a_column_that_is_gone_is_named(sealed):
    as_owner(f"ALTER TABLE {LOG} RENAME detail TO remark")
    try:
        said = verify()[0]
    finally:
        as_owner(f"ALTER TABLE {LOG} RENAME remark TO detail")

    assert f"{LOG}: kolonnen detail er væk" in said


def test_an_emptied_log_is_told(sealed):
    untold(f"DELETE FROM {LOG}")

    assert verify()[0].count(f"{LOG}: rækkerne") == 3


def test_a_seal_that_is_gone_is_told(sealed):
    gone = LogSeal.objects.filter(log=LOG, rows=3).last()
    untold("DELETE FROM cases_logseal WHERE id = %s", gone.pk, table="cases_logseal")

    assert f"{LOG}: før segl {gone.number + 1} mangler der segl." in verify()[0]


def test_a_chain_that_was_made_anew_is_told_by_the_head_that_was_kept(sealed, now):
    [head] = [head for head in sealing.heads() if head.startswith(LOG)]
    assert verify("--head", head)[1] == 0
    untold(f"DELETE FROM {LOG} WHERE id = %s", sealed[1].pk)
    untold("DELETE FROM cases_logseal", table="cases_logseal")
    seal_all()

    assert verify()[1] == 0
    said, status = verify("--head", head)
    assert (status, "uden for databasen" in said) == (1, True)


def test_a_trigger_that_is_switched_off_is_told(sealed):
    as_owner(f"ALTER TABLE {LOG} DISABLE TRIGGER USER")
    try:
        said, status = verify()
    finally:
        as_owner(f"ALTER TABLE {LOG} ENABLE TRIGGER USER")

    assert (status, said.splitlines()[0].startswith(f"{LOG}: triggeren »append_only«")) == (1, True)


def test_a_line_that_another_has_not_committed_yet_is_waited_for(reader, now):
    """Its id is lower than that of a line that stands already: it must not be left outside the seals."""
    with ThreadPoolExecutor(max_workers=1) as other, transaction.atomic():
        read(reader, now)
        other.submit(closing_connection, lambda: read(reader, now)).result()
        other.submit(closing_connection, tasks.seal_logs).result()
        other.submit(closing_connection, tasks.seal_logs).result()
        assert other.submit(closing_connection, spans).result() == []
    seal_all()

    assert [rows for _, rows in spans()] == [2]
    assert verify()[1] == 0


def logs_in(other, at):
    return other.submit(closing_connection, lambda: logs_of(at)).result()


def closing_connection(work):
    try:
        return work()
    finally:
        connection.close()


def test_two_workers_at_once_make_one_seal(sealed, reader, now):
    read(reader, now)
    with ThreadPoolExecutor(max_workers=4) as workers:
        list(workers.map(lambda _: closing_connection(seal_all), range(4)))

    assert sum(rows for _, rows in spans()) == 8
    assert verify()[1] == 0


def test_each_night_they_are_checked_the_heads_leave_the_database_and_a_fault_is_told(sealed, now, caplog):
    with caplog.at_level(logging.INFO):
        tasks.check_logs()
    assert all(head in caplog.text for head in sealing.heads())
    assert (LogCheck.objects.first().rows, logs_of(now + timedelta(hours=25))) == (7, [])
    assert logs_of(now + timedelta(hours=25, seconds=1)) == ["logs_unchecked"]

    untold(f"DELETE FROM {LOG} WHERE id = %s", sealed[1].pk)
    tasks.check_logs()

    assert logs_of(now) == ["logs_broken"]
    assert f"A log is not as it was sealed: {LOG}: rækkerne" in caplog.text


def logs_of(at):
    return [problem.code for problem in state.problems(at=at) if problem.code.startswith("logs")]


def test_a_head_is_written_as_it_is_and_never_taken_for_a_number(sealed):
    assert all(head.rpartition(":")[2].isalpha() for head in sealing.heads())


def test_what_is_no_head_is_refused_in_one_line():
    with pytest.raises(Exception, match="er intet segl"):
        verify("--head", "cases_event:1")


def test_every_table_to_which_is_only_added_is_sealed():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger\\_append\\_only\\_%%'"
        )
        guarded = {table for (table,) in cursor.fetchall()}

    assert set(sealing.logs()) == guarded - {"cases_logseal", "meetings_explanation"}
