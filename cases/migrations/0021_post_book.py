"""What went to the citizen is kept as it was sent, and may be sent again: a reminder is owed once for each sending."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

# The new rule is built beside the old one, and takes its place in a moment. Begun anew, each does what is left.
ADD_SENDING = """
ALTER TABLE cases_reminder ADD COLUMN IF NOT EXISTS sending smallint DEFAULT 1 NOT NULL,
    DROP CONSTRAINT IF EXISTS cases_reminder_sending_check,
    ADD CONSTRAINT cases_reminder_sending_check CHECK (sending >= 0) NOT VALID
"""
# The rows are read while all others work on them.
CHECK_SENDING = 'ALTER TABLE cases_reminder VALIDATE CONSTRAINT cases_reminder_sending_check'
BUILD = """
CREATE UNIQUE INDEX CONCURRENTLY reminder_owed_once_each
ON cases_reminder (kind, subject, version, sending, user_id, organisation_id) NULLS NOT DISTINCT
"""
REPLACE = """
ALTER TABLE cases_reminder DROP CONSTRAINT IF EXISTS reminder_owed_once,
    ADD CONSTRAINT reminder_owed_once UNIQUE USING INDEX reminder_owed_once_each
"""
OLD_RULE = """
ALTER TABLE cases_reminder DROP CONSTRAINT reminder_owed_once,
    ADD CONSTRAINT reminder_owed_once UNIQUE NULLS NOT DISTINCT (kind, subject, version, user_id, organisation_id)
"""
ONCE = ('kind', 'subject', 'version', 'sending', 'user', 'organisation')


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0020_handed_over_is_a_state'),
    ]

    operations = [
        migrations.RunSQL(
            ADD_SENDING,
            'ALTER TABLE cases_reminder DROP COLUMN sending',
            state_operations=[
                migrations.AddField(
                    model_name='reminder',
                    name='sending',
                    field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='udsendelse'),
                ),
            ],
        ),
        migrations.RunSQL(CHECK_SENDING, migrations.RunSQL.noop),
        migrations.RunSQL('DROP INDEX CONCURRENTLY IF EXISTS reminder_owed_once_each', migrations.RunSQL.noop),
        migrations.RunSQL(BUILD, migrations.RunSQL.noop),
        migrations.RunSQL(
            REPLACE,
            OLD_RULE,
            state_operations=[
                migrations.RemoveConstraint(model_name='reminder', name='reminder_owed_once'),
                migrations.AddConstraint(
                    model_name='reminder',
                    constraint=models.UniqueConstraint(fields=ONCE, name='reminder_owed_once', nulls_distinct=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name='Dispatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(verbose_name='tidspunkt')),
                ('is_reached', models.BooleanField(verbose_name='afsendt')),
                ('subject', models.TextField(blank=True, verbose_name='emne')),
                ('text', models.TextField(verbose_name='tekst')),
                ('calendar', models.TextField(blank=True, verbose_name='kalenderfil')),
                ('letter_name', models.CharField(blank=True, max_length=200, verbose_name='brevets filnavn')),
                ('letter', models.BinaryField(null=True, verbose_name='brev')),
                ('until', models.DateTimeField(null=True, verbose_name='gælder til')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='klaret')),
            ],
            options={
                'verbose_name': 'afsendelse',
                'verbose_name_plural': 'postbog',
            },
        ),
        migrations.AddField(
            model_name='dispatch',
            name='reminder',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='dispatch', to='cases.reminder', verbose_name='påmindelse'),
        ),
        migrations.AddField(
            model_name='dispatch',
            name='sender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.organisation', verbose_name='afsender'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('is_reached', False), ('settled_at', None)), fields=['sender'], name='dispatch_not_reached'),
        ),
    ]
