"""What the database itself refuses: illegal changes of state, edits after assembly, one person as both pairs of eyes."""

from django.db import migrations

ORDER_CHANGES = (
    ("planned", "held"),
    ("held", "planned"),
    ("planned", "batched"),
    ("batched", "planned"),
    ("batched", "released"),
    ("released", "booked"),
    ("booked", "returned"),
    ("released", "rejected"),
    ("planned", "cancelled"),
    ("held", "cancelled"),
)
BATCH_CHANGES = (
    ("draft", "approved"),
    ("approved", "released"),
    ("released", "closed"),
    ("draft", "cancelled"),
    ("approved", "cancelled"),
)


def pairs(changes):
    return ", ".join(f"('{old}', '{new}')" for old, new in changes)


ORDERS = f"""
CREATE FUNCTION keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('planned', 'held') THEN
            RAISE EXCEPTION 'an order begins planned or held'
                USING ERRCODE = '23000', CONSTRAINT = 'order_state_change';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({pairs(ORDER_CHANGES)}) THEN
        RAISE EXCEPTION 'an order may not go from % to %', OLD.state, NEW.state
            USING ERRCODE = '23000', CONSTRAINT = 'order_state_change';
    END IF;
    IF (OLD.kind, OLD.resident_id, OLD.agreement_id, OLD.due_on, OLD.attempt, OLD.end_to_end_id)
       IS DISTINCT FROM (NEW.kind, NEW.resident_id, NEW.agreement_id, NEW.due_on, NEW.attempt, NEW.end_to_end_id)
       OR (OLD.state NOT IN ('planned', 'held') AND (OLD.amount, OLD.name, OLD.iban, OLD.account_id, OLD.remittance,
           OLD.structured_reference)
       IS DISTINCT FROM (NEW.amount, NEW.name, NEW.iban, NEW.account_id, NEW.remittance, NEW.structured_reference))
       OR (OLD.state NOT IN ('planned', 'held', 'batched') AND OLD.batch_id IS DISTINCT FROM NEW.batch_id) THEN
        RAISE EXCEPTION 'an order is frozen once it is in a batch'
            USING ERRCODE = '23000', CONSTRAINT = 'order_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_order_keep BEFORE INSERT OR UPDATE ON payment_order
    FOR EACH ROW EXECUTE FUNCTION keep_order();
CREATE TRIGGER payment_order_stays BEFORE DELETE OR TRUNCATE ON payment_order
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

BATCHES = f"""
CREATE FUNCTION keep_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a batch begins as a draft'
                USING ERRCODE = '23000', CONSTRAINT = 'batch_state_change';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({pairs(BATCH_CHANGES)}) THEN
        RAISE EXCEPTION 'a batch may not go from % to %', OLD.state, NEW.state
            USING ERRCODE = '23000', CONSTRAINT = 'batch_state_change';
    END IF;
    IF NEW.state IN ('approved', 'released', 'closed') AND NOT EXISTS (
        SELECT FROM approval a WHERE a.batch_id = NEW.id AND a.digest = NEW.digest) THEN
        RAISE EXCEPTION 'a batch needs a second person''s approval of exactly this content'
            USING ERRCODE = '23000', CONSTRAINT = 'batch_approved';
    END IF;
    IF (OLD.bank_account_id, OLD.message_id, OLD.execute_on, OLD.count, OLD.total, OLD.digest, OLD.assembled_by_id)
       IS DISTINCT FROM
       (NEW.bank_account_id, NEW.message_id, NEW.execute_on, NEW.count, NEW.total, NEW.digest, NEW.assembled_by_id)
       OR (OLD.content IS NOT NULL AND (OLD.content, OLD.content_sha256, OLD.released_by_id, OLD.released_at)
       IS DISTINCT FROM (NEW.content, NEW.content_sha256, NEW.released_by_id, NEW.released_at)) THEN
        RAISE EXCEPTION 'a batch does not change after it is assembled'
            USING ERRCODE = '23000', CONSTRAINT = 'batch_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_batch_keep BEFORE INSERT OR UPDATE ON payment_batch
    FOR EACH ROW EXECUTE FUNCTION keep_batch();
CREATE TRIGGER payment_batch_stays BEFORE DELETE OR TRUNCATE ON payment_batch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

APPROVALS = """
CREATE FUNCTION keep_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch payment_batch;
    maker text;
    checker text;
BEGIN
    SELECT * INTO batch FROM payment_batch WHERE id = NEW.batch_id FOR UPDATE;
    IF batch.state <> 'draft' OR batch.digest <> NEW.digest OR batch.assembled_by_id <> NEW.assembled_by_id THEN
        RAISE EXCEPTION 'an approval is of a draft, of exactly its content and by its assembler''s name'
            USING ERRCODE = '23000', CONSTRAINT = 'approval_of_this_content';
    END IF;
    SELECT coalesce(nullif(person_number, ''), 'user:' || id) INTO maker FROM "user" WHERE id = NEW.assembled_by_id;
    SELECT coalesce(nullif(person_number, ''), 'user:' || id) INTO checker FROM "user" WHERE id = NEW.approved_by_id;
    IF maker = checker THEN
        RAISE EXCEPTION 'the approver is the assembler'
            USING ERRCODE = '23000', CONSTRAINT = 'approver_is_not_the_assembler';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_four_eyes BEFORE INSERT ON approval
    FOR EACH ROW EXECUTE FUNCTION keep_four_eyes();
"""


def keep_append_only(table):
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("budgeting", "0002_books_that_keep_themselves")]

    operations = [
        migrations.RunSQL(ORDERS, "DROP FUNCTION keep_order CASCADE; DROP TRIGGER payment_order_stays ON payment_order;"),
        migrations.RunSQL(BATCHES, "DROP FUNCTION keep_batch CASCADE; DROP TRIGGER payment_batch_stays ON payment_batch;"),
        migrations.RunSQL(APPROVALS, "DROP FUNCTION keep_four_eyes CASCADE;"),
        migrations.RunSQL(keep_append_only("approval"), "DROP TRIGGER approval_append_only ON approval"),
        migrations.RunSQL(keep_append_only("bank_answer"), "DROP TRIGGER bank_answer_append_only ON bank_answer"),
    ]
