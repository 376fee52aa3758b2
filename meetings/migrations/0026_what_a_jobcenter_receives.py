"""The entries of jobcenters say by themselves from when they hold the course and whether they have yet to receive it."""

from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from cases.concurrently import AddIndex

BATCH = 10_000
# Whoever writes an entry has locked its case: we wait for them case by case, and read what they wrote.
LOCK = """
SELECT FROM cases_case WHERE id IN (SELECT case_id FROM meetings_worklistentry WHERE id >= %s AND id < %s)
ORDER BY id FOR NO KEY UPDATE
"""
FILL = """
UPDATE meetings_worklistentry AS stored
SET held_from = derived.municipality_from, awaits_receipt = derived.awaits_receipt
FROM (
    SELECT entry.id, own.municipality_from,
           EXISTS (SELECT FROM cases_handover WHERE case_id = own.id AND received_at IS NULL) AS awaits_receipt
    FROM meetings_worklistentry AS entry
    JOIN cases_case AS own ON own.id = entry.case_id AND own.municipality_id = entry.organisation_id
    WHERE entry.id >= %s AND entry.id < %s
) AS derived
WHERE stored.id = derived.id
    AND (stored.held_from, stored.awaits_receipt) IS DISTINCT FROM (derived.municipality_from, derived.awaits_receipt)
"""


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(min(id), 0), COALESCE(max(id), -1) FROM meetings_worklistentry")
        ((first, last),) = cursor.fetchall()
        for begin in range(first, last + 1, BATCH):
            with transaction.atomic(using=schema_editor.connection.alias):
                cursor.execute(LOCK, [begin, begin + BATCH])
                cursor.execute(FILL, [begin, begin + BATCH])


class Migration(migrations.Migration):
    # Each portion is written by itself, and the indexes beside all that work on the list. Begun anew, the columns are
    # there.
    atomic = False

    dependencies = [
        ("meetings", "0025_no_index_that_another_begins_with"),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE meetings_worklistentry
                ADD COLUMN IF NOT EXISTS held_from date NULL,
                ADD COLUMN IF NOT EXISTS awaits_receipt boolean DEFAULT false NOT NULL
            """,
            "ALTER TABLE meetings_worklistentry DROP COLUMN held_from, DROP COLUMN awaits_receipt",
            state_operations=[
                migrations.AddField("worklistentry", "held_from", models.DateField(null=True)),
                migrations.AddField("worklistentry", "awaits_receipt", models.BooleanField(db_default=False)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndex(
            "worklistentry",
            models.Index(fields=["organisation", "kind", "due_on", "id"], name="worklist_of_kind"),
        ),
        AddIndex(
            "worklistentry",
            models.Index(
                condition=models.Q(("awaits_receipt", True)), fields=["organisation"], name="worklist_to_receive"
            ),
        ),
    ]
