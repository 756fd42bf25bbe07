import uuid
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext, override

from qixue.core.clock import now
from qixue.participation import triggers
from qixue.participation.chain import entry_hash

BATCH = 500
SAME = ("organisation", "activity", "session", "qualifier", "source", "occurred_at")
SPOIL = "UPDATE participation_cell SET people = NULL"


def enter_without_token(apps: Any, schema_editor: Any) -> None:
    """Walk-ins who gave no name had a token of their own, so that they counted as people by name: take them back, and
    enter them anew without a token.

    Nobody stands behind such a token. Nor behind that of a walk-in who was erased: where the digest of their scan was
    emptied for it they are told apart and stay; who was entered by hand and erased since is taken for one without a name.
    """
    entry, participant, scan = (
        apps.get_model("participation", name) for name in ("LedgerEntry", "Participant", "Scan")
    )
    known = participant.objects.filter(token=OuterRef("person_token"))
    named_once = scan.objects.filter(entry=OuterRef("pk"), digest="")
    unnamed = entry.objects.filter(
        ~Exists(known), ~Exists(named_once), kind="attendance", source="walk_in", session__isnull=False, successor=None
    ).exclude(person_token=None)
    related = ("organisation", "activity__programme", "session")
    rows = unnamed.select_related(*related).order_by("organisation_id", "sequence").iterator(chunk_size=BATCH)
    for _organisation, of_one in groupby(list(rows), key=lambda row: row.organisation_id):
        found = list(of_one)
        append(apps, found)
        without_token(apps, found)


def append(apps: Any, found: list[Any]) -> None:
    """Add what takes each back, and the same without a token, to the chain of their organisation."""
    chain = apps.get_model("participation", "LedgerChain").objects.select_for_update().get(
        organisation=found[0].organisation_id
    )
    added = []
    for each in [new for row in found for new in (void_of(row), anew(row))]:
        each.sequence, each.previous_hash = chain.length + 1, chain.head_hash
        each.hash = entry_hash(each)
        chain.length, chain.head_hash = each.sequence, each.hash
        added.append(each)
    type(found[0]).objects.bulk_create(added, batch_size=BATCH)
    chain.save(update_fields=["length", "head_hash"])


def void_of(row: Any) -> Any:
    return follower(row, kind="void", count=0, target=row, reason=why())


def anew(row: Any) -> Any:
    return follower(row, kind="attendance", count=1, reason=why())


def why() -> str:
    with override(settings.LANGUAGE_CODE):
        return gettext("Came without a name, and does not count as a person by name.")


def follower(row: Any, *, kind: str, **values: Any) -> Any:
    same = {name: getattr(row, name) for name in SAME}
    key = uuid.uuid5(row.client_uuid, f"qixue-unnamed {kind}")
    return type(row)(**same, **values, kind=kind, recorded_at=now(), actor_name="system", client_uuid=key)


def without_token(apps: Any, found: list[Any]) -> None:
    """As many came as before; one fewer by name for each of them."""
    attendances, tallies = (apps.get_model("participation", name).objects for name in ("Attendance", "Tally"))
    for row in found:
        attendances.filter(entry=row.pk).delete()
        tallies.filter(session=row.session_id).update(
            named_count=F("named_count") - 1, unnamed_count=F("unnamed_count") + 1, is_merged=False
        )


def operations() -> Iterator[migrations.operations.base.Operation]:
    yield migrations.AddField("tally", "unnamed_count", models.PositiveIntegerField(db_default=0, default=0))
    yield migrations.RemoveConstraint("ledgerentry", "ledger_count_fits_its_kind")
    yield migrations.AddConstraint(
        "ledgerentry",
        models.CheckConstraint(
            condition=Q(kind="attendance", count=1)
            | Q(kind="void", count=0)
            | Q(kind__in=["head_count", "correction"], person_token=None),
            name="ledger_count_fits_its_kind",
        ),
    )
    yield migrations.RunPython(enter_without_token, migrations.RunPython.noop)  # it cannot be taken back
    yield migrations.RunSQL(SPOIL, migrations.RunSQL.noop)
    # SQLite has made the table anew, without its triggers
    yield migrations.RunPython(
        lambda apps, editor: triggers.install(editor.connection), migrations.RunPython.noop
    )


class Migration(migrations.Migration):
    dependencies = [("participation", "0021_calling_off")]

    operations = [*operations()]
