"""References to append-only rows are checked once, when they are made, for all rows of a statement together.

What is referred to can never be changed or deleted, so this says as much as a foreign key and costs a fifth of it: a
statement of 25,000 entries makes 125,000 such references.
"""

import django.db.models.deletion
from django.db import migrations, models

REFERENCES = (
    ("entry", "statement_id", "statement"),
    ("journal_entry", "entry_id", "entry"),
    ("posting", "journal_entry_id", "journal_entry"),
    ("waiting_entry", "entry_id", "entry"),
)

CHECK = """
CREATE FUNCTION refer_to_what_stays() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    missing bigint;
BEGIN
    EXECUTE format(
        'SELECT n.%1$I FROM new_rows n WHERE n.%1$I IS NOT NULL
            AND NOT EXISTS (SELECT FROM %2$I t WHERE t.id = n.%1$I) LIMIT 1', TG_ARGV[0], TG_ARGV[1]) INTO missing;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION '% refers to % %, which is not there', TG_TABLE_NAME, TG_ARGV[1], missing
            USING ERRCODE = '23503', CONSTRAINT = 'refers_to_what_stays';
    END IF;
    RETURN NULL;
END $$;
"""


def check_of(table, column, target):
    return (
        f"CREATE TRIGGER {table}_refers_to_{target} AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refer_to_what_stays('{column}', '{target}')"
    )


def key(to, name, **options):
    protect = django.db.models.deletion.PROTECT
    kind = models.OneToOneField if options.get("primary_key") else models.ForeignKey
    return kind(to=to, on_delete=protect, related_name=name, db_constraint=False, **options)


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0003_cheap_checks_at_any_size")]

    operations = [
        migrations.AlterField("entry", "statement", key("budgeting.statement", "entries")),
        migrations.AlterField("journalentry", "entry", key("budgeting.entry", "journal_entries", null=True)),
        migrations.AlterField("posting", "journal_entry", key("budgeting.journalentry", "postings")),
        migrations.AlterField(
            "waitingentry", "entry", key("budgeting.entry", "waiting", primary_key=True, serialize=False)
        ),
        migrations.RunSQL(CHECK, "DROP FUNCTION refer_to_what_stays CASCADE"),
        *(migrations.RunSQL(check_of(*reference), migrations.RunSQL.noop) for reference in REFERENCES),
    ]
