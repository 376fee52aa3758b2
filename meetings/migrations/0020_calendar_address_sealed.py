from typing import Any

from django.db import migrations, models

from cases.people import encryption


def seal(apps: Any, schema_editor: Any) -> None:
    for calendar in apps.get_model("meetings", "BusyCalendar").objects.iterator():
        calendar.address_encrypted = encryption.seal(
            calendar.address, of=f"calendar of {calendar.user_id} address_encrypted"
        )
        calendar.save(update_fields=["address_encrypted"])


class Migration(migrations.Migration):
    # The rows are written before the next change takes the table. Begun anew, the column is there.
    atomic = False

    dependencies = [
        ("meetings", "0019_what_an_act_costs"),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE meetings_busycalendar ADD COLUMN IF NOT EXISTS address_encrypted bytea DEFAULT '' NOT NULL;
            ALTER TABLE meetings_busycalendar ALTER COLUMN address_encrypted DROP DEFAULT
            """,
            "ALTER TABLE meetings_busycalendar DROP COLUMN address_encrypted",
            state_operations=[
                migrations.AddField(
                    model_name="busycalendar",
                    name="address_encrypted",
                    field=models.BinaryField(default=b"", verbose_name="adresse"),
                    preserve_default=False,
                )
            ],
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveField(model_name="busycalendar", name="address"),
    ]
