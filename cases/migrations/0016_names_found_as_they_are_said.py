"""Names in one way of writing, and the words by which they are found; what else a citizen is looked up by."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
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
    dependencies = [("cases", "0015_no_contact_for_everybody")]

    operations = [
        migrations.AddField("citizen", "search_key", models.TextField(db_default="", editable=False)),
        migrations.RunPython(write_keys, migrations.RunPython.noop),
        migrations.RemoveIndex("citizen", "citizen_name_words"),
        migrations.AddIndex(
            "citizen",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("search_key", config="simple"), name="citizen_search_words"
            ),
        ),
        migrations.AddIndex("citizen", models.Index(fields=["born_on"], name="citizen_born_on")),
        migrations.AddIndex("citizencontact", models.Index(fields=["organisation", "phone"], name="contact_phone")),
        migrations.AddIndex(
            "citizencontact",
            models.Index(
                models.F("organisation"), django.db.models.functions.text.Upper("email"), name="contact_email"
            ),
        ),
    ]
