"""A citizen has no contact data of their own any more: each party has.

The release before still names the columns while it is being replaced, so they stay in the database: they are dropped
one release later, when no process asks for them.
"""

from django.db import migrations

COLUMNS = ("address", "email", "interpreter_language", "phone")


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_contacts_to_both_parties")]

    operations = [
        migrations.RunSQL(
            [f"ALTER TABLE cases_citizen ALTER COLUMN {column} SET DEFAULT ''" for column in COLUMNS],
            [f"ALTER TABLE cases_citizen ALTER COLUMN {column} DROP DEFAULT" for column in COLUMNS],
            state_operations=[migrations.RemoveField("citizen", column) for column in COLUMNS],
        ),
    ]
