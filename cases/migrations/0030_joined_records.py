"""Two records of one person can be joined, and both may say the same number: the rows of numbers keep it one person's."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('cases', '0029_texts_of_messages')]

    operations = [
        migrations.AlterField(
            model_name='citizen',
            name='cpr_index',
            field=models.CharField(editable=False, max_length=64),
        ),
        migrations.CreateModel(
            name='CitizenJoin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(verbose_name='samlet')),
                ('separated_at', models.DateTimeField(null=True, verbose_name='skilt ad')),
                ('moved', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='samlet af')),
                ('joined', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.citizen', verbose_name='samlet med')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='joins', to='cases.citizen', verbose_name='borger')),
            ],
            options={
                'verbose_name': 'samling af to poster',
                'verbose_name_plural': 'samlinger af to poster',
                'constraints': [models.CheckConstraint(condition=models.Q(('kept', models.F('joined')), _negated=True), name='join_is_of_two', violation_error_message='Det er den samme post. Vælg en anden sag.'), models.UniqueConstraint(condition=models.Q(('separated_at', None)), fields=('joined',), name='joined_into_one_alone', violation_error_message='Posten er allerede samlet med en anden. Hent siden igen.')],
            },
        ),
    ]
