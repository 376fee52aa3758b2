"""The entries of the worklist say by themselves of which kind their talk is, and on which days they rest.

The entries that there are get it portion by portion, while all others work on them.
"""

from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import meetings.models.columns

BATCH = 10_000
# Whoever writes an entry has locked its case: we wait for them case by case, and read what they wrote.
LOCK = """
SELECT FROM cases_case WHERE id IN (SELECT case_id FROM meetings_worklistentry WHERE id >= %s AND id < %s)
ORDER BY id FOR NO KEY UPDATE
"""
FILL = """
UPDATE meetings_worklistentry AS stored SET kind = derived.kind, rests = derived.rests
FROM (
    SELECT entry.id, COALESCE(requirement.kind, '') AS kind, COALESCE(rest.days, '{}') AS rests
    FROM meetings_worklistentry AS entry
    LEFT JOIN meetings_requiredmeeting AS requirement ON requirement.id = entry.requirement_id
    LEFT JOIN LATERAL (
        SELECT range_agg(span) AS days FROM (
            SELECT span FROM cases_pause WHERE case_id = entry.case_id
            UNION ALL SELECT span FROM meetings_exemption WHERE case_id = entry.case_id AND NOT is_duty_kept
        ) AS spans
    ) AS rest ON true
    WHERE entry.id >= %s AND entry.id < %s
) AS derived
WHERE stored.id = derived.id AND (stored.kind, stored.rests) IS DISTINCT FROM (derived.kind, derived.rests)
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
    # Each portion is written by itself. Begun anew, the columns are there.
    atomic = False

    dependencies = [
        ("meetings", "0023_worklist_found_by_organisation_and_worker"),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE meetings_worklistentry
                ADD COLUMN IF NOT EXISTS kind varchar(30) DEFAULT '' NOT NULL,
                ADD COLUMN IF NOT EXISTS rests datemultirange DEFAULT '{}' NOT NULL
            """,
            "ALTER TABLE meetings_worklistentry DROP COLUMN kind, DROP COLUMN rests",
            state_operations=[
                migrations.AddField(
                    "worklistentry",
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("contact_interview", "jobsamtale"),
                            ("cv_interview", "cv-samtale"),
                            ("availability_interview", "rådighedssamtale"),
                            ("joint_interview", "fællessamtale"),
                        ],
                        db_default="",
                        max_length=30,
                        verbose_name="samtale",
                    ),
                ),
                migrations.AddField(
                    "worklistentry", "rests", meetings.models.columns.DateMultirangeField(db_default="{}")
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
