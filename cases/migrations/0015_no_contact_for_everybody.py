"""A citizen has no contact data of their own any more: each party has."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_contacts_to_both_parties")]

    operations = [
        migrations.RemoveField(
            model_name='citizen',
            name='address',
        ),
        migrations.RemoveField(
            model_name='citizen',
            name='email',
        ),
        migrations.RemoveField(
            model_name='citizen',
            name='interpreter_language',
        ),
        migrations.RemoveField(
            model_name='citizen',
            name='phone',
        ),
    ]
