from django.db import migrations, models

TABLE, COLUMN = "participation_registration", "was_there"


class Migration(migrations.Migration):
    """In plain SQL, which both databases read: SQLite would make the table anew for it, and drop its triggers."""

    dependencies = [
        ("participation", "0022_unnamed"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE {TABLE} ADD COLUMN {COLUMN} bool NOT NULL DEFAULT false",
                    f"ALTER TABLE {TABLE} DROP COLUMN {COLUMN}",
                )
            ],
            state_operations=[
                migrations.AddField("registration", COLUMN, models.BooleanField(default=False, db_default=False))
            ],
        ),
    ]
