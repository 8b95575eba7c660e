"""What goes out on a day is added up for every payment file: from an index, and not from all orders there ever were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index more."""

    dependencies = [
        ("payments", "0011_orders_with_fewer_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("state__in", ["batched", "released", "booked"])),
                fields=["execute_on"],
                include=("amount",),
                name="order_going_out",
            ),
        ),
    ]
