from typing import Any

from django.db import migrations, models
from django.db.models import F, Q


def settle_rows(apps: Any, _schema_editor: Any) -> None:
    """What earlier versions may have left behind; the state of a row is what holds."""
    registrations = apps.get_model("participation", "Registration").objects
    registrations.exclude(state="waiting").exclude(waiting_number=None).update(waiting_number=None)
    kept = registrations.exclude(state="cancelled")
    kept.exclude(cancelled_at=None, cancel_reason="").update(cancelled_at=None, cancel_reason="")
    cancelled = registrations.filter(state="cancelled")
    cancelled.filter(cancelled_at=None).update(cancelled_at=F("registered_at"))
    cancelled.filter(cancel_reason="").update(cancel_reason="withdrawn")


class Migration(migrations.Migration):
    dependencies = [("participation", "0011_afterwards")]

    operations = [
        migrations.RunPython(settle_rows, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="registration", name="waiting_has_a_number"),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=Q(state="waiting", waiting_number__isnull=False)
                | (~Q(state="waiting") & Q(waiting_number=None)),
                name="only_who_waits_has_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=(Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancel_reason=""))
                | (~Q(state="cancelled") & Q(cancelled_at=None, cancel_reason="")),
                name="only_cancelled_says_when_and_why",
            ),
        ),
    ]
