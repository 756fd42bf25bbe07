import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('swap', '0004_points_tables_and_edits'),
    ]

    operations = [
        migrations.AddField(
            model_name='handover',
            name='off_with',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='ended', to='swap.handover'),
        ),
        migrations.AddField(
            model_name='roundentry',
            name='missed_with',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='missed', to='swap.handover'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('off_with', None), ('state', 'void'), _connector='OR'), name='handover_off_with_a_no_show_is_void'),
        ),
        migrations.AddConstraint(
            model_name='roundentry',
            constraint=models.CheckConstraint(condition=models.Q(('missed_with', None), ('state', 'missed'), _connector='OR'), name='round_entry_missed_with_a_no_show'),
        ),
    ]
