"""Alerts as rows, and how a town lends, takes back and protects."""

import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0006_imports_that_are_undone'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('period', models.DateField(blank=True, null=True)),
                ('facts', models.JSONField(default=dict)),
                ('opened_on', models.DateField()),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('snoozed_until', models.DateField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('closed_because', models.CharField(blank=True, default='', max_length=10)),
            ],
            options={
                'db_table': 'alert',
            },
        ),
        migrations.AddField(
            model_name='town',
            name='lends_advances',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='town',
            name='order_of_need',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='town',
            name='protected_living_money',
            field=models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=12),
        ),
        migrations.AddField(
            model_name='town',
            name='repays',
            field=models.CharField(choices=[('at_once', 'At Once'), ('by_plan', 'By Plan')], default='at_once', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='town',
            constraint=models.CheckConstraint(condition=models.Q(('protected_living_money__gte', 0)), name='town_protects_no_less_than_nothing'),
        ),
        migrations.AddField(
            model_name='alert',
            name='agreement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='budgeting.agreement'),
        ),
        migrations.AddField(
            model_name='alert',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alert',
            name='resident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='budgeting.resident'),
        ),
        migrations.AddField(
            model_name='alert',
            name='snoozed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('closed_on__isnull', True)), fields=['resident'], name='alert_standing'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('agreement__isnull', False)), fields=('agreement', 'kind', 'period'), name='an_alert_once'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('agreement__isnull', True), ('closed_on__isnull', True)), fields=('resident', 'kind'), name='an_alert_of_a_resident_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('agreement__isnull', True), ('period__isnull', False), _connector='OR'), name='alert_of_an_agreement_has_a_period'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('snoozed_by__isnull', True), ('snoozed_until__isnull', True)), models.Q(('snoozed_by__isnull', False), ('snoozed_until__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='alert_is_snoozed_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_because', ''), ('closed_on__isnull', True)), models.Q(('closed_on__gte', models.F('opened_on')), ('closed_on__isnull', False), models.Q(('closed_because', ''), _negated=True)), _connector='OR'), name='alert_closes_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_because', 'seen'), _negated=True), ('closed_by__isnull', False), _connector='OR'), name='alert_is_seen_by_someone'),
        ),
    ]
