from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0048_logs_have_an_end")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="running_since",
            field=models.DateTimeField(null=True, verbose_name="i gang siden"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="left_then",
            field=models.PositiveIntegerField(null=True, verbose_name="rækker tilbage da"),
        ),
    ]
