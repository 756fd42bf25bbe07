from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OVER = ("closed", "cancelled")


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The moment stood in the audit entry of the act alone."""
    acts = apps.get_model("core", "AuditEntry").objects.filter(subject_type="swap.swapround")
    rounds = apps.get_model("swap", "SwapRound").objects
    for key, state in rounds.filter(state__in=OVER).values_list("pk", "state").iterator():
        act = acts.filter(subject_id=str(key), action=f"swap.{state}").order_by("at", "pk").first()
        rounds.filter(pk=key).update(ended_at=act and act.at)


class Migration(migrations.Migration):
    """A round says when it was closed or called off, and its states are called what people can do in them."""

    dependencies = [
        ('core', '0008_changes'),
        ('swap', '0005_no_shows_can_be_taken_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='swapround',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='swapround',
            name='state',
            field=models.CharField(choices=[('open', 'Open: things can be entered'), ('answering', 'Owners say whether they come'), ('matching', 'Is being matched'), ('proposed', 'Exchanges found: owners are asked to agree'), ('handing_over', 'Things are handed over'), ('closed', 'Over'), ('cancelled', 'Called off')], default='open', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='swapround',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('state__in', ('closed', 'cancelled')), _connector='OR'), name='swap_round_ended_is_over'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
