import django.db.models.deletion
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Dropped beside all that work on the tables; by Django the foreign keys would be made anew.
    atomic = False

    dependencies = [
        ('cases', '0044_erased_again'),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name='citizen',
            name='citizen_birthday',
        ),
        RemoveIndexConcurrently(
            model_name='reminder',
            name='reminder_case',
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_aimdecision_case_id_f1456356',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_aimdecision_case_id_f1456356 ON cases_aimdecision (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='aimdecision',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='aim_decisions', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_benefithours_case_id_c6b20844',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_benefithours_case_id_c6b20844 ON cases_benefithours (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='benefithours',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='benefit_hours', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_case_fund_id_671b5931',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_case_fund_id_671b5931 ON cases_case (fund_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='case',
                    name='fund',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases_as_fund', to='cases.organisation', verbose_name='a-kasse'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_case_municipality_id_d40b1c25',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_case_municipality_id_d40b1c25 ON cases_case (municipality_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='case',
                    name='municipality',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cases_as_municipality', to='cases.organisation', verbose_name='kommune'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_citizencontact_citizen_id_c6db4071',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_citizencontact_citizen_id_c6db4071 ON cases_citizencontact (citizen_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='citizencontact',
                    name='citizen',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='cases.citizen', verbose_name='borger'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_citizencontact_organisation_id_48eae13a',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_citizencontact_organisation_id_48eae13a ON cases_citizencontact (organisation_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='citizencontact',
                    name='organisation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.organisation', verbose_name='organisation'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_event_case_id_59b954a1',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_event_case_id_59b954a1 ON cases_event (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='event',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_formerparty_organisation_id_77960ef7',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_formerparty_organisation_id_77960ef7 ON cases_formerparty (organisation_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='formerparty',
                    name='organisation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.organisation', verbose_name='organisation'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_importrow_run_id_66267ed7',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_importrow_run_id_66267ed7 ON cases_importrow (run_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='importrow',
                    name='run',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='cases.importrun', verbose_name='import'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_municipaldocument_municipality_id_21c36888',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_municipaldocument_municipality_id_21c36888 ON cases_municipaldocument (municipality_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='municipaldocument',
                    name='municipality',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='cases.organisation', verbose_name='kommune'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_planversion_case_id_6c17c257',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_planversion_case_id_6c17c257 ON cases_planversion (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='planversion',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='plan_versions', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS cases_standardtext_organisation_id_c3603b94',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_standardtext_organisation_id_c3603b94 ON cases_standardtext (organisation_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='standardtext',
                    name='organisation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='standard_texts', to='cases.organisation', verbose_name='organisation'),
                ),
            ],
        ),
    ]
