from django.db import migrations, models

ADD = """
ALTER TABLE cases_erasurerun DROP CONSTRAINT IF EXISTS erasure_is_proposed_before_it_is_approved,
    ADD CONSTRAINT erasure_is_proposed_before_it_is_approved
    CHECK (approved_at IS NULL OR proposed_by_id IS NOT NULL) NOT VALID
"""


class Migration(migrations.Migration):
    # The rows are read while all others work on them. Begun anew, each step is done once more.
    atomic = False

    dependencies = [("cases", "0046_erasure_is_reminded_of")]

    operations = [
        migrations.RunSQL(
            ADD,
            "ALTER TABLE cases_erasurerun DROP CONSTRAINT erasure_is_proposed_before_it_is_approved",
            state_operations=[
                migrations.AddConstraint(
                    "erasurerun",
                    models.CheckConstraint(
                        condition=models.Q(("approved_at", None), ("proposed_by__isnull", False), _connector="OR"),
                        name="erasure_is_proposed_before_it_is_approved",
                        violation_error_message="Sletningen skal foreslås, før den kan godkendes.",
                    ),
                )
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE cases_erasurerun VALIDATE CONSTRAINT erasure_is_proposed_before_it_is_approved",
            migrations.RunSQL.noop,
        ),
    ]
