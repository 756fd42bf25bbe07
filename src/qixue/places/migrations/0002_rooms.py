import django.core.validators
import django.db.models.deletion
import qixue.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9_.-]*\\Z', 'Use Latin letters, digits, dots and dashes for a code, for example B1-S2.')])),
                ('name', models.CharField(max_length=60, validators=[qixue.core.fields.plain_text_validator])),
                ('name_en', models.CharField(blank=True, max_length=100)),
                ('capacity', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)])),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rooms', to='places.venue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('venue', 'code'), name='room_code_once_per_venue')],
            },
        ),
    ]
