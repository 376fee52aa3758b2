"""The numbers that citizens had before numbers had rows: each is in force for as long as we know."""

from django.db import migrations

# Those who got one meanwhile have theirs by the trigger.
WRITE = """
INSERT INTO cases_citizennumber (citizen_id, cpr_encrypted, cpr_index, is_replacement, born_on)
SELECT id, cpr_encrypted, cpr_index, is_replacement_number, born_on FROM cases_citizen
ON CONFLICT (cpr_index) WHERE withdrawn_at IS NULL DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_numbers_of_a_citizen")]

    operations = [migrations.RunSQL(WRITE, migrations.RunSQL.noop)]
