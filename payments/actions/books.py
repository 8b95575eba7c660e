"""The invariants of orders, batches and approvals, after those of the books themselves."""

from budgeting.actions import books
from budgeting.actions.books import Check, Finding, rows
from budgeting.core.money import ZERO
from payments.actions.batches import digest_of
from payments.models import PaymentBatch

CHECKS = (
    Check(
        "I-16",
        "every due date has at most one live order",
        rows(
            "SELECT id FROM payment_order",
            """SELECT agreement_id || ' ' || due_on, sum(amount) FROM payment_order
               WHERE kind = 'charge' AND state IN ('planned', 'held', 'batched', 'released', 'booked')
               GROUP BY agreement_id, due_on HAVING count(*) > 1""",
        ),
    ),
    Check(
        "I-17",
        "every released batch was approved by another person than its assembler",
        rows(
            "SELECT id FROM payment_batch WHERE state IN ('approved', 'released', 'closed')",
            """SELECT b.id, b.total FROM payment_batch b
               LEFT JOIN approval a ON a.batch_id = b.id
               WHERE b.state IN ('approved', 'released', 'closed')
                 AND (a.id IS NULL OR a.digest <> b.digest OR same_person(b.assembled_by_id, a.approved_by_id))""",
        ),
    ),
    Check(
        "I-21",
        "every account to which money went has a second person's, the bank's or a statement's word",
        rows(
            "SELECT DISTINCT account_id FROM payment_order WHERE state IN ('released', 'booked', 'returned')",
            """SELECT o.account_id, sum(o.amount) FROM payment_order o JOIN account a ON a.id = o.account_id
               WHERE o.state IN ('released', 'booked', 'returned')
                 AND NOT EXISTS (SELECT FROM account_confirmation c WHERE c.account_id = a.id
                                 AND (c.how IN ('second_person', 'earlier') OR c.outcome = 'match'))
                 AND NOT EXISTS (SELECT FROM entry e WHERE e.counterparty_iban = a.iban AND e.amount > 0)
               GROUP BY o.account_id
               UNION ALL
               SELECT c.account_id, 0 FROM account_confirmation c JOIN account a ON a.id = c.account_id
               WHERE (c.how = 'second_person' OR c.outcome = 'match') AND same_person(a.added_by_id, c.said_by_id)""",
        ),
    ),
    Check(
        "I-24",
        "every batch's count and total are those of its orders",
        rows(
            "SELECT id FROM payment_batch WHERE state <> 'cancelled'",
            """SELECT b.id, b.total - coalesce(sum(o.amount), 0) FROM payment_batch b
               LEFT JOIN payment_order o ON o.batch_id = b.id WHERE b.state <> 'cancelled'
               GROUP BY b.id HAVING b.total <> coalesce(sum(o.amount), 0) OR b.count <> count(o.id)""",
        ),
    ),
    Check(
        "I-25",
        "what is in transit is exactly the orders that were released and not yet settled",
        rows(
            "SELECT id FROM payment_order WHERE state NOT IN ('planned', 'held', 'cancelled')",
            """SELECT coalesce(o.end_to_end_id, t.end_to_end_id), coalesce(o.amount, 0) + coalesce(t.amount, 0)
               FROM (SELECT * FROM payment_order WHERE state = 'released') o
               FULL JOIN (SELECT p.end_to_end_id, sum(p.amount) AS amount FROM posting p
                          JOIN ledger_account l ON l.id = p.account_id AND l.kind = 'in_transit'
                          GROUP BY p.end_to_end_id HAVING sum(p.amount) <> 0) t USING (end_to_end_id)
               WHERE coalesce(o.amount, 0) <> -coalesce(t.amount, 0)""",
        ),
    ),
    Check(
        "I-26",
        "no order that was due has been forgotten: none is still planned three days after its day",
        rows(
            "SELECT id FROM payment_order",
            """SELECT end_to_end_id, amount FROM payment_order WHERE state = 'planned' AND execute_on < (
                 SELECT max(day) - 3 FROM statement_day)""",
        ),
    ),
    Check(
        "I-36",
        "whose participation has ended has nothing, owes nothing, and nothing of theirs is underway",
        rows(
            "SELECT id FROM participation_end WHERE state = 'ended'",
            """SELECT e.resident_id, sum(abs(t.amount)) FROM participation_end e JOIN (
                 SELECT l.resident_id, sum(p.amount) AS amount FROM ledger_account l
                 JOIN posting p ON p.account_id = l.id GROUP BY l.id HAVING sum(p.amount) <> 0
                 UNION ALL
                 SELECT resident_id, amount FROM payment_order
                 WHERE state IN ('planned', 'held', 'batched', 'released')) t ON t.resident_id = e.resident_id
               WHERE e.state = 'ended' GROUP BY e.resident_id""",
        ),
    ),
)


def verify() -> list[Finding]:
    """Every invariant that live data can show, in the order of its number."""
    found = [*books.verify((*books.CHECKS, *CHECKS)), _digests(), _bytes_of_batches()]
    return sorted(found, key=lambda finding: int(finding.id[2:]))


def _digests() -> Finding:
    """What was approved is what the batch holds today."""
    batches = PaymentBatch.objects.exclude(state="cancelled").defer("content").order_by("pk")
    wrong = [batch for batch in batches if digest_of(list(batch.orders.all())) != batch.digest]
    return _found("I-18", "every batch holds exactly the orders that were approved", len(batches), wrong)


def _bytes_of_batches() -> Finding:
    """Each file opens with a key we hold, and its bytes are those that were released."""
    batches = PaymentBatch.objects.filter(state__in=["released", "closed"]).defer("content").order_by("pk")
    wrong = [b for b in batches if not books.has_digest(PaymentBatch.objects.filter(pk=b.pk), b.content_sha256)]
    return _found("I-19", "every payment file is kept byte for byte as it was released", len(batches), wrong)


def _found(number: str, name: str, checked: int, wrong: list[PaymentBatch]) -> Finding:
    difference = sum((batch.total for batch in wrong), ZERO)
    return Finding(number, name, not wrong, checked, difference, wrong[0].message_id if wrong else None)
