"""Orders that are still to go, and those a person has to look at, are few: found without the many that went."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes of orders."""

    dependencies = [
        ("budgeting", "0017_what_a_resident_s_entries_are_found_by"),
        ("payments", "0007_orders_that_end_with_a_participation"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("state__in", ["planned", "held"])),
                fields=["state", "execute_on"],
                include=("amount",),
                name="order_open",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("state__in", ["held", "returned", "rejected"])),
                fields=["resident"],
                name="order_for_a_person",
            ),
        ),
    ]
