import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0045_no_index_that_another_begins_with")]

    operations = [
        # Django would take the foreign key away and hold a new one against each row.
        migrations.RunSQL(
            "ALTER TABLE cases_erasurerun ALTER COLUMN proposed_by_id DROP NOT NULL",
            "ALTER TABLE cases_erasurerun ALTER COLUMN proposed_by_id SET NOT NULL",
            state_operations=[
                migrations.AlterField(
                    model_name="erasurerun",
                    name="proposed_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="foreslået af",
                    ),
                ),
            ],
        ),
    ]
