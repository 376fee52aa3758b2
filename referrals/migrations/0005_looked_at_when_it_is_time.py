from django.contrib.postgres.operations import AddIndexConcurrently
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0045_no_index_that_another_begins_with'),
        ('referrals', '0004_no_index_that_another_begins_with'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='look_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='referral',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
        AddIndexConcurrently(
            model_name='referral',
            index=models.Index(condition=models.Q(('status__in', ['sent', 'seen', 'assessed'])), fields=['look_at'], name='referral_look_at'),
        ),
        AddIndexConcurrently(
            model_name='referral',
            index=models.Index(condition=models.Q(('settled_at', None), ('status__in', ['granted', 'rejected'])), fields=['decided_at'], name='referral_unsettled'),
        ),
    ]
