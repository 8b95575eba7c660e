"""Parts of the residents in a step of the day, so that several workers can share a day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0008_orders_that_are_open_or_want_a_person"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DayPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.UUIDField()),
                ("work", models.CharField(max_length=40)),
                ("since", models.BigIntegerField()),
                ("until", models.BigIntegerField()),
                ("on", models.DateField()),
                ("first", models.DateField()),
                ("told", models.JSONField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "day_part",
                "constraints": [models.UniqueConstraint(fields=("run", "work", "since"), name="a_part_once_in_a_run")],
            },
        ),
    ]
