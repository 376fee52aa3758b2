"""Why a deadline is as it is stands once in the database, word for word, and names nobody."""

import dataclasses
import enum
import typing
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from cases.operation import sealing
from cases.rules.explanation import to_data
from cases.rules.facts import BadFacts, Course, ExemptionFact, PauseFact
from cases.rules.period import Period
from meetings.models import Explanation, RequiredMeeting
from meetings.planning.law import law_in_force
from meetings.planning.stored import course_of
from meetings.rules.contact_course import plan
from tests import factories
from tests.roles import as_owner

SHOWN = """
    SELECT required.id, said.steps::text FROM meetings_requiredmeeting AS required
    JOIN meetings_explanation AS said ON said.id = required.explanation_id ORDER BY 1
"""
OWN = "SELECT id, explanation::text FROM meetings_requiredmeeting ORDER BY id"


def asked(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def fill():
    filling = import_module("meetings.migrations.0028_explanations_stored_once")
    filling.fill(None, SimpleNamespace(connection=connection))


def as_the_release_before_wrote_them(case):
    """Its rows name no explanation, and have the words themselves."""
    for row in case.required_meetings.select_related("explanation"):
        RequiredMeeting.objects.filter(pk=row.pk).update(own_explanation=row.steps, explanation=None)


def test_each_requirement_has_the_words_of_the_law_and_two_cases_share_them(case, office):
    stored = Explanation.objects.count()
    second = factories.case(office)
    law = law_in_force()
    planned = plan(course=course_of(second), book=law.book, table=law.table).meetings

    said = {(str(one.kind), str(one.responsible), one.number): to_data(one.why) for one in planned}
    rows = list(second.required_meetings.select_related("explanation"))
    assert {(row.kind, row.responsible, row.number): row.steps for row in rows} == said
    assert {row.explanation_id for row in rows} == set(case.required_meetings.values_list("explanation", flat=True))
    assert Explanation.objects.count() == stored < len(rows)
    assert all(row.own_explanation == [] for row in rows)


@pytest.mark.django_db(transaction=True)
def test_what_the_release_before_wrote_is_read_as_it_is_and_moved_word_for_word(case):
    before = {row.pk: (row.explanation_id, row.why) for row in case.required_meetings.current()}
    as_the_release_before_wrote_them(case)
    own = asked(OWN)
    assert {row.pk: row.why for row in case.required_meetings.current()} == {pk: why for pk, (_, why) in before.items()}

    fill()
    fill()

    # The key is the one that a new plan gives the same words.
    assert {row.pk: (row.explanation_id, row.why) for row in case.required_meetings.current()} == before
    assert asked(SHOWN) == own == asked(OWN)


@pytest.mark.django_db(transaction=True)
def test_a_filling_that_was_stopped_goes_on_where_it_was(case, office):
    second = factories.case(office, placed_on=date(2026, 5, 4))
    as_the_release_before_wrote_them(case)
    as_the_release_before_wrote_them(second)
    own = asked(OWN)
    fill()
    done = set(case.required_meetings.values_list("pk", "explanation"))
    with as_owner(), transaction.atomic():
        second.required_meetings.update(explanation=None)

    fill()

    assert set(case.required_meetings.values_list("pk", "explanation")) == done
    assert asked(SHOWN) == own


def words_among(kind):
    """Where a text stands among facts, and the facts that they are made of."""
    for name, part in typing.get_type_hints(kind).items():
        for one in typing.get_args(part) or [part]:
            if dataclasses.is_dataclass(one):
                yield from words_among(one)
            elif isinstance(one, type) and issubclass(one, str) and not issubclass(one, enum.Enum):
                yield kind, name


def test_a_plan_is_made_of_days_numbers_and_choices_and_of_no_words_about_anybody():
    # A fact whose words are anything but one of some choices is refused.
    assert set(words_among(Course)) == {(PauseFact, "kind"), (ExemptionFact, "reason")}
    for kind, name in words_among(Course):
        with pytest.raises(BadFacts, match="Anna Prøvesen"):
            kind(**{name: "Anna Prøvesen", "span": Period(date(2026, 5, 1), None)})


def test_no_explanation_names_the_citizen_or_who_has_the_case(case):
    said = " ".join(str(one) for one in Explanation.objects.all())

    assert "Forløbet begynder" in said
    words = (case.citizen.name, str(case.number), case.fund.name, case.municipality.name)
    assert [word for word in words if word in said] == []


def test_an_explanation_that_was_changed_is_told_of_with_the_logs(case):
    assert list(sealing.faults()) == []
    first = min(Explanation.objects.values_list("pk", flat=True), key=str)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE meetings_explanation DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE meetings_explanation SET steps = jsonb_set(steps, '{0,text}', '\"Nej\"') WHERE id = %s", [first]
        )
        cursor.execute("ALTER TABLE meetings_explanation ENABLE TRIGGER USER")

    told = f"meetings_explanation: 1 række siger ikke det, der blev gemt; den første er {first}."
    assert list(sealing.faults()) == [told]
