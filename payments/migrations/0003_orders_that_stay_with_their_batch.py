"""What was approved is what goes: an order joins a draft, leaves before release, and keeps its day while it is in one."""

from django.db import migrations

IN_ITS_BATCH = """
CREATE FUNCTION keep_in_its_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch_state text;
BEGIN
    IF OLD.state NOT IN ('planned', 'held') AND OLD.execute_on <> NEW.execute_on THEN
        RAISE EXCEPTION 'an order keeps its day once it is in a batch'
            USING ERRCODE = '23000', CONSTRAINT = 'order_frozen';
    END IF;
    IF OLD.batch_id IS NOT NULL AND NEW.batch_id IS NOT NULL AND OLD.batch_id <> NEW.batch_id THEN
        RAISE EXCEPTION 'an order does not go from one batch to another'
            USING ERRCODE = '23000', CONSTRAINT = 'order_in_its_batch';
    END IF;
    IF OLD.state <> NEW.state AND 'batched' IN (OLD.state, NEW.state) THEN
        SELECT state INTO batch_state FROM payment_batch WHERE id = coalesce(NEW.batch_id, OLD.batch_id);
        IF batch_state <> ALL (CASE NEW.state
            WHEN 'batched' THEN '{draft}'::text[] WHEN 'planned' THEN '{draft,approved}' ELSE '{released}' END) THEN
            RAISE EXCEPTION 'an order becomes % only with its batch, which is %', NEW.state, batch_state
                USING ERRCODE = '23000', CONSTRAINT = 'order_in_its_batch';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_order_in_its_batch BEFORE UPDATE ON payment_order
    FOR EACH ROW EXECUTE FUNCTION keep_in_its_batch();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_orders_that_keep_their_order")]

    operations = [migrations.RunSQL(IN_ITS_BATCH, "DROP FUNCTION keep_in_its_batch CASCADE")]
