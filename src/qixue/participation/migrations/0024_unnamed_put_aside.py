import datetime
import hashlib
import json
import uuid
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import migrations
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext, override

BATCH = 500
SAME = ("organisation", "activity", "session", "qualifier", "source", "occurred_at")
SPOIL = "UPDATE participation_cell SET people = NULL"


def enter_without_token(apps: Any, schema_editor: Any) -> None:
    """What 0022 does, for walk-ins without a name whose scan was put aside and then accepted.

    0020 had emptied the digest of their scans, by which 0022 told apart who was erased. An erasure leaves nothing of
    what was sent; with these it still says for which session they came.
    """
    entry, participant, scan = (
        apps.get_model("participation", name) for name in ("LedgerEntry", "Participant", "Scan")
    )
    known = participant.objects.filter(token=OuterRef("person_token"))
    of_nobody = scan.objects.filter(entry=OuterRef("pk"), kind="walk_in", resident=None, sent__has_key="session")
    left = entry.objects.filter(
        ~Exists(known), Exists(of_nobody), kind="attendance", session__isnull=False, successor=None
    ).exclude(person_token=None)
    rows = left.select_related("organisation", "activity__programme", "session")
    while batch := list(rows.order_by("organisation_id", "sequence")[:BATCH]):  # what is taken back is left no more
        for _organisation, of_one in groupby(batch, key=attrgetter("organisation_id")):
            found = list(of_one)
            append(apps, found)
            take_tokens(apps, found)


def append(apps: Any, found: list[Any]) -> None:
    """Add what takes each back, and the same without a token, to the chain of their organisation."""
    chains = apps.get_model("participation", "LedgerChain").objects.select_for_update()
    chain, now = chains.get(organisation=found[0].organisation_id), datetime.datetime.now(datetime.UTC)
    added = []
    for row in found:
        void = follower(row, now, kind="void", count=0, target=row)
        for each in (void, follower(row, now, kind="attendance", count=1)):
            each.sequence, each.previous_hash = chain.length + 1, chain.head_hash
            each.hash = hash_of(each)
            chain.length, chain.head_hash = each.sequence, each.hash
            added.append(each)
    type(found[0]).objects.bulk_create(added, batch_size=BATCH)
    chain.save(update_fields=["length", "head_hash"])


def follower(row: Any, now: datetime.datetime, *, kind: str, **values: Any) -> Any:
    same = {name: getattr(row, name) for name in SAME}
    key = uuid.uuid5(row.client_uuid, f"qixue-unnamed {kind}")
    with override(settings.LANGUAGE_CODE):
        reason = gettext("Came without a name, and does not count as a person by name.")
    said = {"recorded_at": now, "actor_name": "system", "reason": reason, "client_uuid": key}
    return type(row)(**same, **values, **said, kind=kind)


def hash_of(entry: Any) -> str:
    """As docs/reference/ledger.md says of format 1."""
    content = {
        "format": 1,
        "organisation": entry.organisation.code,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "programme": entry.activity.programme.code,
        "activity": entry.activity.code,
        "session": entry.session.number,
        "person_token": None,
        "count": entry.count,
        "qualifier": entry.qualifier,
        "source": entry.source,
        "occurred_at": moment_text(entry.occurred_at) if entry.occurred_at else None,
        "period": ["", "", ""],
        "recorded_at": moment_text(entry.recorded_at),
        "actor": entry.actor_name,
        "reason": entry.reason,
        "evidence": None,
        "target": entry.target.sequence if entry.target else None,
        "client_uuid": str(entry.client_uuid),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{entry.previous_hash}\n{text}".encode()).hexdigest()


def moment_text(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def take_tokens(apps: Any, found: list[Any]) -> None:
    """As many came as before; one fewer by name for each of them."""
    attendances, tallies = (apps.get_model("participation", name).objects for name in ("Attendance", "Tally"))
    for row in found:
        attendances.filter(entry=row.pk).delete()
        tallies.filter(session=row.session_id).update(
            named_count=F("named_count") - 1, unnamed_count=F("unnamed_count") + 1, is_merged=False
        )


class Migration(migrations.Migration):
    dependencies = [("participation", "0023_forgotten_who_came")]

    operations = [
        migrations.RunPython(enter_without_token, migrations.RunPython.noop),  # it cannot be taken back
        migrations.RunSQL(SPOIL, migrations.RunSQL.noop),
    ]
