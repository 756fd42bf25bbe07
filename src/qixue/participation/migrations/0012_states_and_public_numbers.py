from typing import Any

from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from qixue.core.fields import plain_text_validator


def settle_rows(apps: Any, _schema_editor: Any) -> None:
    """What earlier versions may have left behind; the state of a row is what holds.

    Each row is written once: PostgreSQL checks the keys of one that is written again when the transaction ends, and
    does not alter the table before that.
    """
    rows = apps.get_model("participation", "Registration").objects
    numbered, ended = Q(waiting_number__isnull=False), Q(cancelled_at__isnull=False) | ~Q(cancel_reason="")
    rows.filter(ended, state="waiting").update(cancelled_at=None, cancel_reason="")
    seated = rows.exclude(state__in=["waiting", "cancelled"]).filter(numbered | ended)
    seated.update(waiting_number=None, cancelled_at=None, cancel_reason="")
    rows.filter(numbered | Q(cancelled_at=None) | Q(cancel_reason=""), state="cancelled").update(
        waiting_number=None,
        cancelled_at=Coalesce("cancelled_at", "registered_at"),
        cancel_reason=Case(When(cancel_reason="", then=Value("withdrawn")), default=F("cancel_reason")),
    )


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
        migrations.AddField(
            model_name="registrationterms",
            name="public_number",
            field=models.CharField(blank=True, default="", max_length=200, validators=[plain_text_validator]),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lottery",
            name="public_number",
            field=models.CharField(blank=True, default="", max_length=200, validators=[plain_text_validator]),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lottery",
            name="public_value",
            field=models.CharField(blank=True, default="", max_length=100, validators=[plain_text_validator]),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lottery",
            name="public_source",
            field=models.CharField(blank=True, default="", max_length=300, validators=[plain_text_validator]),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lottery", name="public_value_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="lottery",
            name="open_seed",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(model_name="lottery", name="sealed_seed", field=models.TextField(blank=True)),
        migrations.AddConstraint(
            model_name="registrationterms",
            constraint=models.CheckConstraint(
                condition=Q(public_number="") | Q(allotment="lottery"), name="registration_public_number_only_by_lot"
            ),
        ),
        migrations.AddConstraint(
            model_name="lottery",
            constraint=models.CheckConstraint(
                condition=(Q(public_number="", open_seed="") & ~Q(sealed_seed=""))
                | (Q(sealed_seed="") & ~Q(public_number="") & ~Q(open_seed="")),
                name="lottery_seed_is_open_with_a_public_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="lottery",
            constraint=models.CheckConstraint(
                condition=Q(public_value="", public_source="", public_value_at=None)
                | (Q(public_value_at__isnull=False, closed_at__isnull=False) & ~Q(public_number="") & ~Q(public_value="")),
                name="lottery_public_value_after_it_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="lottery",
            constraint=models.CheckConstraint(
                condition=Q(public_number="") | Q(drawn_at=None) | ~Q(public_value=""),
                name="lottery_not_drawn_before_its_public_value",
            ),
        ),
    ]
