
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0001_uploads'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tries',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('wrong', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField()),
                ('wait_until', models.DateTimeField(null=True)),
                ('right_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'tries',
                'indexes': [models.Index(fields=['last_at'], name='tries_last_at')],
            },
        ),
    ]
