"""What lies in the operator's folder was kept as sent, with a sentence beside it: it becomes a state of its own.

Earlier rows stay as they are while the release before serves, which knows no other state: beat tells them apart.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def call_both_sent(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("cases", "Reminder").objects.filter(state="handed_over").update(state="sent")


class Migration(migrations.Migration):

    dependencies = [('cases', '0019_unsaved_forms')]

    operations = [
        migrations.AlterField(
            model_name='reminder',
            name='state',
            field=models.CharField(choices=[('owed', 'skyldes'), ('sent', 'sendt'), ('handed_over', 'lagt til afsendelse'), ('skipped', 'sprunget over'), ('void', 'bortfaldet'), ('failed', 'kunne ikke sendes')], default='owed', max_length=20, verbose_name='status'),
        ),
        migrations.RunPython(migrations.RunPython.noop, call_both_sent),
    ]
