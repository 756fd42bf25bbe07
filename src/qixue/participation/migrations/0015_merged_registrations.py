from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0014_cells_of_classes")]

    operations = [
        migrations.AlterField(
            model_name="registration",
            name="cancel_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("withdrawn", "Withdrawn"),
                    ("offer_expired", "The offer was not taken up in time"),
                    ("removed", "Taken out by the organiser"),
                    ("session_off", "The session was called off"),
                    ("moved", "Moved to another session"),
                    ("handed_over", "Somebody else of the household comes"),
                    ("merged", "The same person was signed up twice"),
                ],
                max_length=15,
            ),
        ),
    ]
