"""The books as a person would copy them out: everything that counts, nothing that only numbers rows or tells the time.

Two runs that did the same work give equal pictures, however many row numbers a kill has burnt.
"""

from decimal import Decimal

from django.db import connection

from payments.actions import books
from payments.models import PaymentBatch

Picture = dict[str, list[tuple[object, ...]]]

_ENTRY = "b.iban, e.booking_date, e.n"
_QUERIES = {
    "balances": """SELECT l.kind, l.resident_id, l.bank_account_id, sum(p.amount) FROM ledger_account l
                   JOIN posting p ON p.account_id = l.id GROUP BY 1, 2, 3 HAVING sum(p.amount) <> 0""",
    "postings": """SELECT j.kind, j.booked_on, j.reason, l.kind, l.resident_id, l.bank_account_id, p.amount,
                   p.end_to_end_id, e.booking_date, e.n FROM posting p JOIN journal_entry j ON j.id = p.journal_entry_id
                   JOIN ledger_account l ON l.id = p.account_id LEFT JOIN entry e ON e.id = j.entry_id""",
    "entries": f"""SELECT {_ENTRY}, e.amount, e.counterparty_name, e.remittance, e.end_to_end_id FROM entry e
                   JOIN bank_account b ON b.id = e.bank_account_id""",
    "days": "SELECT bank_account_id, day, part, opening, closing, entries FROM statement_day",
    "files": "SELECT sha256, size FROM statement_file",
    "imports": """SELECT f.sha256, i.status FROM statement_import i JOIN statement_file f ON f.id = i.file_id
                  WHERE i.status <> 'already_imported'""",
    "waiting": f"""SELECT {_ENTRY}, w.closed_at IS NULL, w.closed_by_id FROM waiting_entry w
                   JOIN entry e ON e.id = w.entry_id JOIN bank_account b ON b.id = e.bank_account_id""",
    "allocations": f"""SELECT {_ENTRY}, a.resident_id, a.agreement_id, a.category, a.amount, a.due_on, a.rule_version,
                       a.decided_by_id FROM allocation a JOIN entry e ON e.id = a.entry_id
                       JOIN bank_account b ON b.id = e.bank_account_id""",
    "orders": """SELECT o.end_to_end_id, o.kind, o.due_on, o.execute_on, o.amount, o.iban, o.state, o.reason, o.attempt,
                 o.booked_on, b.message_id FROM payment_order o LEFT JOIN payment_batch b ON b.id = o.batch_id""",
    "batches": "SELECT message_id, state, digest, count, total, content_sha256, assembled_by_id FROM payment_batch",
    "approvals": "SELECT b.message_id, a.approved_by_id, a.digest FROM approval a JOIN payment_batch b "
    "ON b.id = a.batch_id",
    "answers": """SELECT b.message_id, o.end_to_end_id, a.status, a.reason, a.file_sha256 FROM bank_answer a
                  JOIN payment_batch b ON b.id = a.batch_id LEFT JOIN payment_order o ON o.id = a.order_id""",
    "events": "SELECT action, actor, resident_id FROM audit_event WHERE action <> 'statement.already_imported'",
}


def picture() -> Picture:
    """All that counts in the books, now; each list in an order of its own."""
    found: Picture = {}
    with connection.cursor() as cursor:
        for name, sql in _QUERIES.items():
            cursor.execute(sql)
            found[name] = sorted(cursor.fetchall(), key=repr)
    batches = PaymentBatch.objects.filter(content__isnull=False).order_by("message_id")
    found["bytes"] = [(batch.message_id, bytes(batch.content)) for batch in batches]
    return found


def differences(one: Picture, other: Picture) -> list[str]:
    """What is in one picture and not in the other, in words."""
    return [
        f"{name}: {row}"
        for name in one
        for row in set(map(repr, one[name])) ^ set(map(repr, other[name])) or _other_counts(one[name], other[name])
    ]


def _other_counts(one: list[tuple[object, ...]], other: list[tuple[object, ...]]) -> list[str]:
    return [] if len(one) == len(other) else [f"{len(one)} rows and {len(other)} rows"]


def violations() -> list[str]:
    """Every invariant that does not hold, now."""
    return [
        f"{finding.id} {finding.name}: {finding.first_violation} ({finding.difference})"
        for finding in books.verify()
        if not finding.ok
    ]


def euros_in_books() -> Decimal:
    """What the books say is on all bank accounts together."""
    return sum((Decimal(str(row[3])) for row in picture()["balances"] if row[0] == "bank"), Decimal("0.00"))
