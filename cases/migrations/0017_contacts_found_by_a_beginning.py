"""What a citizen is found by: words of the name, a day of birth, and how a telephone number or an address begins."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from cases.concurrently import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0016_names_found_as_they_are_said'),
    ]

    operations = [
        AddIndex(
            model_name='citizen',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('search_key', config='simple'), name='citizen_search_words'),
        ),
        AddIndex(
            model_name='citizen',
            index=models.Index(fields=['born_on'], name='citizen_born_on'),
        ),
        AddIndex(
            model_name='citizen',
            index=models.Index(django.db.models.functions.datetime.ExtractMonth('born_on'), django.db.models.functions.datetime.ExtractDay('born_on'), name='citizen_birthday'),
        ),
        AddIndex(
            model_name='citizencontact',
            index=models.Index(models.F('organisation'), django.contrib.postgres.indexes.OpClass('phone', 'varchar_pattern_ops'), name='contact_phone_begins'),
        ),
        AddIndex(
            model_name='citizencontact',
            index=models.Index(models.F('organisation'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), 'text_pattern_ops'), name='contact_email_begins'),
        ),
        RemoveIndexConcurrently(
            model_name='citizen',
            name='citizen_name_words',
        ),
    ]
