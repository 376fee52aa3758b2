"""What the tests of erasure share: a day long ago, and a text that is known again."""

from datetime import date

from django.apps import apps
from django.db import connection

from cases.erasure import services
from cases.models import Case
from cases.personal_data.classification import OF_PERSONS

#: The last day on which a case must have been closed for its five years to be over at the tests' now.
LAST = date(2021, 5, 4)
MARK = "Kan kun bo i Ærøskøbing"


def close(case, on=LAST):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_on=on, close_reason="work")


def decide(office, second, now):
    run = services.propose(by=office.leader, at=now, today=now.date())
    return services.approve(run_id=run.pk, by=second, at=now)


def whole_database():
    """All that a dump would hold, as text."""
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT row::text FROM "{table}" row')
            rows += [text for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def traces(case):
    """The texts by which somebody would know the person."""
    return [case.citizen.name, case.citizen.cpr_index, bytes(case.citizen.cpr_encrypted).hex(), MARK]


def rows_of(pk):
    models = {model._meta.db_table: model for model in apps.get_models()}
    return {
        name: count
        for name, of in OF_PERSONS.items()
        if of.case and (count := models[name]._base_manager.filter(**{of.case: pk}).count())
    }
