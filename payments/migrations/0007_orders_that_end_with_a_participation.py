"""A participation does not end while an order of it lives, and no order is made after it has ended."""

from django.db import migrations

ORDERS = """
CREATE FUNCTION refuse_end_with_live_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'ended' AND EXISTS (
        SELECT FROM payment_order o WHERE o.resident_id = NEW.resident_id
        AND o.state IN ('planned', 'held', 'batched', 'released')) THEN
        RAISE EXCEPTION 'there are payments underway' USING ERRCODE = '23000', CONSTRAINT = 'ended_without_live_orders';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER participation_end_without_orders BEFORE UPDATE ON participation_end
    FOR EACH ROW EXECUTE FUNCTION refuse_end_with_live_orders();

CREATE FUNCTION refuse_order_after_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM participation_end e WHERE e.state <> 'withdrawn'
        AND e.resident_id IN (SELECT resident_id FROM new_rows) FOR SHARE;
    IF EXISTS (SELECT FROM participation_end e WHERE e.state = 'ended'
               AND e.resident_id IN (SELECT resident_id FROM new_rows)) THEN
        RAISE EXCEPTION 'this participation has ended: nothing is paid any more'
            USING ERRCODE = '23000', CONSTRAINT = 'participation_has_ended';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payment_order_of_a_live_participation AFTER INSERT ON payment_order
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_order_after_end();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_limits_that_two_people_change"),
        ("budgeting", "0010_months_that_close_and_participations_that_end"),
    ]

    operations = [
        migrations.RunSQL(
            ORDERS,
            "DROP FUNCTION refuse_end_with_live_orders CASCADE; DROP FUNCTION refuse_order_after_end CASCADE;",
        ),
    ]
