"""What waits of a resident is found without going past years of orders; three indexes go that others do the work of."""

import django.db.models.deletion
from django.db import migrations, models

_GONE = {
    "payment_order_end_to_end_id_c2c54a67_like": "(end_to_end_id varchar_pattern_ops)",
    "payment_order_resident_id_97edd1a6": "(resident_id)",
    "payment_order_batch_id_4e7c9b71": "(batch_id)",
}


class Migration(migrations.Migration):
    """Nobody looks for the beginning of our own id; resident and batch each have an index that begins with them."""

    dependencies = [
        ("payments", "0010_orders_that_did_not_leave"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("state__in", ["planned", "held"])), fields=["resident"], name="order_waiting"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="paymentorder",
                    name="resident",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="budgeting.resident",
                    ),
                ),
                migrations.AlterField(
                    model_name="paymentorder",
                    name="batch",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="payments.paymentbatch",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f"DROP INDEX {name}", f"CREATE INDEX {name} ON payment_order {columns}")
                for name, columns in _GONE.items()
            ],
        ),
    ]
