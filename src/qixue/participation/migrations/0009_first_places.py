from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0004_fill_parties_and_counters'),
    ]

    operations = [
        migrations.AddField(
            model_name='registration',
            name='first_place',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
