"""Orders that did not leave yet are counted by their day, also those in a batch."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index, wider than before."""

    dependencies = [
        ("payments", "0009_parts_of_a_day_that_several_share"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="paymentorder", name="order_open"),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("state__in", ["planned", "held", "batched"])),
                fields=["state", "execute_on"],
                include=("amount",),
                name="order_open",
            ),
        ),
    ]
