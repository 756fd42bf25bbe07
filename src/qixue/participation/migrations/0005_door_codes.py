import itertools
import random

import qixue.participation.models.registrations
from django.db import migrations, models

BATCH = 1000


def fill(apps, editor):
    """Every registration there is gets a code that is unique at its session, also a cancelled one."""
    registrations = apps.get_model("participation", "Registration").objects
    chance = random.SystemRandom()
    ordered = registrations.order_by("session_id", "pk").only("pk", "session_id")
    batch = []
    for _session, rows in itertools.groupby(ordered.iterator(chunk_size=BATCH), key=lambda row: row.session_id):
        rows = list(rows)
        for row, code in zip(rows, chance.sample(range(1_000_000), len(rows))):
            row.door_code = f"{code:06}"
            batch.append(row)
        if len(batch) >= BATCH:
            registrations.bulk_update(batch, ["door_code"], batch_size=BATCH)
            batch = []
    registrations.bulk_update(batch, ["door_code"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("participation", "0004_fill_parties_and_counters")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="door_code",
            field=models.CharField(default=qixue.participation.models.registrations.random_door_code, max_length=6),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("session", "door_code"),
                name="door_codes_are_unique",
            ),
        ),
    ]
