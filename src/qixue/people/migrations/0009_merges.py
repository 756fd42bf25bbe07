import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qixue.people import triggers


class Migration(migrations.Migration):
    dependencies = [("people", "0008_erasure_and_wechat")]

    operations = [
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kept_key", models.UUIDField(db_index=True)),
                ("gone_key", models.UUIDField(unique=True)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("said_so", "The person, or a relative, told us"),
                            ("entered_twice", "We wrote the person down twice"),
                            ("papers", "We saw a paper that shows it"),
                            ("proved", "The person showed it with both"),
                        ],
                        max_length=15,
                    ),
                ),
                ("actor_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kept_key", models.F("gone_key")), _negated=True),
                        name="merge_of_two_records",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DifferentPeople",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said_at", models.DateTimeField()),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.resident"
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.resident"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="different_people_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="different_people_in_order"
                    ),
                ],
            },
        ),
        migrations.RunPython(
            lambda apps, editor: triggers.install(editor.connection),
            lambda apps, editor: triggers.remove(editor.connection),
        ),
    ]
