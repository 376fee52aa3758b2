import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Dropped beside all that work on the tables; by Django the foreign keys would be made anew.
    atomic = False

    dependencies = [
        ('cases', '0045_no_index_that_another_begins_with'),
        ('referrals', '0003_decided_lately'),
    ]

    operations = [
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS referrals_offer_case_id_0331eb14',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS referrals_offer_case_id_0331eb14 ON referrals_offer (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='offer',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS referrals_referral_case_id_b6a3f342',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS referrals_referral_case_id_b6a3f342 ON referrals_referral (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='referral',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
    ]
