from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0006_attendances_and_the_door'),
    ]

    operations = [
        migrations.AddField(
            model_name='registration',
            name='first_place',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
