"""Keys of other systems, what they were answered, who is told of events, and files placed for the bank."""

import budgeting.models.encryption
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0002_tries_to_come_in'),
        ('payments', '0006_limits_that_two_people_change'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlacedFile',
            fields=[
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='placed', serialize=False, to='payments.paymentbatch')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('sha256', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('placed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'placed_file',
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('url', models.CharField(max_length=500)),
                ('secret', budgeting.models.encryption.SealedBinaryField()),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('cursor', models.BigIntegerField(default=0)),
                ('wrong', models.PositiveIntegerField(default=0)),
                ('wait_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=200)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'subscriber',
                'constraints': [models.CheckConstraint(condition=models.Q(('kinds', []), _negated=True), name='subscriber_wants_something')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=12, unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None)),
                ('per_minute', models.PositiveIntegerField(default=600)),
                ('valid_until', models.DateField()),
                ('stopped_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'api_key',
                'constraints': [models.CheckConstraint(condition=models.Q(('scopes', []), _negated=True), name='api_key_may_something'), models.CheckConstraint(condition=models.Q(('purposes', []), _negated=True), name='api_key_has_a_purpose')],
            },
        ),
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=128)),
                ('request', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('headers', models.JSONField(default=dict)),
                ('body', budgeting.models.encryption.SealedBinaryField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'kept_answer',
                'constraints': [models.UniqueConstraint(fields=('system', 'key'), name='one_answer_to_a_key')],
            },
        ),
    ]
