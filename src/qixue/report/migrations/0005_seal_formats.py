from django.db import migrations, models

FIRST_FORMAT = "qixue-seal/1"  # in which all that was asked for before was made


class Migration(migrations.Migration):

    dependencies = [
        ("report", "0004_province_returns"),
    ]

    operations = [
        migrations.AddField(
            model_name="issuerequest",
            name="seal_format",
            field=models.CharField(db_default=FIRST_FORMAT, max_length=20),
        ),
    ]
