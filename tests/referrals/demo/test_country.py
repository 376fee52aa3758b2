"""The country of a load: the same for the same seed, planned as the law demands, and never put beside real cases."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cases.changing import check_law
from cases.models import Case, Citizen, Organisation, Pause, User
from meetings.models import Meeting, RequiredMeeting, WorklistEntry
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.rules.contact_course import plan
from referrals.demo import country, office
from referrals.demo.names import is_invented
from referrals.models import OfferDuty
from tests.roles import as_owner

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CASES = 150


@pytest.fixture
def loaded(db):
    call_command("load_acts", verbosity=0)
    with as_owner():
        country.write(cases=CASES, at=NOW)
        # Here the drawing and the planning are one transaction, and a plan is written before what its keys name.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        country.plan_all(at=NOW)


def rows():
    """All that was drawn, as far as it does not differ by itself."""
    return {
        "people": list(Citizen.objects.order_by("pk").values_list("cpr_index", "name", "contacts__address")),
        "cases": list(
            Case.objects.order_by("pk").values_list(
                "fund__name", "municipality__name", "fund_adviser__username", "placed_on", "target_group"
            )
        ),
        "pauses": list(Pause.objects.order_by("pk").values_list("case__citizen__cpr_index", "kind", "span")),
        "talks": list(Meeting.objects.order_by("pk").values_list("case__citizen__cpr_index", "starts_at", "status")),
    }


def test_the_same_seed_gives_the_same_country(db):
    found = []
    for seed in (1, 1, 2):
        with as_owner():
            before = transaction.savepoint()
            country.write(cases=20, at=NOW, seed=seed)
            found.append(rows())
            transaction.savepoint_rollback(before)
    first, again, other = found

    assert first == again
    assert all(first[name] for name in first)
    assert first["people"] != other["people"]
    assert first["cases"] != other["cases"]


def test_nobody_in_it_exists_and_everybody_could(loaded):
    law = planning_law.law_in_force()

    assert Case.objects.count() == CASES
    assert Organisation.objects.filter(kind="fund").count() == 21
    assert Organisation.objects.filter(kind="municipality").count() == 98
    assert all(is_invented(citizen.cpr_number.replace("-", "")) for citizen in Citizen.objects.all())
    for case in Case.objects.with_parties():
        check_law(case, law.book)
    assert set(Meeting.objects.values_list("status", flat=True)) == {"held", "missed", "booked"}
    assert not Meeting.objects.filter(status="held", ends_at__gt=NOW).exists()
    assert Case.objects.filter(placed_on__lt=NOW.date() - timedelta(days=400)).exists()


def test_every_case_is_planned_as_the_law_demands(loaded):
    law = planning_law.law_in_force()

    for case in Case.objects.with_parties().select_related("handover").prefetch_related("pauses", "exemptions"):
        demanded = plan(course=planning_stored.course_of(case), book=law.book, table=law.table).meetings
        stored = RequiredMeeting.objects.current().filter(case=case)
        assert {(row.kind, row.number, row.due_on) for row in stored} == {
            (str(one.kind), one.number, one.due_on) for one in demanded
        }
    assert Meeting.objects.filter(fulfils__state="fulfilled").exists()
    assert WorklistEntry.objects.filter(meeting__isnull=False).exists()
    assert OfferDuty.objects.count() == CASES


@pytest.mark.django_db(transaction=True)
def test_the_command_fills_an_empty_database_once(settings, capsys, client):
    # One role for all, so that the connection of the test goes on as the owner.
    settings.OWNER_DATABASE = None
    with as_owner():
        call_command("load_cases", 30)
        with pytest.raises(CommandError, match="fills an empty one"):
            call_command("load_cases", 30)
    told = capsys.readouterr().out

    assert Case.objects.count() == 30
    assert "30 of 30 cases planned" in told
    assert f"password {office.PASSWORD}" in told
    assert all(username in told for username in country.LOG_INS)
    assert client.login(username="anne", password=office.PASSWORD)
    assert User.objects.filter(username__in=country.LOG_INS).count() == len(country.LOG_INS)
    assert WorklistEntry.objects.exists()


def test_it_refuses_in_production_mode_and_for_no_cases(settings):
    with pytest.raises(CommandError, match="nothing to load"):
        call_command("load_cases", 0)
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="production mode"):
        call_command("load_cases", 10)


def test_where_there_is_no_case_nothing_is_planned(db):
    told = []

    country.plan_all(at=NOW, told=told.append)

    assert told == []
