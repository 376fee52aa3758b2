import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Dropped beside all that work on the tables; by Django the foreign keys would be made anew.
    atomic = False

    dependencies = [
        ('cases', '0045_no_index_that_another_begins_with'),
        ('meetings', '0024_what_a_list_is_chosen_by'),
    ]

    operations = [
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS meetings_lawchange_run_id_058024ed',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS meetings_lawchange_run_id_058024ed ON meetings_lawchange (run_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='lawchange',
                    name='run',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='meetings.lawrun', verbose_name='gennemgang'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS meetings_listjobrow_job_id_ffc83bba',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS meetings_listjobrow_job_id_ffc83bba ON meetings_listjobrow (job_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='listjobrow',
                    name='job',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='meetings.listjob', verbose_name='samlet handling'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS meetings_meeting_case_id_af5918a1',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS meetings_meeting_case_id_af5918a1 ON meetings_meeting (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='meeting',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS meetings_planproposal_plan_id_36e259c3',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS meetings_planproposal_plan_id_36e259c3 ON meetings_planproposal (plan_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='planproposal',
                    name='plan',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='meetings.monthplan', verbose_name='plan'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS meetings_worklistentry_case_id_66930cad',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS meetings_worklistentry_case_id_66930cad ON meetings_worklistentry (case_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='worklistentry',
                    name='case',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='worklist_entries', to='cases.case', verbose_name='sag'),
                ),
            ],
        ),
        migrations.RunSQL(
            'DROP INDEX CONCURRENTLY IF EXISTS meetings_worklistentry_organisation_id_75146b51',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS meetings_worklistentry_organisation_id_75146b51 ON meetings_worklistentry (organisation_id)',
            state_operations=[
                migrations.AlterField(
                    model_name='worklistentry',
                    name='organisation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.organisation', verbose_name='organisation'),
                ),
            ],
        ),
    ]
