"""The numbers of a citizen get rows of their own; from now on the database writes down each that a citizen gets."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0025_notes_and_tasks'),
    ]

    operations = [
        migrations.CreateModel(
            name='CitizenNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cpr_encrypted', models.BinaryField()),
                ('cpr_index', models.CharField(editable=False, max_length=64)),
                ('is_replacement', models.BooleanField(default=False, verbose_name='erstatningsnummer')),
                ('born_on', models.DateField(verbose_name='født')),
                ('since', models.DateField(blank=True, null=True, verbose_name='gælder fra')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='trukket tilbage')),
            ],
            options={
                'verbose_name': 'CPR-nummer',
                'verbose_name_plural': 'CPR-numre',
                'ordering': ['citizen', models.OrderBy(models.F('since'), descending=True, nulls_last=True), '-pk'],
            },
        ),
        migrations.AddField(
            model_name='citizennumber',
            name='citizen',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='numbers', to='cases.citizen', verbose_name='borger'),
        ),
        migrations.AddConstraint(
            model_name='citizennumber',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('cpr_index',), name='number_belongs_to_one_citizen', violation_error_message='Nummeret hører til en anden borger. Kontrollér tallene.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='citizen',
            trigger=pgtrigger.compiler.Trigger(name='keep_number', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE' THEN\n    IF NEW.cpr_index = OLD.cpr_index THEN\n        RETURN NEW;\n    END IF;\nEND IF;\nINSERT INTO cases_citizennumber (citizen_id, cpr_encrypted, cpr_index, is_replacement, born_on)\nVALUES (NEW.id, NEW.cpr_encrypted, NEW.cpr_index, NEW.is_replacement_number, NEW.born_on)\nON CONFLICT (cpr_index) WHERE withdrawn_at IS NULL DO NOTHING;\nPERFORM 1 FROM cases_citizennumber\nWHERE cpr_index = NEW.cpr_index AND citizen_id = NEW.id AND withdrawn_at IS NULL;\nIF NOT FOUND THEN\n    RAISE unique_violation USING\n        MESSAGE = 'the number belongs to another citizen', CONSTRAINT = 'number_belongs_to_one_citizen';\nEND IF;\nRETURN NEW;\n", hash='e29d41cbe834ead12ef8703c1688ce2bf26e2def', operation='INSERT OR UPDATE OF "cpr_index"', pgid='pgtrigger_keep_number_9a25c', table='cases_citizen', when='AFTER')),
        ),
    ]
