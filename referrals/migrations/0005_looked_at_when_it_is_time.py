from django.conf import settings
from django.db import migrations, models

from cases.concurrently import AddIndex


class Migration(migrations.Migration):
    # The indexes are built beside all that work on the referrals. Begun anew, each step does what is left.
    atomic = False

    dependencies = [
        ('cases', '0045_no_index_that_another_begins_with'),
        ('referrals', '0004_no_index_that_another_begins_with'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE referrals_referral
                ADD COLUMN IF NOT EXISTS look_at timestamptz NULL,
                ADD COLUMN IF NOT EXISTS settled_at timestamptz NULL
            """,
            'ALTER TABLE referrals_referral DROP COLUMN look_at, DROP COLUMN settled_at',
            state_operations=[
                migrations.AddField(model_name='referral', name='look_at', field=models.DateTimeField(null=True)),
                migrations.AddField(model_name='referral', name='settled_at', field=models.DateTimeField(null=True)),
            ],
        ),
        AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('status__in', ['sent', 'seen', 'assessed'])), fields=['look_at'], name='referral_look_at'),
        ),
        AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('settled_at', None), ('status__in', ['granted', 'rejected'])), fields=['decided_at'], name='referral_unsettled'),
        ),
    ]
