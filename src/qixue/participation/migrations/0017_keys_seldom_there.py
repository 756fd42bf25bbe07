from collections.abc import Iterator

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

PROTECTED = {"blank": True, "null": True, "on_delete": django.db.models.deletion.PROTECT, "to": "participation.evidence"}
BY_USER = {
    "blank": True,
    "null": True,
    "on_delete": django.db.models.deletion.SET_NULL,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}
# Keys that most rows do not have: model, field, its index of all rows, the index of those that have it, and the field.
SELDOM = [
    (
        "ledgerentry",
        "evidence",
        "participation_ledgerentry_evidence_id_183298e0",
        "ledger_with_evidence",
        {**PROTECTED, "related_name": "ledger_entries"},
    ),
    (
        "scan",
        "evidence",
        "participation_scan_evidence_id_b5583b41",
        "scan_with_evidence",
        {**PROTECTED, "related_name": "scans"},
    ),
    ("scan", "decided_by", "participation_scan_decided_by_id_35796ab5", "scan_decided_by", BY_USER),
    (
        "registration",
        "excused_by",
        "participation_registration_excused_by_id_93121ad4",
        "registration_excused_by",
        BY_USER,
    ),
]


def with_smaller_indexes() -> Iterator[Operation]:
    """By their names, as in 0016: SQLite would make each table anew for it."""
    for model, field, former, name, options in SELDOM:
        condition = models.Q(**{f"{field}__isnull": False})
        yield migrations.AddIndex(model, models.Index(fields=[field], condition=condition, name=name))
        yield migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX {former}",
                    f"CREATE INDEX {former} ON participation_{model} ({field}_id)",
                )
            ],
            state_operations=[migrations.AlterField(model, field, models.ForeignKey(db_index=False, **options))],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0016_door"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [*with_smaller_indexes()]
