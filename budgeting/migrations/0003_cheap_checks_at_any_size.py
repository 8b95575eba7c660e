"""Checks of a statement's rows go by index, whatever the planner thinks of tables that grew since it last looked.

The seal's own foreign key goes: a seal needs two postings, and these have a journal entry by theirs.
"""

import django.db.models.deletion
from django.db import migrations, models

BY_INDEX = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0002_books_that_keep_themselves")]

    operations = [
        migrations.AlterField(
            model_name="journalseal",
            name="journal_entry",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="seal",
                serialize=False,
                to="budgeting.journalentry",
            ),
        ),
        migrations.RunSQL(
            f"ALTER FUNCTION seal_only_what_balances() {BY_INDEX}",
            "ALTER FUNCTION seal_only_what_balances() RESET ALL",
        ),
        migrations.RunSQL(
            f"ALTER FUNCTION refuse_posting_after_seal() {BY_INDEX}",
            "ALTER FUNCTION refuse_posting_after_seal() RESET ALL",
        ),
    ]
