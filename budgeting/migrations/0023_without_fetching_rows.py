"""Years of income are told by indexes alone: two are new, and two go that began as another index begins."""

import django.db.models.deletion
from django.db import migrations, models


def _without_index(model: str, field: str, relation: models.ForeignKey, index: str) -> migrations.SeparateDatabaseAndState:
    """The index alone goes: Django would make the foreign key anew and hold the table while it reads all of it."""
    column = f"{field}_id"
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AlterField(model_name=model, name=field, field=relation)],
        database_operations=[
            migrations.RunSQL(f"DROP INDEX {index}", f"CREATE INDEX {index} ON {model} ({column})"),
        ],
    )


class Migration(migrations.Migration):
    """As many indexes as before."""

    dependencies = [
        ("budgeting", "0022_what_waits_in_its_order"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=models.Q(("amount__gt", 0), ("undoes__isnull", True)),
                fields=["resident", "entry"],
                include=("id", "agreement", "amount", "rule_version"),
                name="allocation_came_in",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["id"], include=("booking_date", "counterparty_iban"), name="entry_by_number"),
        ),
        _without_index(
            "allocation",
            "agreement",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="budgeting.agreement",
            ),
            "allocation_agreement_id_6a27dd23",
        ),
        _without_index(
            "entry",
            "bank_account",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="budgeting.bankaccount",
            ),
            "entry_bank_account_id_26ff85f7",
        ),
    ]
