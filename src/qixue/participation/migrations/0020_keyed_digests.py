from typing import Any

from django.db import migrations, models
from django.db.models import Q
from django.utils.crypto import salted_hmac

BATCH = 5000
UPDATE = "UPDATE participation_scan SET digest = %s WHERE id = %s"
WITHOUT_NAME = Q(kind="walk_in", verdict="review") & ~Q(sent__has_key="name")  # maybe one was taken out


def key_digests(apps: Any, schema_editor: Any) -> None:
    """What was the plain digest of a body, against which names could be tried, is digested once more under the secret key.

    So the bodies are not needed, and what a device sends again is still recognised. No digest stays where nobody is named
    any more. In the order of the keys: nothing else is needed to go on from the last one.
    """
    scans = apps.get_model("participation", "Scan").objects
    scans.filter(Q(sent={}) | WITHOUT_NAME).update(digest="")
    rows = scans.exclude(digest="").order_by("pk").values_list("pk", "digest")
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while batch := list(rows.filter(pk__gt=last)[:BATCH]):
            cursor.executemany(UPDATE, [(keyed(digest), pk) for pk, digest in batch])
            last = batch[-1][0]


def keyed(digest: str) -> str:
    return salted_hmac("qixue.scan", digest, algorithm="sha256").hexdigest()


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0019_session_roots"),
    ]

    operations = [
        migrations.AlterField("scan", "digest", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(key_digests, migrations.RunPython.noop),  # it cannot be taken back
    ]
