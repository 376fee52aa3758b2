"""The entries of the worklists say by themselves how the next talk is held."""

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
UPDATE meetings_worklistentry AS entry SET channel = talk.channel
FROM meetings_meeting AS talk
WHERE talk.id = entry.meeting_id AND entry.channel <> talk.channel AND entry.id >= %s AND entry.id < %s
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
    # Each portion is written by itself, and the index beside all that work on the list. Begun anew, the column is
    # there.
    atomic = False

    dependencies = [
        ("meetings", "0028_explanations_stored_once"),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE meetings_worklistentry
                ADD COLUMN IF NOT EXISTS channel varchar(12) DEFAULT '' NOT NULL
            """,
            "ALTER TABLE meetings_worklistentry DROP COLUMN channel",
            state_operations=[
                migrations.AddField(
                    "worklistentry",
                    "channel",
                    models.CharField(
                        verbose_name="samtaleform",
                        max_length=12,
                        choices=[
                            ("attendance", "personligt fremmøde"),
                            ("telephone", "telefon"),
                            ("video", "video"),
                        ],
                        blank=True,
                        db_default="",
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndex(
            "worklistentry",
            models.Index(fields=["organisation", "channel", "due_on", "id"], name="worklist_of_channel"),
        ),
    ]
