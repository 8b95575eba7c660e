"""Ledger accounts stay as they are, so that postings and allocations refer to what stays, as 0004 has it for others."""

import django.db.models.deletion
from django.db import migrations, models

REFERENCES = (
    ("posting", "account_id", "ledger_account"),
    ("allocation", "entry_id", "entry"),
    ("allocation", "journal_entry_id", "journal_entry"),
)

KEEP = """
CREATE TRIGGER ledger_account_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def check_of(table, column, target):
    name = f"{table}_refers_to_{target}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refer_to_what_stays('{column}', '{target}')",
        f"DROP TRIGGER {name} ON {table}",
    )


def key(to, name, **options):
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(to=to, on_delete=protect, related_name=name, db_constraint=False, **options)


class Migration(migrations.Migration):
    """The checks stand before the keys go: at no moment is a reference without one."""

    dependencies = [("budgeting", "0024_postings_with_fewer_indexes")]

    operations = [
        migrations.RunSQL(KEEP, "DROP TRIGGER ledger_account_append_only ON ledger_account"),
        *(check_of(*reference) for reference in REFERENCES),
        migrations.AlterField("posting", "account", key("budgeting.ledgeraccount", "postings", db_index=False)),
        migrations.AlterField("allocation", "entry", key("budgeting.entry", "allocations")),
        migrations.AlterField("allocation", "journal_entry", key("budgeting.journalentry", "allocations")),
    ]
