from collections.abc import Iterator

import django.db.models.deletion
from django.db import migrations, models

# Indexes of one column with which another index of the table begins: model, field, name, and the field as it is now.
SPARE = [
    (
        "attendance",
        "session",
        "participation_attendance_session_id_983a65cc",
        {"on_delete": django.db.models.deletion.CASCADE, "related_name": "attendances", "to": "programme.session"},
    ),
    (
        "participant",
        "resident",
        "participation_participant_resident_id_5e4e4cdb",
        {"on_delete": django.db.models.deletion.CASCADE, "related_name": "participants", "to": "people.resident"},
    ),
    (
        "ledgerentry",
        "organisation",
        "participation_ledgerentry_organisation_id_14b1652f",
        {
            "on_delete": django.db.models.deletion.PROTECT,
            "related_name": "ledger_entries",
            "to": "people.organisation",
        },
    ),
    (
        "ledgerentry",
        "activity",
        "participation_ledgerentry_activity_id_a3c105be",
        {"on_delete": django.db.models.deletion.PROTECT, "related_name": "ledger_entries", "to": "programme.activity"},
    ),
    (
        "ledgerentry",
        "session",
        "participation_ledgerentry_session_id_4dc5baed",
        {
            "blank": True,
            "null": True,
            "on_delete": django.db.models.deletion.PROTECT,
            "related_name": "ledger_entries",
            "to": "programme.session",
        },
    ),
    (
        "scan",
        "device",
        "participation_scan_device_id_7caad454",
        {
            "blank": True,
            "null": True,
            "on_delete": django.db.models.deletion.PROTECT,
            "related_name": "scans",
            "to": "participation.doordevice",
        },
    ),
    (
        "scan",
        "session",
        "participation_scan_session_id_61d1d93e",
        {
            "blank": True,
            "null": True,
            "on_delete": django.db.models.deletion.PROTECT,
            "related_name": "scans",
            "to": "programme.session",
        },
    ),
]


def without_spare_indexes() -> Iterator[migrations.SeparateDatabaseAndState]:
    """By their names: SQLite would make each table anew for it, and lose the triggers that keep the ledger as it is."""
    for model, field, name, options in SPARE:
        yield migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX {name}",
                    f"CREATE INDEX {name} ON participation_{model} ({field}_id)",
                )
            ],
            state_operations=[migrations.AlterField(model, field, models.ForeignKey(db_index=False, **options))],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0015_merged_registrations"),
    ]

    operations = [
        *without_spare_indexes(),
        migrations.AddField("doordevice", "arrived_to", models.PositiveBigIntegerField(default=0)),
    ]
