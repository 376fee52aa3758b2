"""Why a deadline is as it is, is stored once for all requirements that it explains.

The requirements that there are get theirs portion by portion, while all others work on them. The release before goes
on reading and writing its own column: that is taken away one release later, when no process asks for it.
"""

import django.db.models.deletion
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BATCH = 5_000
# Whoever writes a requirement has locked its case: we wait for them case by case, and read what they wrote.
LOCK = """
SELECT FROM cases_case WHERE id IN (SELECT case_id FROM meetings_requiredmeeting WHERE id >= %s AND id < %s)
ORDER BY id FOR NO KEY UPDATE
"""
# As `Explanation.key_of` does it.
FILL = """
WITH portion AS (
    SELECT id, explanation,
           encode(substring(sha256(convert_to(explanation::text, 'UTF8')) FOR 16), 'hex')::uuid AS explanation_id
    FROM meetings_requiredmeeting WHERE id >= %s AND id < %s AND explanation_id IS NULL
), added AS (
    INSERT INTO meetings_explanation (id, steps)
    SELECT DISTINCT ON (explanation_id) explanation_id, explanation FROM portion ORDER BY explanation_id
    ON CONFLICT DO NOTHING
)
UPDATE meetings_requiredmeeting AS stored SET explanation_id = portion.explanation_id
FROM portion WHERE stored.id = portion.id
"""


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(min(id), 0), COALESCE(max(id), -1) FROM meetings_requiredmeeting")
        ((first, last),) = cursor.fetchall()
        for begin in range(first, last + 1, BATCH):
            with transaction.atomic(using=schema_editor.connection.alias):
                cursor.execute(LOCK, [begin, begin + BATCH])
                cursor.execute(FILL, [begin, begin + BATCH])


class Migration(migrations.Migration):
    # Each portion is written by itself. Begun anew, the column is there.
    atomic = False

    dependencies = [
        ("meetings", "0027_explanations"),
    ]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE meetings_requiredmeeting ALTER COLUMN explanation SET DEFAULT '[]',"
                " ADD COLUMN IF NOT EXISTS explanation_id uuid",
                "ALTER TABLE meetings_requiredmeeting DROP CONSTRAINT IF EXISTS required_meeting_explanation",
                "ALTER TABLE meetings_requiredmeeting ADD CONSTRAINT required_meeting_explanation"
                " FOREIGN KEY (explanation_id) REFERENCES meetings_explanation (id)"
                " DEFERRABLE INITIALLY DEFERRED NOT VALID",
                # Nobody waits while the rows are read.
                "ALTER TABLE meetings_requiredmeeting VALIDATE CONSTRAINT required_meeting_explanation",
            ],
            [
                # For the release before, which knows its own column alone.
                "UPDATE meetings_requiredmeeting AS stored SET explanation = said.steps"
                " FROM meetings_explanation AS said WHERE said.id = stored.explanation_id",
                "ALTER TABLE meetings_requiredmeeting DROP COLUMN explanation_id,"
                " ALTER COLUMN explanation DROP DEFAULT",
            ],
            state_operations=[
                migrations.RemoveField("requiredmeeting", "explanation"),
                migrations.AddField(
                    "requiredmeeting",
                    "own_explanation",
                    models.JSONField(
                        db_column="explanation", db_default=[], editable=False, verbose_name="egen forklaring"
                    ),
                ),
                migrations.AddField(
                    "requiredmeeting",
                    "explanation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.explanation",
                        verbose_name="forklaring",
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
