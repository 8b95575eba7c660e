"""Who is let in, who proposes a role, and numbers that are destroyed with the key of one resident."""


import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0010_months_that_close_and_participations_that_end'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResidentKey',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='own_key', serialize=False, to='budgeting.resident')),
                ('wrapped', models.BinaryField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'resident_key',
            },
        ),
        migrations.AddField(
            model_name='town',
            name='paper_codes',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='LetIn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mode', models.CharField(choices=[('together', 'Together'), ('along', 'Along'), ('counter', 'Counter'), ('trusted', 'Trusted'), ('paper', 'Paper'), ('representative', 'Representative')], max_length=16)),
                ('scope', models.CharField(choices=[('when', 'When'), ('paid', 'Paid'), ('all', 'All')], default='all', max_length=8)),
                ('how', models.CharField(choices=[('screen', 'Screen'), ('phone', 'Phone'), ('counter', 'Counter'), ('paper', 'Paper'), ('court', 'Court')], default='screen', max_length=8)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('language', models.CharField(default='nl', max_length=10)),
                ('interpreter', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField()),
                ('shows_amounts', models.BooleanField(default=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('topic', models.CharField(blank=True, default='', max_length=12)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('helper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='let_in', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='let_in', to='budgeting.resident')),
            ],
            options={
                'db_table': 'let_in',
            },
        ),
        migrations.CreateModel(
            name='HelpCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('together', 'Together'), ('along', 'Along'), ('counter', 'Counter'), ('trusted', 'Trusted'), ('paper', 'Paper'), ('representative', 'Representative')], max_length=16)),
                ('digest', models.CharField(db_index=True, max_length=64)),
                ('start', models.CharField(blank=True, db_index=True, default='', max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('wrong', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='help_codes', to='budgeting.resident')),
                ('let_in', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='budgeting.letin')),
            ],
            options={
                'db_table': 'help_code',
            },
        ),
        migrations.CreateModel(
            name='PersonalNumber',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='personal_number', serialize=False, to='budgeting.resident')),
                ('sealed', models.BinaryField()),
                ('index', models.CharField(max_length=64, unique=True)),
                ('basis', models.CharField(max_length=200)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'personal_number',
            },
        ),
        migrations.CreateModel(
            name='PrivacyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('copy', 'Copy'), ('correct', 'Correct'), ('restrict', 'Restrict'), ('lift', 'Lift'), ('erase', 'Erase')], max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('answer', models.JSONField(default=dict)),
                ('asked_on', models.DateField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='privacy_requests', to='budgeting.resident')),
            ],
            options={
                'db_table': 'privacy_request',
            },
        ),
        migrations.CreateModel(
            name='RoleProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=30)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('agreed', models.BooleanField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_proposals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'role_proposal',
            },
        ),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('was_right', models.BooleanField(null=True)),
                ('remark', models.CharField(blank=True, default='', max_length=200)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='broken_glass', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='broken_glass', to='budgeting.resident')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'break_glass',
                'indexes': [models.Index(fields=['by', 'until'], name='glass_broken_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='glass_is_broken_for_a_reason'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('opened_at'))), name='glass_is_whole_again'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at', None), ('reviewed_by', None), ('was_right', None)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('was_right__isnull', False)), _connector='OR'), name='glass_is_reviewed_whole'), models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('by')), _negated=True), _connector='OR'), name='glass_is_reviewed_by_another')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=200)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'identity',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'subject'), name='identity_is_one_user')],
            },
        ),
        migrations.AddIndex(
            model_name='letin',
            index=models.Index(fields=['resident', 'until'], name='let_in_of_resident'),
        ),
        migrations.AddIndex(
            model_name='letin',
            index=models.Index(fields=['helper', 'until'], name='let_in_of_helper'),
        ),
        migrations.AddConstraint(
            model_name='letin',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('asked_at'))), name='let_in_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='letin',
            constraint=models.CheckConstraint(condition=models.Q(('mode', 'together'), ('helper__isnull', False), _connector='OR'), name='let_in_names_who_looks_elsewhere'),
        ),
        migrations.AddConstraint(
            model_name='letin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode', 'representative'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='let_in_by_a_court_says_which'),
        ),
        migrations.AddConstraint(
            model_name='letin',
            constraint=models.CheckConstraint(condition=models.Q(('shows_amounts', False), ('begun_at__isnull', False), _connector='OR'), name='let_in_shows_amounts_after_yes'),
        ),
        migrations.AddConstraint(
            model_name='letin',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('mode', 'trusted')), fields=('resident', 'helper'), name='trusted_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='personalnumber',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='personal_number_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='privacyrequest',
            index=models.Index(fields=['resident', '-id'], name='privacy_request_of'),
        ),
        migrations.AddConstraint(
            model_name='roleproposal',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='role_proposal_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='roleproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed', None), ('decided_at', None), ('decided_by', None)), models.Q(('agreed__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='role_proposal_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='roleproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_by', None)), fields=('user', 'role'), name='role_proposed_once_at_a_time'),
        ),
    ]
