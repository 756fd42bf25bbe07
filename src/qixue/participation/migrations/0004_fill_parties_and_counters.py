import uuid

from django.db import migrations
from django.db.models import Count, Max, Q

BATCH = 1000


def fill(apps, editor):
    """Every earlier registration is a party of its own, and the sessions count what is there."""
    registrations = apps.get_model("participation", "Registration").objects.order_by("pk")
    batch = []
    for registration in registrations.only("pk").iterator(chunk_size=BATCH):
        registration.party = uuid.uuid4()
        batch.append(registration)
        if len(batch) == BATCH:
            registrations.bulk_update(batch, ["party"])
            batch = []
    registrations.bulk_update(batch, ["party"])
    sessions = apps.get_model("programme", "Session").objects
    counts = registrations.order_by().values("session").annotate(
        taken=Count("pk", filter=Q(state="confirmed")),
        waiting=Count("pk", filter=Q(state="waiting")),
        last=Max("waiting_number"),
    )
    for row in counts:
        sessions.filter(pk=row["session"]).update(
            taken_count=row["taken"], waiting_count=row["waiting"], last_waiting_number=row["last"] or 0
        )


class Migration(migrations.Migration):
    dependencies = [("participation", "0003_parties_and_terms")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
