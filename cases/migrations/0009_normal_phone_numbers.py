"""Telephone numbers get their one stored form; what cannot be read as a number stays as it was written."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from cases.people import phones

BATCH = 2_000


def normalise(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("Organisation", "Citizen"):
        model = apps.get_model("cases", name)
        changed = []
        for row in model.objects.exclude(phone="").only("phone").order_by("pk").iterator(chunk_size=BATCH):
            if (tidy := phones.tidy(row.phone)) != row.phone:
                row.phone = tidy
                changed.append(row)
        model.objects.bulk_update(changed, ["phone"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [('cases', '0008_refuse_what_is_not_one_name')]

    operations = [migrations.RunPython(normalise, migrations.RunPython.noop)]
