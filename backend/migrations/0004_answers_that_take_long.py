"""What takes long to work out, kept with its moment."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("backend", "0003_keys_answers_subscribers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkedOut",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("facts", models.JSONField(default=dict)),
                ("on", models.DateField(null=True)),
                ("at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "worked_out"},
        ),
    ]
