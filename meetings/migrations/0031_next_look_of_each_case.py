"""Each case with an entry on a worklist is looked at when the first of its entries was to be."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BATCH = 20_000
# What the trigger of the migration before has written meanwhile stays: such a case is looked at by the next sweep.
FILL = """
INSERT INTO meetings_nextlook (case_id, look_at)
SELECT case_id, CASE WHEN bool_and(look_at IS NOT NULL) THEN min(look_at) END
FROM meetings_worklistentry WHERE case_id >= %s AND case_id < %s GROUP BY case_id
ON CONFLICT DO NOTHING
"""


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(min(id), 0), COALESCE(max(id), -1) FROM cases_case")
        ((first, last),) = cursor.fetchall()
        for begin in range(first, last + 1, BATCH):
            cursor.execute(FILL, [begin, begin + BATCH])


class Migration(migrations.Migration):
    # Each portion is written by itself, and may be written again.
    atomic = False

    dependencies = [("meetings", "0030_next_look")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
