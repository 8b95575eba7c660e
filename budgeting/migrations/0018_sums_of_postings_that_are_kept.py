"""What stands on the town's own ledger accounts is kept as sums, so that nobody adds up every posting there ever was.

Who books shares the lock `closing` (`journal_entry_in_an_open_month` takes it before a posting gets its number); who
keeps sums holds it. So every posting up to the highest number there is has been kept or given up, and each later one
gets a higher number. That needs a fresh look after the lock was got, which only `read committed` gives.
"""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE FUNCTION sums_to_keep(after bigint, until bigint)
RETURNS TABLE (account_id bigint, day date, amount numeric) LANGUAGE sql STABLE AS $$
    SELECT p.account_id, CASE WHEN l.kind = 'bank' THEN coalesce(e.booking_date, j.booked_on) ELSE j.booked_on END,
           sum(p.amount)
      FROM posting p
      JOIN ledger_account l ON l.id = p.account_id AND l.resident_id IS NULL
      JOIN journal_entry j ON j.id = p.journal_entry_id
      LEFT JOIN entry e ON e.id = j.entry_id
     WHERE p.id > after AND p.id <= until
     GROUP BY 1, 2
$$;

-- Returns how many sums were kept.
CREATE FUNCTION keep_sums() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
    latest bigint;
    made bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'sums are kept in a transaction that sees what others have just booked';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('closing'), 0);
    before := coalesce((SELECT max(up_to) FROM kept_sum), 0);
    latest := coalesce((SELECT max(id) FROM posting), 0);
    INSERT INTO kept_sum (account_id, day, up_to, amount)
        SELECT s.account_id, s.day, latest, s.amount FROM sums_to_keep(before, latest) s;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

-- What is kept is what the postings say, whoever writes it: all of it, of one stretch of postings after the last.
CREATE FUNCTION refuse_wrong_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
    latest bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('closing'), 0);
    latest := (SELECT max(n.up_to) FROM new_rows n);
    before := coalesce((SELECT max(k.up_to) FROM kept_sum k WHERE k.id NOT IN (SELECT n.id FROM new_rows n)), 0);
    IF EXISTS (
        SELECT FROM (SELECT n.account_id, n.day, n.amount, n.up_to FROM new_rows n) given
        FULL JOIN sums_to_keep(before, latest) s
               ON s.account_id = given.account_id AND s.day = given.day AND s.amount = given.amount
              AND given.up_to = latest
        WHERE s.account_id IS NULL OR given.account_id IS NULL
    ) OR latest > (SELECT max(id) FROM posting) THEN
        RAISE EXCEPTION 'the postings do not come to these sums'
            USING ERRCODE = '23000', CONSTRAINT = 'kept_sum_is_the_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_sum_is_the_sum AFTER INSERT ON kept_sum
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_wrong_sums();

CREATE TRIGGER kept_sum_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kept_sum
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

AWAY = """
DROP FUNCTION refuse_wrong_sums CASCADE;
DROP FUNCTION keep_sums;
DROP FUNCTION sums_to_keep;
DROP TRIGGER kept_sum_append_only ON kept_sum;
"""


class Migration(migrations.Migration):
    """One table, what fills it, and the index that finds what is newer."""

    dependencies = [
        ("budgeting", "0017_what_a_resident_s_entries_are_found_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("up_to", models.PositiveBigIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_sums",
                        to="budgeting.ledgeraccount",
                    ),
                ),
            ],
            options={
                "db_table": "kept_sum",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "up_to", "day"), name="a_sum_kept_once"),
                ],
            },
        ),
        migrations.RemoveIndex(model_name="posting", name="posting_of_account"),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["account", "id"], include=("amount",), name="posting_of_account"),
        ),
        migrations.RunSQL(KEEP, AWAY),
    ]
