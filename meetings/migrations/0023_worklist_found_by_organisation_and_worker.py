from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from cases.concurrently import AddIndex


class Migration(migrations.Migration):
    # Built beside all that work on the list.
    atomic = False

    dependencies = [
        ("meetings", "0022_calendar_login"),
    ]

    operations = [
        AddIndex(
            model_name="worklistentry",
            index=models.Index(fields=["organisation", "worker", "due_on", "id"], name="worklist_of_worker"),
        ),
        RemoveIndexConcurrently(model_name="worklistentry", name="worklist_worker"),
    ]
