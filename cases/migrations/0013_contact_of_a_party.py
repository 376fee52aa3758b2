"""Each party of a case keeps for itself how it reaches the citizen."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_adopted_drafts_and_their_writers'),
    ]

    operations = [
        migrations.CreateModel(
            name='CitizenContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='telefon')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('interpreter_language', models.CharField(blank=True, max_length=40, verbose_name='tolkesprog')),
                ('citizen', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='cases.citizen', verbose_name='borger')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.organisation', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'kontaktoplysninger',
                'verbose_name_plural': 'kontaktoplysninger',
            },
        ),
        migrations.AddField(
            model_name='case',
            name='fund_contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.citizencontact'),
        ),
        migrations.AddField(
            model_name='case',
            name='municipality_contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.citizencontact'),
        ),
        migrations.AddConstraint(
            model_name='citizencontact',
            constraint=models.UniqueConstraint(fields=('citizen', 'organisation'), name='contact_once_per_organisation'),
        ),
    ]
