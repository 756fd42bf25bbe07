from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def fill_keepers(apps: Any, _schema_editor: Any) -> None:
    """A brand is kept by whoever keeps the earliest programme that shows it, of those of its own place if there are."""
    brands = apps.get_model("programme", "Brand").objects
    for brand in brands.filter(organisation=None).prefetch_related("programmes"):
        programmes = sorted(
            brand.programmes.all(), key=lambda each: (each.region_id != brand.region_id, each.year, each.pk)
        )
        if programmes:
            brands.filter(pk=brand.pk).update(organisation=programmes[0].organisation_id)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_notice_topics"),
        ("programme", "0008_recognitions"),
    ]

    operations = [
        migrations.AddField(
            model_name="brand",
            name="edit_count",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="brand",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="brands",
                to="people.organisation",
            ),
        ),
        migrations.RunPython(fill_keepers, migrations.RunPython.noop),
    ]
