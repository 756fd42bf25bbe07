import django.core.validators
import django.db.models.deletion
import qixue.core.fields
import qixue.core.quantity
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_invitations_and_notifications'),
        ('places', '0002_rooms'),
        ('programme', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='copied_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='copies', to='programme.programme'),
        ),
        migrations.AddField(
            model_name='programme',
            name='edit_count',
            field=models.PositiveIntegerField(default=1),
        ),
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
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('detail', models.TextField(blank=True, validators=[qixue.core.fields.plain_text_validator])),
                ('source', models.CharField(blank=True, max_length=120, validators=[qixue.core.fields.plain_text_validator])),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('assigned', 'Assigned'), ('acknowledged', 'Acknowledged'), ('reported', 'Reported done'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='assigned', max_length=12)),
                ('reminded_on', models.DateField(blank=True, null=True)),
                ('escalation_level', models.PositiveSmallIntegerField(default=0)),
                ('client_uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('edit_count', models.PositiveIntegerField(default=1)),
                ('assigner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups_assigned', to='people.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups_owned', to='people.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='programme.programme')),
            ],
        ),
        migrations.CreateModel(
            name='FollowUpStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('assigned', 'Assigned'), ('acknowledged', 'Acknowledged'), ('reminded', 'Reminded'), ('escalated', 'Escalated'), ('reported', 'Reported done'), ('sent_back', 'Sent back'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn'), ('deadline_moved', 'Deadline moved'), ('handed_over', 'Handed over')], max_length=20)),
                ('at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=500, validators=[qixue.core.fields.plain_text_validator])),
                ('file', models.FileField(blank=True, upload_to='follow_ups/%Y/%m/')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follow_up', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='programme.followup')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Nomination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('story', models.TextField(validators=[qixue.core.fields.plain_text_validator])),
                ('level', models.CharField(choices=[('town', 'Town'), ('county', 'County'), ('city', 'City')], max_length=10)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('nominated', 'Put forward'), ('on_notice', 'On public notice'), ('awarded', 'Awarded'), ('not_selected', 'Not selected'), ('withdrawn', 'Withdrawn')], default='draft', max_length=12)),
                ('consent_at', models.DateTimeField(blank=True, null=True)),
                ('consent_note', models.CharField(blank=True, max_length=200, validators=[qixue.core.fields.plain_text_validator])),
                ('notice_from', models.DateField(blank=True, null=True)),
                ('notice_until', models.DateField(blank=True, null=True)),
                ('edit_count', models.PositiveIntegerField(default=1)),
                ('award', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nomination', to='programme.award')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nominations', to='programme.brand')),
                ('nominee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nominations_received', to='people.organisation')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nominations', to='people.organisation')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nominations', to='places.region')),
            ],
        ),
        migrations.CreateModel(
            name='NominationStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('nominated', 'Put forward'), ('consented', 'Nominee agreed to publication'), ('endorsed', 'Passed on to the next level'), ('sent_back', 'Sent back'), ('notice_opened', 'Public notice opened'), ('objection', 'Objection received'), ('objection_settled', 'Objection settled'), ('awarded', 'Awarded'), ('not_selected', 'Not selected'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('at', models.DateTimeField()),
                ('comment', models.CharField(blank=True, max_length=500, validators=[qixue.core.fields.plain_text_validator])),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('nomination', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='programme.nomination')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(validators=[qixue.core.fields.plain_text_validator])),
                ('contact', models.CharField(blank=True, max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('received_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('finding', models.CharField(blank=True, max_length=500, validators=[qixue.core.fields.plain_text_validator])),
                ('is_upheld', models.BooleanField(blank=True, null=True)),
                ('nomination', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objections', to='programme.nomination')),
            ],
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
                ('kind', models.CharField(choices=[('invited', 'Invited to file a plan'), ('submitted', 'Submitted'), ('countersign_asked', 'Countersignature asked for'), ('countersigned', 'Countersigned'), ('objected', 'Objected to'), ('returned', 'Returned'), ('approved', 'Approved'), ('published', 'Published'), ('amended', 'New version begun'), ('closed', 'Closed')], max_length=20)),
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
            name='RecognitionCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9_.-]*\\Z', 'Use Latin letters, digits, dots and dashes for a code, for example B1-S2.')])),
                ('kind', models.CharField(choices=[('learning_star', 'Learning star of the people'), ('brand_project', 'Lifelong learning brand project'), ('excellent_organiser', 'Excellent organiser')], max_length=20)),
                ('name', models.CharField(max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('conditions', models.TextField(blank=True, validators=[qixue.core.fields.plain_text_validator])),
                ('nominate_until', models.DateField()),
                ('notice_days', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1)])),
                ('place_count', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)])),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognition_calls', to='people.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recognition_calls', to='programme.programme')),
            ],
        ),
        migrations.AddField(
            model_name='nomination',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nominations', to='programme.recognitioncall'),
        ),
        migrations.CreateModel(
            name='ReturnCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9_.-]*\\Z', 'Use Latin letters, digits, dots and dashes for a code, for example B1-S2.')])),
                ('name', models.CharField(max_length=100, validators=[qixue.core.fields.plain_text_validator])),
                ('instruction', models.TextField(blank=True, validators=[qixue.core.fields.plain_text_validator])),
                ('town_due_on', models.DateField()),
                ('county_due_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_calls', to='people.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='return_calls', to='programme.programme')),
            ],
        ),
        migrations.CreateModel(
            name='ReturnField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9_.-]*\\Z', 'Use Latin letters, digits, dots and dashes for a code, for example B1-S2.')])),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=60, validators=[qixue.core.fields.plain_text_validator])),
                ('name_en', models.CharField(blank=True, max_length=100)),
                ('rule', models.CharField(blank=True, max_length=200)),
                ('unit', models.CharField(choices=[('attendance', '人次'), ('person', '人'), ('session', '场'), ('instalment', '期'), ('activity', '项'), ('piece', '个'), ('award', '项'), ('month', '个月'), ('per_thousand', '人次/千人'), ('percent', '%'), ('ratio', '倍')], max_length=20)),
                ('is_required', models.BooleanField(default=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='programme.returncall')),
            ],
        ),
        migrations.CreateModel(
            name='ReturnSubmission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Not yet sent'), ('submitted', 'Submitted'), ('sent_back', 'Sent back'), ('accepted', 'Accepted')], default='open', max_length=10)),
                ('edit_count', models.PositiveIntegerField(default=1)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='submissions', to='programme.returncall')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_submissions', to='people.organisation')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='programme.returnsubmission')),
            ],
        ),
        migrations.CreateModel(
            name='ReturnStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('submitted', 'Submitted'), ('sent_back', 'Sent back'), ('accepted', 'Accepted'), ('reminded', 'Reminded')], max_length=12)),
                ('at', models.DateTimeField()),
                ('comment', models.CharField(blank=True, max_length=500, validators=[qixue.core.fields.plain_text_validator])),
                ('values', models.JSONField(default=dict)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='programme.returnsubmission')),
            ],
        ),
        migrations.CreateModel(
            name='ReturnValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.PositiveIntegerField()),
                ('qualifier', models.CharField(choices=[(qixue.core.quantity.Qualifier['EXACT'], 'Exact'), (qixue.core.quantity.Qualifier['AT_LEAST'], 'More than the number printed'), (qixue.core.quantity.Qualifier['NEARLY'], 'Slightly less than the number printed'), (qixue.core.quantity.Qualifier['ABOUT'], 'About'), (qixue.core.quantity.Qualifier['CONTRADICTORY'], 'Contradicts itself')], default=qixue.core.quantity.Qualifier['EXACT'], max_length=20)),
                ('note', models.CharField(blank=True, max_length=200, validators=[qixue.core.fields.plain_text_validator])),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='programme.returnfield')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='programme.returnsubmission')),
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
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('checking', 'Being checked'), ('refused', 'Refused'), ('ready', 'Ready to be taken over'), ('taken_over', 'Taken over'), ('discarded', 'Discarded')], default='waiting', max_length=12)),
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
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(fields=['state', 'due_on', 'id'], name='follow_up_due'),
        ),
        migrations.AddIndex(
            model_name='followupstep',
            index=models.Index(fields=['follow_up', 'at', 'id'], name='follow_up_step_order'),
        ),
        migrations.AddConstraint(
            model_name='followupstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reported'), _negated=True), models.Q(('note', ''), _negated=True), models.Q(('file', ''), _negated=True), _connector='OR'), name='reported_with_evidence'),
        ),
        migrations.AddIndex(
            model_name='nominationstep',
            index=models.Index(fields=['nomination', 'at', 'id'], name='nomination_step_order'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_upheld', None), ('settled_at', None)), models.Q(('is_upheld__isnull', False), ('settled_at__isnull', False)), _connector='OR'), name='objection_settled_with_a_finding'),
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
        migrations.AddConstraint(
            model_name='recognitioncall',
            constraint=models.UniqueConstraint(fields=('programme', 'code'), name='recognition_call_code_once'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'nominated', 'not_selected', 'withdrawn')), ('consent_at__isnull', False), _connector='OR'), name='nomination_public_only_with_consent'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('notice_from', None), ('notice_until', None)), ('notice_until__gte', models.F('notice_from')), _connector='OR'), name='nomination_notice_has_a_length'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('on_notice', 'awarded')), _negated=True), ('notice_from__isnull', False), _connector='OR'), name='nomination_awarded_after_notice'),
        ),
        migrations.AddConstraint(
            model_name='returncall',
            constraint=models.UniqueConstraint(fields=('programme', 'code'), name='return_call_code_once'),
        ),
        migrations.AddConstraint(
            model_name='returncall',
            constraint=models.CheckConstraint(condition=models.Q(('county_due_on__gte', models.F('town_due_on'))), name='return_towns_before_counties'),
        ),
        migrations.AddConstraint(
            model_name='returnfield',
            constraint=models.UniqueConstraint(fields=('call', 'code'), name='return_field_code_once'),
        ),
        migrations.AddConstraint(
            model_name='returnsubmission',
            constraint=models.UniqueConstraint(fields=('call', 'organisation'), name='return_once_per_organisation'),
        ),
        migrations.AddConstraint(
            model_name='returnvalue',
            constraint=models.UniqueConstraint(fields=('submission', 'field'), name='return_value_once'),
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
