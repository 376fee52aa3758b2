"""Which talk fulfils a requirement, and whether late, stands with the requirement.

To write it with the talk was to ask once more, for each talk of each plan, whether anybody is double-booked. The
release before goes on writing it there, and a trigger says here what it writes. Its columns, the constraint on them
and the trigger are taken away one release later, when no process asks for them.
"""

import django.db.models.deletion
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BATCH = 5_000
# Whoever writes a requirement or a talk has locked its case: we wait for them case by case, and read what they wrote.
LOCK = """
SELECT FROM cases_case WHERE id IN (SELECT case_id FROM meetings_requiredmeeting WHERE id >= %s AND id < %s)
ORDER BY id FOR NO KEY UPDATE
"""
FILL = """
UPDATE meetings_requiredmeeting AS required SET meeting_id = talk.id, is_met_late = talk.is_late
FROM meetings_meeting AS talk
WHERE required.id >= %s AND required.id < %s AND talk.requirement_id = required.id
    AND required.replaced_at IS NULL AND required.meeting_id IS NULL
"""

# As the owner: whoever writes a talk may see less than its requirements.
_TRIGGER = """
CREATE OR REPLACE FUNCTION meetings_fulfils() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.meetings_requiredmeeting SET meeting_id = NULL, is_met_late = false
    WHERE meeting_id = NEW.id AND id IS DISTINCT FROM NEW.requirement_id;
    UPDATE public.meetings_requiredmeeting SET meeting_id = NEW.id, is_met_late = NEW.is_late
    WHERE id = NEW.requirement_id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER fulfils AFTER UPDATE OF requirement_id, is_late ON meetings_meeting FOR EACH ROW
WHEN ((NEW.requirement_id, NEW.is_late) IS DISTINCT FROM (OLD.requirement_id, OLD.is_late))
EXECUTE FUNCTION meetings_fulfils();
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
    # Each portion is written by itself. Begun anew, the columns are there.
    atomic = False

    dependencies = [("meetings", "0031_next_look_of_each_case")]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE meetings_meeting ALTER COLUMN is_late SET DEFAULT false",
                "ALTER TABLE meetings_requiredmeeting ADD COLUMN IF NOT EXISTS meeting_id bigint,"
                " ADD COLUMN IF NOT EXISTS is_met_late boolean NOT NULL DEFAULT false",
                "ALTER TABLE meetings_requiredmeeting DROP CONSTRAINT IF EXISTS required_meeting_talk",
                "DROP INDEX CONCURRENTLY IF EXISTS required_meeting_talk",
                "CREATE UNIQUE INDEX CONCURRENTLY required_meeting_talk ON meetings_requiredmeeting (meeting_id)",
                "ALTER TABLE meetings_requiredmeeting ADD CONSTRAINT required_meeting_talk"
                " UNIQUE USING INDEX required_meeting_talk",
                "ALTER TABLE meetings_requiredmeeting DROP CONSTRAINT IF EXISTS required_meeting_of_talk",
                "ALTER TABLE meetings_requiredmeeting ADD CONSTRAINT required_meeting_of_talk"
                " FOREIGN KEY (meeting_id) REFERENCES meetings_meeting (id) DEFERRABLE INITIALLY DEFERRED NOT VALID",
                # Nobody waits while the rows are read.
                "ALTER TABLE meetings_requiredmeeting VALIDATE CONSTRAINT required_meeting_of_talk",
                _TRIGGER,
            ],
            [
                "DROP TRIGGER fulfils ON meetings_meeting",
                "DROP FUNCTION meetings_fulfils",
                # For the release before, which knows its own columns alone.
                "UPDATE meetings_meeting SET requirement_id = NULL, is_late = false WHERE requirement_id IS NOT NULL",
                "UPDATE meetings_meeting AS talk SET requirement_id = required.id, is_late = required.is_met_late"
                " FROM meetings_requiredmeeting AS required WHERE required.meeting_id = talk.id",
                "ALTER TABLE meetings_requiredmeeting DROP COLUMN meeting_id, DROP COLUMN is_met_late",
            ],
            state_operations=[
                migrations.RemoveConstraint("meeting", "one_meeting_fulfils_a_requirement"),
                migrations.RemoveField("meeting", "requirement"),
                migrations.RemoveField("meeting", "is_late"),
                migrations.AddField(
                    "requiredmeeting",
                    "meeting",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="fulfils",
                        to="meetings.meeting",
                        verbose_name="samtale",
                    ),
                ),
                migrations.AddField(
                    "requiredmeeting",
                    "is_met_late",
                    models.BooleanField(db_default=False, default=False, verbose_name="holdt for sent"),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
