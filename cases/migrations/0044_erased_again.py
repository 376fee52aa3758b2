import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0043_doors"),
    ]

    operations = [
        # By Django the foreign key would be made anew, and the table be held meanwhile.
        migrations.RunSQL(
            "ALTER TABLE cases_erasure ALTER COLUMN run_id DROP NOT NULL",
            "ALTER TABLE cases_erasure ALTER COLUMN run_id SET NOT NULL",
            state_operations=[
                migrations.AlterField(
                    model_name="erasure",
                    name="run",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="cases.erasurerun",
                        verbose_name="sletning",
                    ),
                ),
            ],
        ),
    ]
