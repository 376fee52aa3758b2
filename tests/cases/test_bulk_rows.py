"""Many rows in one statement: few stand in it, many are copied to a table of the connection first."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from cases import bulk_rows, wall
from cases.models import Case, Event
from meetings.models import Explanation, WorklistEntry
from tests import factories
from tests.world import NOW

TOLD = ("public_id", "case_id", "kind", "by_id", "at", "text", "data")
#: What COPY and an array each write in a way of their own.
TEXT = 'æ \\N\t"{NULL}",\n%s'


@pytest.fixture(params=["few", "many"], autouse=True)
def number(request, monkeypatch):
    if request.param == "many":
        monkeypatch.setattr(bulk_rows, "MANY", 1)


def tell(*cases, text=TEXT):
    data = json.dumps({"said": text})
    rows = [(uuid4(), case.pk, "cases.noted", None, NOW, text, data) for case in cases]
    bulk_rows.insert_rows(Event, TOLD, rows)


def told(case):
    return list(Event.objects.filter(case=case, kind="cases.noted").order_by("pk"))


def test_each_row_is_written_as_it_was_given(case):
    tell(case, case)

    first, second = told(case)
    assert (first.by, first.at, first.text, first.data) == (None, NOW, TEXT, {"said": TEXT})
    # What is not named the table gives by itself.
    assert first.pk < second.pk


def test_one_statement_after_the_other_writes_its_own_rows(case):
    with transaction.atomic():
        tell(case, text="først")
        tell(case, text="så")

    assert [event.text for event in told(case)] == ["først", "så"]


def test_nothing_is_kept_of_what_was_taken_back(case):
    with pytest.raises(DatabaseError), transaction.atomic():
        tell(case, text="\0")
    with transaction.atomic():
        tell(case, text="gjort om")
        transaction.set_rollback(True)
    tell(case, text="bliver")

    assert [event.text for event in told(case)] == ["bliver"]


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_of_the_caller_the_rows_are_written(case):
    tell(case)
    tell(case)

    assert len(told(case)) == 2


def test_rows_get_their_own_values_and_others_keep_theirs(office, case):
    second, untouched = factories.case(office), factories.case(office)
    untouched.refresh_from_db()
    bulk_rows.update_rows(Case, ["municipality_from"], [(case.pk, date(2031, 1, 1)), (second.pk, None)])

    days = dict(Case.objects.values_list("pk", "municipality_from"))
    assert days == {case.pk: date(2031, 1, 1), second.pk: None, untouched.pk: untouched.municipality_from}


def test_a_row_that_stands_gets_the_new_values(office, case):
    entry = WorklistEntry.objects.get(case=case, organisation=office.fund)
    WorklistEntry.objects.filter(case=case).exclude(pk=entry.pk).delete()
    day = entry.due_on + timedelta(days=1)
    bulk_rows.upsert_rows(
        WorklistEntry,
        ["case", "organisation", "due_on"],
        [(case.pk, office.fund.pk, day), (case.pk, office.municipality.pk, None)],
        unique=["case", "organisation"],
    )

    stored = WorklistEntry.objects.filter(case=case).values_list("organisation", "due_on", "requirement")
    assert set(stored) == {(office.fund.pk, day, entry.requirement_id), (office.municipality.pk, None, None)}
    assert WorklistEntry.objects.get(organisation=office.fund, case=case).pk == entry.pk


def test_the_second_wall_stands_before_what_is_copied_too(office, case):
    with wall.seeing(str(office.fund.pk)):
        tell(case)
    theirs = str(office.other_fund.pk)
    with wall.seeing(theirs), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        tell(case)

    assert len(told(case)) == 1


def test_what_is_there_stays_as_it_is_and_what_is_not_is_added(db):
    there, new = uuid4(), uuid4()
    bulk_rows.insert_missing_rows(Explanation, ("id", "steps"), [(there, json.dumps([{"text": "før"}]))])
    bulk_rows.insert_missing_rows(Explanation, ("id", "steps"), [(new, json.dumps([{"text": TEXT}])), (there, "[]")])

    assert dict(Explanation.objects.values_list("pk", "steps")) == {there: [{"text": "før"}], new: [{"text": TEXT}]}
