"""A table for why deadlines are as they are: one row for each explanation, to which is only added."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0026_what_a_jobcenter_receives"),
    ]

    operations = [
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("steps", models.JSONField(verbose_name="forklaring")),
            ],
            options={
                "verbose_name": "forklaring",
                "verbose_name_plural": "forklaringer",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="explanation",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0d1e8d80e159cf8572ec0c1cb53319441c9e19ba",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5e61d",
                    table="meetings_explanation",
                    when="BEFORE",
                ),
            ),
        ),
    ]
