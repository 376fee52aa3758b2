"""Names in one way of writing, and the words by which they are found."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from cases.people import name_order

BATCH = 2_000


def write_keys(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    citizens = apps.get_model("cases", "Citizen").objects
    batch = []
    for citizen in citizens.only("name").order_by("pk").iterator(chunk_size=BATCH):
        citizen.name = name_order.normal(citizen.name)
        citizen.name_key = name_order.sort_key(citizen.name)
        citizen.search_key = name_order.search_key(citizen.name)
        batch.append(citizen)
        if len(batch) == BATCH:
            citizens.bulk_update(batch, ["name", "name_key", "search_key"])
            batch.clear()
    citizens.bulk_update(batch, ["name", "name_key", "search_key"])


class Migration(migrations.Migration):
    # The release before reads citizens while their keys are written, batch for batch.
    atomic = False

    dependencies = [("cases", "0015_no_contact_for_everybody")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE cases_citizen ADD COLUMN IF NOT EXISTS search_key text DEFAULT '' NOT NULL",
            "ALTER TABLE cases_citizen DROP COLUMN search_key",
            state_operations=[
                migrations.AddField("citizen", "search_key", models.TextField(db_default="", editable=False))
            ],
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop),
    ]
