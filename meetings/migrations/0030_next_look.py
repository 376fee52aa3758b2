"""When the sweep next looks at a case stands in a table of its own.

The release before goes on asking for another look in the entries of the worklist, and a trigger writes that here. The
column, its index and the trigger are taken away one release later, when no process asks for them.
"""

import django.db.models.deletion
from django.db import migrations, models

# As the owner: the role of the services gets its rights to the new table when all migrations are done.
_TRIGGER = """
CREATE OR REPLACE FUNCTION meetings_look_again() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.meetings_nextlook (case_id) VALUES (NEW.case_id)
    ON CONFLICT (case_id) DO UPDATE SET look_at = NULL WHERE meetings_nextlook.look_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER look_again AFTER INSERT OR UPDATE OF look_at ON meetings_worklistentry
FOR EACH ROW WHEN (NEW.look_at IS NULL) EXECUTE FUNCTION meetings_look_again();
"""
_NO_TRIGGER = """
DROP TRIGGER look_again ON meetings_worklistentry;
DROP FUNCTION meetings_look_again;
UPDATE meetings_worklistentry SET look_at = NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0029_how_the_next_talk_is_held")]

    operations = [
        migrations.CreateModel(
            name="NextLook",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="next_look", serialize=False, to="cases.case", verbose_name="sag")),
                ("look_at", models.DateTimeField(null=True, verbose_name="næste eftersyn")),
            ],
            options={
                "verbose_name": "næste eftersyn",
                "verbose_name_plural": "næste eftersyn",
                "indexes": [models.Index(fields=["look_at"], name="next_look_at")],
            },
        ),
        migrations.RunSQL(
            _TRIGGER,
            _NO_TRIGGER,
            state_operations=[
                migrations.RemoveIndex("worklistentry", "worklist_look_at"),
                migrations.RemoveField("worklistentry", "look_at"),
            ],
        ),
    ]
