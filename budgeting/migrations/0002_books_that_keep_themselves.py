"""What the database itself refuses: changed history, journal entries that do not balance, a forked audit chain."""

from django.db import migrations

APPEND_ONLY = (
    "statement_file",
    "statement_import",
    "statement",
    "statement_day",
    "entry",
    "journal_entry",
    "posting",
    "journal_seal",
    "allocation",
    "agreement_amount",
    "audit_event",
)

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = '23000', CONSTRAINT = 'append_only';
END $$;
"""

SEAL = """
CREATE FUNCTION seal_only_what_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad bigint;
BEGIN
    SELECT s.journal_entry_id INTO bad
      FROM new_seals s LEFT JOIN posting p ON p.journal_entry_id = s.journal_entry_id
     GROUP BY s.journal_entry_id
    HAVING count(p.id) < 2 OR sum(p.amount) <> 0
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % does not balance', bad
            USING ERRCODE = '23000', CONSTRAINT = 'journal_entry_balances';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER journal_seal_balances AFTER INSERT ON journal_seal
    REFERENCING NEW TABLE AS new_seals FOR EACH STATEMENT EXECUTE FUNCTION seal_only_what_balances();

CREATE FUNCTION refuse_posting_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_postings p JOIN journal_seal s ON s.journal_entry_id = p.journal_entry_id) THEN
        RAISE EXCEPTION 'a sealed journal entry takes no more postings'
            USING ERRCODE = '23000', CONSTRAINT = 'journal_entry_sealed';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER posting_before_seal AFTER INSERT ON posting
    REFERENCING NEW TABLE AS new_postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_posting_after_seal();

-- At commit every journal entry must have its seal, so none can be left open to a later, balanced pair.
ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_has_its_seal
    FOREIGN KEY (id) REFERENCES journal_seal (journal_entry_id) DEFERRABLE INITIALLY DEFERRED;
"""

AUDIT = """
CREATE FUNCTION audit_event_text(e audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array(
        e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.actor, e.action, e.subject, e.resident_id, e.body)::text
$$;

CREATE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One writer at a time: the number is drawn after the lock, so that order of ids is order of the chain.
    PERFORM pg_advisory_xact_lock(hashtext('audit_event'));
    NEW.id := nextval(pg_get_serial_sequence('audit_event', 'id'));
    NEW.at := clock_timestamp();
    SELECT hash INTO NEW.previous FROM audit_event ORDER BY id DESC LIMIT 1;
    NEW.previous := coalesce(NEW.previous, decode(repeat('00', 32), 'hex'));
    NEW.hash := sha256(NEW.previous || convert_to(audit_event_text(NEW), 'UTF8'));
    RETURN NEW;
END $$;

CREATE TRIGGER audit_event_chain BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION chain_audit_event();
"""


def keep_append_only(table):
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change CASCADE"),
        *(
            migrations.RunSQL(keep_append_only(table), f"DROP TRIGGER {table}_append_only ON {table}")
            for table in APPEND_ONLY
        ),
        migrations.RunSQL(
            SEAL,
            "ALTER TABLE journal_entry DROP CONSTRAINT journal_entry_has_its_seal;"
            "DROP FUNCTION seal_only_what_balances CASCADE; DROP FUNCTION refuse_posting_after_seal CASCADE;",
        ),
        migrations.RunSQL(AUDIT, "DROP FUNCTION chain_audit_event CASCADE; DROP FUNCTION audit_event_text CASCADE;"),
    ]
