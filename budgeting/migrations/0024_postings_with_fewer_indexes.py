"""Two indexes go that others do the work of, of the tables that grow the fastest."""

import django.db.models.deletion
from django.db import migrations, models

_OF_KEYS, _OF_ACCOUNTS = "journal_entry_key_35a9454b_like", "posting_account_id_1a88be11"


class Migration(migrations.Migration):
    """Keys are looked up whole, or among those of one entry; an account's postings are found in order anyway."""

    dependencies = [
        ("budgeting", "0023_without_fetching_rows"),
    ]

    operations = [
        migrations.RunSQL(
            f"DROP INDEX {_OF_KEYS}", f"CREATE INDEX {_OF_KEYS} ON journal_entry (key varchar_pattern_ops)"
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="posting",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="budgeting.ledgeraccount",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX {_OF_ACCOUNTS}", f"CREATE INDEX {_OF_ACCOUNTS} ON posting (account_id)"
                )
            ],
        ),
    ]
