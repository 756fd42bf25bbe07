import django.db.models.deletion
from django.db import migrations, models

NAME = "participation_scan_entry_id_30a64fc0"
ENTRY = models.ForeignKey(
    blank=True,
    db_index=False,
    null=True,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="scans",
    to="participation.ledgerentry",
)


class Migration(migrations.Migration):
    """By its name, as in 0016: SQLite would make the table anew for it."""

    dependencies = [
        ("participation", "0017_keys_seldom_there"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f"DROP INDEX {NAME}", f"CREATE INDEX {NAME} ON participation_scan (entry_id)")
            ],
            state_operations=[migrations.AlterField("scan", "entry", ENTRY)],
        ),
    ]
