from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import qixue.core.fields


def points_were_fairs(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """So far both kinds were handed over in the same way, from hand to hand, and no round says when a point is open."""
    apps.get_model("swap", "SwapRound").objects.filter(kind="point").update(kind="fair")


class Migration(migrations.Migration):
    dependencies = [("swap", "0003_several_photos")]

    operations = [
        migrations.RunPython(points_were_fairs, migrations.RunPython.noop),
        migrations.AddField(
            model_name="swapround",
            name="opening_hours",
            field=models.CharField(blank=True, default="", max_length=100, validators=[qixue.core.fields.plain_text_validator]),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="swapround", name="table_count", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField(model_name="swapround", name="edit_count", field=models.PositiveIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="swapround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "fair"), ("opening_hours", "")),
                    models.Q(("kind", "point"), models.Q(("opening_hours", ""), _negated=True)),
                    _connector="OR",
                ),
                name="swap_point_says_when_it_is_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="swapround",
            constraint=models.CheckConstraint(
                condition=models.Q(("table_count__range", (1, 99))), name="swap_round_tables"
            ),
        ),
    ]
