from django.db import migrations

from qixue.programme import booking_guard


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_plans")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: booking_guard.install(editor.connection),
            lambda apps, editor: booking_guard.remove(editor.connection),
        )
    ]
