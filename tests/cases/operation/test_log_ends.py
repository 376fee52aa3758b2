"""What is over its years goes from the logs, nothing else does, and the seals hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction

from cases import tasks
from cases.erasure import services as erasure_services
from cases.models import (
    AccessLog,
    Act,
    Case,
    LogReseal,
    LogSeal,
    OrganisationKind,
    Purpose,
    Role,
    SecurityEvent,
    SecurityKind,
)
from cases.operation import log_ends, sealing, state
from cases.rules.parameters import ACCESS_LOG_YEARS, SECURITY_LOG_YEARS
from tests import factories, roles

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = datetime(2015, 3, 2, 9, tzinfo=UTC)
ACCESS, SECURITY = "cases_accesslog", "cases_securityevent"
NOBODYS = 10**9


@pytest.fixture
def office(law, now):
    return factories.small_office()


@pytest.fixture
def case(office, now):
    return factories.case(office, at=now)


def read(user, at, *cases):
    return AccessLog.objects.create(at=at, user=user, purpose=Purpose.MEETING, route="meetings:course", cases=cases)


def seal(log, at):
    for _ in range(2):
        list(sealing.seal(log, at=at))


@pytest.fixture
def logs(office, case, now):
    """An old seal over a line of a case that stands, one of a case that is gone and one of none; a young seal."""
    user = office.adviser
    old = [read(user, LONG_AGO, case.pk, NOBODYS), read(user, LONG_AGO, NOBODYS), read(user, LONG_AGO)]
    SecurityEvent.objects.create(at=LONG_AGO, kind=SecurityKind.LOGGED_IN, user=user)
    for log in (ACCESS, SECURITY):
        seal(log, LONG_AGO)
    young = read(user, now, NOBODYS)
    last = SecurityEvent.objects.create(at=now, kind=SecurityKind.LOGGED_IN, user=user)
    for log in (ACCESS, SECURITY):
        seal(log, now)
    return old, young, last


def left():
    return set(AccessLog.objects.values_list("pk", flat=True))


def broken():
    return [fault.split(":")[0] for fault in sealing.faults()]


def untold(statement, *values, table=ACCESS):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_what_is_over_its_years_goes_and_the_seals_hold(logs, capsys):
    (of_case, *_), young, last = logs

    assert (broken(), tasks.end_logs()) == ([], 3)

    assert left() == {of_case.pk, young.pk}
    assert list(SecurityEvent.objects.filter(kind=SecurityKind.LOGGED_IN)) == [last]
    assert broken() == []
    call_command("verify_logs")
    assert f"{ACCESS}: 2 rækker slettet efter reglerne, noteret 1 gange." in capsys.readouterr().out
    assert tasks.end_logs() == 0


def test_the_command_says_what_would_go_and_takes_nothing(logs, capsys):
    before = left()
    call_command("old_logs")

    assert capsys.readouterr().out.splitlines() == [
        f"{ACCESS}: 2 rækker fra før 04-05-2021 bliver slettet; 1 ældre række bliver, så længe sagerne står.",
        f"{SECURITY}: 1 række fra før 04-05-2024 bliver slettet; 0 ældre rækker bliver, så længe sagerne står.",
    ]
    assert left() == before


def test_a_line_goes_after_the_last_of_its_cases(logs, office, case, now):
    (of_case, *_), young, _ = logs
    tasks.end_logs()
    first, second = (
        factories.user(organisation=office.fund, role=Role.TEAM_LEADER, username=n) for n in ("one", "two")
    )
    Case.objects.filter(pk=case.pk).update(status="closed", closed_on=date(2021, 5, 4), close_reason="work")
    run = erasure_services.propose(by=first, at=now, today=now.date())
    erasure_services.approve(run_id=run.pk, by=second, at=now)
    tasks.erase_approved()

    assert tasks.end_logs() == 1
    assert left() == {young.pk}
    assert broken() == []


def test_a_line_lives_until_the_day_on_which_its_years_are_over(office, now):
    on_the_day = datetime(2021, 5, 3, 22, tzinfo=UTC)
    stays, goes = read(office.adviser, on_the_day), read(office.adviser, on_the_day - timedelta(seconds=1))
    seal(ACCESS, on_the_day)
    # A seal is older than all of its lines only when it is made then; one of a day later is looked under a day later.
    assert tasks.end_logs() == 1
    assert left() == {stays.pk}
    assert goes.pk not in left()


def refused(log, number, before):
    """What the database says; the moment is said in its own words, for it goes by its own clock."""
    with pytest.raises(Error) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT cases_end_log(%s, %s, {before})", [log, number])
    return str(told.value)


def test_the_database_lets_the_application_end_nothing_younger(logs):
    before = left()
    for log, years in ((ACCESS, 5), (SECURITY, 2)):
        [*_, young] = LogSeal.objects.filter(log=log, rows__gt=0)
        for moment in ("now()", f"now() - interval '{years} years' + interval '1 minute'"):
            assert "the years of these rows are not over" in refused(log, young.number, moment)
    assert "the years of these rows are not over" in refused("cases_event", 1, "now() - interval '20 years'")
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        AccessLog.objects.filter(pk__in=before)._raw_delete(using="default")
    assert left() == before


def test_the_database_goes_by_the_shortest_time_that_an_act_ever_gave(logs):
    [*_, young] = LogSeal.objects.filter(log=ACCESS, rows__gt=0)
    factories.published_act("z", ACCESS_LOG_YEARS.key, "9", in_force_on=date(2022, 1, 1))
    moment = "now() - interval '5 years' + interval '1 minute'"
    assert "the years of these rows are not over" in refused(ACCESS, young.number, moment)
    factories.published_act("y", ACCESS_LOG_YEARS.key, "3", in_force_on=date(2023, 1, 1))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT cases_end_log(%s, %s, {moment})", [ACCESS, young.number])


def test_a_portion_takes_from_under_its_own_seal_alone(logs, now):
    [first, _] = LogSeal.objects.filter(log=ACCESS, rows__gt=0)
    later = read(logs[1].user, LONG_AGO, NOBODYS)
    seal(ACCESS, now)
    before = left()
    [limit] = [limit for log, limit in log_ends.limits(now.date()).items() if log == ACCESS]

    assert log_ends.end_portion(ACCESS, first.number, before=limit, at=now) == 2
    assert later.pk in left()
    assert len(before - left()) == 2
    assert broken() == []


def test_a_seal_under_which_all_stays_is_looked_under_once(office, case, now):
    stays = read(office.adviser, LONG_AGO, case.pk)
    seal(ACCESS, LONG_AGO)
    assert [tasks.end_logs(), tasks.end_logs()] == [0, 0]
    assert (left(), LogReseal.objects.count(), told_of(now)) == ({stays.pk}, 1, [])


@pytest.mark.parametrize("is_ended_before", [False, True])
def test_a_line_that_was_changed_is_told_of_and_nothing_goes_from_beside_it(is_ended_before, logs):
    (of_case, *_), _, _ = logs
    if is_ended_before:
        tasks.end_logs()
    untold(f"UPDATE {ACCESS} SET purpose = 'management' WHERE id = %s", of_case.pk)
    before = left()

    tasks.end_logs()

    assert broken() == [ACCESS]
    assert left() == before


def forge(now, *, before):
    """As somebody who may write notes: that what is there now is what an end has left."""
    for one in LogSeal.objects.filter(log=ACCESS, rows__gt=0):
        sealing.reseal([one], at=now, before=before)


@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET purpose = 'management' WHERE id = %s", "DELETE FROM {} WHERE id = %s"]
)
@pytest.mark.parametrize("years", [0, 5])
def test_a_note_of_an_end_hides_nothing_younger(years, statement, logs, now):
    _, young, _ = logs
    untold(statement.format(ACCESS), young.pk)
    # One note that is not honest breaks the seal, whatever the next one says: so one alone for each.
    forge(now, before=datetime(2026 - years, 5, 3, 22, tzinfo=UTC))
    assert broken() == [ACCESS]


def test_a_note_of_an_end_hides_no_mere_change(logs, now):
    (of_case, *_), _, _ = logs
    untold(f"UPDATE {ACCESS} SET purpose = 'management' WHERE id = %s", of_case.pk)
    forge(now, before=datetime(2021, 5, 3, 22, tzinfo=UTC))
    assert broken() == [ACCESS]


def test_who_is_killed_between_portions_goes_on_where_it_stopped(logs, monkeypatch):
    taken = log_ends.end_portion

    def killed(log, number, **moments):
        if log == SECURITY:
            raise SystemExit
        return taken(log, number, **moments)

    with monkeypatch.context() as patch:
        patch.setattr(log_ends, "end_portion", killed)
        with pytest.raises(SystemExit):
            tasks.end_logs()
    assert (broken(), LogReseal.objects.filter(log=SECURITY).exists()) == ([], False)

    assert tasks.end_logs() == 1
    assert broken() == []


def test_a_portion_is_whole_or_not_done(logs, monkeypatch):
    before = left()

    def killed(*arguments, **moments):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "reseal", killed)
        with pytest.raises(SystemExit):
            tasks.end_logs()

    assert (left(), broken()) == (before, [])


def test_every_log_that_ends_is_a_log(law, now):
    assert set(log_ends.limits(now.date())) <= set(sealing.logs())


def told_of(at):
    """What `check_operation` tells of what stays in the logs, by code and log."""
    codes = {"logs_kept_long", "no_log_years"}
    return [
        (one.code, log)
        for one in state.problems(at=at)
        if one.code in codes
        for log in (ACCESS, SECURITY)
        if log in one.text
    ]


def test_a_log_that_fails_keeps_no_other(logs, now, caplog):
    # No draft of 0 years is published. The database takes nothing younger than a year, whatever an act says.
    before = left()
    factories.published_act("z", ACCESS_LOG_YEARS.key, "0", in_force_on=now.date())

    assert tasks.end_logs() == 1

    assert left() == before
    assert not SecurityEvent.objects.filter(at=LONG_AGO).exists()
    assert f"what is over its years could not be taken from {ACCESS}" in caplog.text
    assert told_of(now) == [("logs_kept_long", ACCESS)]


def test_what_went_before_an_act_of_no_years_is_no_fault(logs, now):
    tasks.end_logs()
    factories.published_act("z", ACCESS_LOG_YEARS.key, "0", in_force_on=now.date())
    assert broken() == []


def test_what_no_night_has_taken_is_told_of_after_three(logs, now):
    # Over its time on the third of March, and looked at that night for the first time.
    assert told_of(datetime(2020, 3, 5, 22, 59, tzinfo=UTC)) == [("logs_kept_long", SECURITY)]
    assert told_of(datetime(2020, 3, 5, 23, tzinfo=UTC)) == [("logs_kept_long", ACCESS), ("logs_kept_long", SECURITY)]

    tasks.end_logs()
    assert told_of(now) == []


def test_from_a_log_whose_years_no_act_sets_nothing_goes_and_that_is_told(now):
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    user = factories.user(organisation=fund, role=Role.ADVISER, username="reader")
    read(user, LONG_AGO)
    SecurityEvent.objects.create(at=LONG_AGO, kind=SecurityKind.LOGGED_IN, user=user)
    for log in (ACCESS, SECURITY):
        seal(log, LONG_AGO)
    before = left()
    assert tasks.end_logs() == 0
    assert told_of(now) == [("no_log_years", ACCESS), ("no_log_years", SECURITY)]

    act = Act.objects.create(slug="x", title="Loven x", reference="Lov nr. 1", in_force_on=date(2020, 1, 1))
    act.values.create(key=SECURITY_LOG_YEARS.key, text="2", legal_basis="§ 1")
    Act.objects.filter(pk=act.pk).update(status="published", published_at=now)

    assert (tasks.end_logs(), left()) == (1, before)
    assert told_of(now) == [("no_log_years", ACCESS)]
