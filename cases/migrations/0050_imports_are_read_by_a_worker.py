from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0049_how_fast_an_import_is'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrow',
            name='marks',
            field=models.JSONField(editable=False, null=True, verbose_name='mærker'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='worked_at',
            field=models.DateTimeField(null=True, verbose_name='sidst arbejdet på'),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='state',
            field=models.CharField(choices=[('unread', 'ikke læst endnu'), ('ready', 'klar'), ('refused', 'ikke taget med'), ('created', 'oprettet'), ('gone_on', 'forløb fortsat'), ('taken_back', 'taget tilbage')], max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='state',
            field=models.CharField(choices=[('reading', 'under læsning'), ('previewed', 'klar til at blive godkendt'), ('running', 'i gang'), ('done', 'færdig'), ('forgotten', 'glemt'), ('taking_back', 'bliver taget tilbage'), ('taken_back', 'taget tilbage')], default='previewed', max_length=12, verbose_name='status'),
        ),
    ]
