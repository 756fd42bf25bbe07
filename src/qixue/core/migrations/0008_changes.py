from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_report_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=10)),
                ("size", models.BigIntegerField()),
            ],
        ),
    ]
