from django.db import migrations, models

# The worker makes the cells anew, and with them the roots of tallies that were merged before there were any.
SPOIL = "UPDATE participation_cell SET people = NULL"


class Migration(migrations.Migration):

    dependencies = [
        ("participation", "0018_entry_of_a_scan"),
    ]

    operations = [
        migrations.AddField(
            model_name="tally",
            name="entries_root",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="tally",
            name="names_root",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.RunSQL(SPOIL, migrations.RunSQL.noop),
    ]
