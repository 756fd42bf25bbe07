import django.core.validators
import django.db.models.deletion
import qixue.core.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_notifications'),
        ('places', '0002_rooms'),
        ('programme', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='plan_line_key',
            field=models.UUIDField(blank=True, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='session',
            name='room',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='places.room'),
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invited_at', models.DateTimeField()),
                ('due_on', models.DateField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='people.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='programme.programme')),
            ],
        ),
        migrations.AddField(
            model_name='activity',
            name='plan',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='programme.plan'),
        ),
        migrations.CreateModel(
            name='PlanLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4)),
                ('position', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('kind', models.CharField(choices=[('launch_ceremony', 'Launch ceremony'), ('lecture', 'Lecture'), ('training', 'Training'), ('reading', 'Reading activity'), ('barter', 'Swap'), ('civility', 'Civility activity'), ('exhibition', 'Exhibition'), ('arts', 'Arts and crafts'), ('health', 'Health and sport'), ('digital', 'Digital skills')], max_length=20)),
                ('audience', models.CharField(choices=[('everybody', 'Everybody'), ('older', 'Older people'), ('farmers', 'Farmers'), ('families', 'Families with children'), ('workers', 'Working people')], default='everybody', max_length=20)),
                ('description', models.TextField(blank=True, validators=[qixue.core.fields.plain_text_validator])),
                ('topic', models.CharField(blank=True, max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('speaker', models.CharField(blank=True, max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('is_online', models.BooleanField(default=False)),
                ('seat_count', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)])),
                ('counting_rule', models.CharField(choices=[('list', 'Names on a list'), ('head_count', 'A head count of everybody present'), ('list_and_others', 'Names on a list, and a head count of the others')], default='list_and_others', max_length=20)),
                ('expected_attendance', models.PositiveIntegerField(blank=True, null=True)),
                ('budget_fen', models.PositiveBigIntegerField(blank=True, null=True)),
                ('is_flagship', models.BooleanField(default=False)),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_lines', to='programme.brand')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_lines', to='places.region')),
                ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_lines', to='places.room')),
                ('venue', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_lines', to='places.venue')),
            ],
        ),
        migrations.CreateModel(
            name='LineComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.CharField(max_length=500, validators=[qixue.core.fields.plain_text_validator])),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='programme.planline')),
            ],
        ),
        migrations.CreateModel(
            name='PlanVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('approved', 'Approved'), ('published', 'Published'), ('superseded', 'Replaced by a later version'), ('closed', 'Closed')], default='draft', max_length=12)),
                ('note', models.TextField(blank=True, validators=[qixue.core.fields.plain_text_validator])),
                ('edit_count', models.PositiveIntegerField(default=1)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='programme.plan')),
            ],
        ),
        migrations.CreateModel(
            name='PlanStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invited', 'Invited to file a plan'), ('due_moved', 'Last day moved'), ('submitted', 'Submitted'), ('countersign_asked', 'Countersignature asked for'), ('countersigned', 'Countersigned'), ('objected', 'Objected to'), ('returned', 'Returned'), ('approved', 'Approved'), ('published', 'Published'), ('amended', 'New version begun'), ('closed', 'Closed')], max_length=20)),
                ('at', models.DateTimeField()),
                ('comment', models.CharField(blank=True, max_length=500, validators=[qixue.core.fields.plain_text_validator])),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='programme.plan')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='programme.planversion')),
            ],
        ),
        migrations.AddField(
            model_name='planline',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='programme.planversion'),
        ),
        migrations.CreateModel(
            name='PlanDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('request', 'Request for approval'), ('reply', 'Reply'), ('other', 'Other document')], max_length=10)),
                ('document_number', models.CharField(blank=True, max_length=60)),
                ('title', models.CharField(max_length=200, validators=[qixue.core.fields.plain_text_validator])),
                ('organ', models.CharField(max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('issued_on', models.DateField(blank=True, null=True)),
                ('file', models.FileField(blank=True, upload_to='plans/%Y/%m/')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='programme.planversion')),
            ],
        ),
        migrations.CreateModel(
            name='Countersignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('due_on', models.DateField(blank=True, null=True)),
                ('is_agreed', models.BooleanField(blank=True, null=True)),
                ('comment', models.CharField(blank=True, max_length=500, validators=[qixue.core.fields.plain_text_validator])),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='countersignatures', to='people.organisation')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='countersignatures', to='programme.planversion')),
            ],
        ),
        migrations.CreateModel(
            name='RoomBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='places.room')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='room_booking', to='programme.session')),
            ],
        ),
        migrations.CreateModel(
            name='SheetImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to='sheets/%Y/%m/')),
                ('file_name', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('checking', 'Being checked'), ('refused', 'Refused'), ('ready', 'Ready to be taken over'), ('taken_over', 'Taken over')], default='waiting', max_length=12)),
                ('row_count', models.PositiveIntegerField(blank=True, null=True)),
                ('checked_count', models.PositiveIntegerField(default=0)),
                ('complaints', models.JSONField(default=list)),
                ('lines', models.JSONField(default=list)),
                ('uploaded_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheet_imports', to='programme.planversion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(fields=('programme', 'organisation'), name='plan_once_per_organisation'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='plan_version_number_once'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'submitted', 'approved'))), fields=('plan',), name='plan_has_one_open_version'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('plan',), name='plan_has_one_version_in_force'),
        ),
        migrations.AddIndex(
            model_name='planstep',
            index=models.Index(fields=['plan', 'at', 'id'], name='plan_step_order'),
        ),
        migrations.AddIndex(
            model_name='planline',
            index=models.Index(fields=['starts_at', 'id'], name='plan_line_start'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.UniqueConstraint(fields=('version', 'key'), name='plan_line_key_once'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.UniqueConstraint(fields=('version', 'position'), name='plan_line_position_once'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='plan_line_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(('is_online', True), ('venue__isnull', False), _connector='OR'), name='plan_line_has_a_place'),
        ),
        migrations.AddConstraint(
            model_name='countersignature',
            constraint=models.UniqueConstraint(fields=('version', 'organisation'), name='countersigned_once'),
        ),
        migrations.AddConstraint(
            model_name='countersignature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('is_agreed', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_agreed__isnull', False)), _connector='OR'), name='countersignature_answer_is_whole'),
        ),
        migrations.AddIndex(
            model_name='roombooking',
            index=models.Index(fields=['room', 'starts_at'], name='booking_by_room'),
        ),
        migrations.AddConstraint(
            model_name='roombooking',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='booking_ends_after_it_starts'),
        ),
    ]
