import django.db.models.deletion
from django.db import migrations, models

from qixue.core.fields import plain_text_validator


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0020_keyed_digests"),
        ("programme", "0011_listings"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallingOff",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="calling_off",
                        serialize=False,
                        to="programme.session",
                    ),
                ),
                ("reason", models.CharField(max_length=200, validators=[plain_text_validator])),
            ],
        ),
    ]
