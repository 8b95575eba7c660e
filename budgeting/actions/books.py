"""Holds the books against the rules of reliability, on live data: each check counts what it looked at."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from budgeting.actions.anchors import missing_anchors
from budgeting.core.money import ZERO
from budgeting.models import StatementFile
from budgeting.models.encryption import CannotUnseal


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant as a query: how many were looked at, how many break it, the first of those, and by how much."""

    id: str
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `difference` is in euro where that says something."""

    id: str
    name: str
    ok: bool
    checked: int
    difference: Decimal
    first_violation: str | None


def rows(checked: str, broken: str) -> str:
    """A query from two: `checked` selects all there is to look at, `broken` what is wrong, as (what, difference)."""
    return f"""
        WITH wrong (what, difference) AS ({broken})
        SELECT (SELECT count(*) FROM ({checked}) looked_at), (SELECT count(*) FROM wrong),
               (SELECT what::text FROM wrong ORDER BY what LIMIT 1), (SELECT coalesce(sum(difference), 0) FROM wrong)"""  # noqa: S608 - the queries below, no input


# The booking days of imports that were not undone.
STANDING = """(SELECT day.* FROM statement_day day JOIN statement s ON s.id = day.statement_id
    WHERE NOT EXISTS (SELECT FROM import_undo u WHERE u.attempt_id = s.imported_by_id))"""

CHECKS = (
    Check(
        "I-1",
        "the postings of every journal entry sum to zero",
        rows(
            "SELECT id FROM journal_entry",
            """SELECT j.id, coalesce(sum(p.amount), 0) FROM journal_entry j
               LEFT JOIN posting p ON p.journal_entry_id = j.id
               GROUP BY j.id HAVING count(p.id) < 2 OR sum(p.amount) <> 0""",
        ),
    ),
    Check(
        "I-2",
        "what the books say is on each bank account is the closing balance of its last statement",
        rows(
            "SELECT DISTINCT bank_account_id FROM statement_day",
            f"""SELECT iban, books - bank FROM (
                 SELECT b.iban,
                        coalesce((SELECT sum(p.amount) FROM posting p JOIN ledger_account l ON l.id = p.account_id
                                  WHERE l.bank_account_id = b.id), 0) AS books,
                        (SELECT d.closing FROM {STANDING} d WHERE d.bank_account_id = b.id
                         ORDER BY d.day DESC, d.part DESC LIMIT 1) AS bank
                 FROM bank_account b) t WHERE books <> bank""",  # noqa: S608 - a constant
        ),
    ),
    Check(
        "I-3",
        "a journal entry is reversed at most once, and by its exact opposite",
        rows(
            "SELECT id FROM journal_entry WHERE reverses_id IS NOT NULL",
            """SELECT r.id, sum(p.amount) FROM journal_entry r
               JOIN posting p ON p.journal_entry_id IN (r.id, r.reverses_id)
               GROUP BY r.id, p.account_id HAVING sum(p.amount) <> 0 AND r.reverses_id IS NOT NULL""",
        ),
    ),
    Check(
        "I-4",
        "every journal entry is sealed",
        rows(
            "SELECT id FROM journal_entry",
            """SELECT j.id, 0 FROM journal_entry j
               WHERE NOT EXISTS (SELECT FROM journal_seal s WHERE s.journal_entry_id = j.id)""",
        ),
    ),
    Check(
        "I-5",
        "every amount is a number of whole cents, never NaN or infinite",
        rows(
            "SELECT id FROM posting",
            "SELECT id, 0 FROM posting WHERE amount = 'NaN' OR scale(amount) > 2 OR abs(amount) >= 1000000000",
        ),
    ),
    Check(
        "I-7",
        "every sum that is kept is the sum of its postings, day by day",
        rows(
            "SELECT id FROM kept_sum",
            """SELECT coalesce(k.account_id, s.account_id) || ' ' || coalesce(k.day, s.day),
                      coalesce(k.amount, 0) - coalesce(s.amount, 0)
               FROM (SELECT account_id, day, sum(amount) AS amount FROM kept_sum GROUP BY account_id, day) k
               FULL JOIN sums_to_keep(0, (SELECT max(up_to) FROM kept_sum)) s USING (account_id, day)
               WHERE coalesce(k.amount, 0) <> coalesce(s.amount, 0)""",
        ),
    ),
    Check(
        "I-8",
        "no resident's money is below zero: what was lent stands as an advance",
        rows(
            "SELECT id FROM ledger_account WHERE kind = 'resident'",
            """SELECT l.resident_id, -sum(p.amount) FROM ledger_account l JOIN posting p ON p.account_id = l.id
               WHERE l.kind = 'resident' GROUP BY l.resident_id HAVING -sum(p.amount) < 0""",
        ),
    ),
    Check(
        "I-9",
        "the entries of every booking day are exactly those between its opening and closing balance",
        rows(
            "SELECT DISTINCT bank_account_id, day FROM statement_day",
            """SELECT t.what, t.difference FROM (
                 SELECT d.bank_account_id || ' ' || d.day AS what,
                        sum(d.closing - d.opening) - coalesce((SELECT sum(e.amount) FROM entry e
                            WHERE e.bank_account_id = d.bank_account_id AND e.booking_date = d.day), 0) AS difference,
                        sum(d.entries) - (SELECT count(*) FROM entry e
                            WHERE e.bank_account_id = d.bank_account_id AND e.booking_date = d.day) AS missing
                 FROM statement_day d GROUP BY d.bank_account_id, d.day) t WHERE difference <> 0 OR missing <> 0
               UNION ALL
               SELECT e.bank_account_id || ' ' || e.booking_date, sum(e.amount) FROM entry e
               WHERE NOT EXISTS (SELECT FROM statement_day d
                                 WHERE d.bank_account_id = e.bank_account_id AND d.day = e.booking_date)
               GROUP BY e.bank_account_id, e.booking_date""",
        ),
    ),
    Check(
        "I-10",
        "each day opens with the balance the day before closed with",
        rows(
            "SELECT id FROM statement_day",
            f"""SELECT what, difference FROM (
                 SELECT bank_account_id || ' ' || day AS what,
                        opening - lag(closing) OVER (PARTITION BY bank_account_id ORDER BY day, part) AS difference
                 FROM {STANDING} d) t WHERE difference <> 0""",  # noqa: S608 - a constant
        ),
    ),
    Check(
        "I-11",
        "every entry is in the books with its whole amount, and one of an undone import with nothing",
        rows(
            "SELECT id FROM entry",
            """SELECT e.id, e.amount - coalesce(b.amount, 0) FROM entry e LEFT JOIN (
                 SELECT j.entry_id, sum(p.amount) AS amount FROM journal_entry j
                 JOIN posting p ON p.journal_entry_id = j.id
                 JOIN ledger_account l ON l.id = p.account_id AND l.kind = 'bank'
                 GROUP BY j.entry_id) b ON b.entry_id = e.id
               JOIN statement s ON s.id = e.statement_id
               LEFT JOIN import_undo u ON u.attempt_id = s.imported_by_id
               WHERE b.amount IS DISTINCT FROM CASE WHEN u.attempt_id IS NULL THEN e.amount ELSE 0 END""",
        ),
    ),
    Check(
        "I-14",
        "what waits for a person lies in suspense, and all that lies there waits",
        rows(
            "SELECT entry_id FROM waiting_entry",
            """SELECT w.entry_id, coalesce(s.amount, 0) FROM waiting_entry w LEFT JOIN (
                 SELECT j.entry_id, sum(p.amount) AS amount FROM journal_entry j
                 JOIN posting p ON p.journal_entry_id = j.id
                 JOIN ledger_account l ON l.id = p.account_id AND l.kind = 'suspense'
                 GROUP BY j.entry_id) s ON s.entry_id = w.entry_id
               WHERE (w.closed_at IS NULL) = (coalesce(s.amount, 0) = 0)
               UNION ALL
               SELECT j.entry_id, sum(p.amount) FROM journal_entry j
               JOIN posting p ON p.journal_entry_id = j.id
               JOIN ledger_account l ON l.id = p.account_id AND l.kind = 'suspense'
               WHERE NOT EXISTS (SELECT FROM waiting_entry w WHERE w.entry_id = j.entry_id)
               GROUP BY j.entry_id HAVING sum(p.amount) <> 0""",
        ),
    ),
    Check(
        "I-14",
        "what was said of an entry adds up to what left suspense, and who or which rule said so is kept",
        rows(
            "SELECT DISTINCT entry_id FROM allocation",
            """SELECT e.id, e.amount FROM entry e
               JOIN (SELECT entry_id, sum(amount) AS said FROM allocation GROUP BY entry_id) a ON a.entry_id = e.id
               JOIN (SELECT j.entry_id, -sum(p.amount) AS placed FROM journal_entry j
                     JOIN posting p ON p.journal_entry_id = j.id
                     JOIN ledger_account l ON l.id = p.account_id AND l.kind NOT IN ('bank', 'suspense')
                     GROUP BY j.entry_id) m ON m.entry_id = e.id
               WHERE a.said <> m.placed""",
        ),
    ),
    Check(
        "I-31",
        "the audit chain is whole: every event follows the one before and has the hash of its content",
        rows(
            "SELECT id FROM audit_event",
            r"""SELECT id, 0 FROM (
                  SELECT a.id, a.hash, a.previous,
                         lag(a.hash) OVER (ORDER BY a.id) AS before,
                         sha256(a.previous || convert_to(audit_event_text(a), 'UTF8')) AS wanted
                  FROM audit_event a) t
                WHERE hash <> wanted OR previous <> coalesce(before, decode(repeat('00', 32), 'hex'))""",
        ),
    ),
    Check(
        "I-35",
        "the books hold, of the months that are closed, exactly what they held when these were closed",
        rows(
            "SELECT id FROM month_closing",
            """SELECT to_char(c.month, 'YYYY-MM'), b.turnover - c.turnover FROM month_closing c, LATERAL (
                 SELECT count(DISTINCT j.id) AS entries,
                        coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS turnover
                 FROM journal_entry j JOIN posting p ON p.journal_entry_id = j.id
                 WHERE j.booked_on < c.month + interval '1 month') b
               WHERE c.month + interval '1 month' = closed_until() AND NOT EXISTS (
                 SELECT FROM reopening_request q JOIN month_reopening r ON r.request_id = q.id
                 WHERE q.closing_id = c.id)
                 AND (b.entries <> c.journal_entries OR b.turnover <> c.turnover)""",
        ),
    ),
)


def verify(checks: Iterable[Check] = CHECKS) -> list[Finding]:
    """Runs every check against the database, now, and opens every file a bank gave."""
    with connection.cursor() as cursor:
        return [*(_finding(cursor, check) for check in checks), _bytes_of_statements(), _anchored()]


def _bytes_of_statements() -> Finding:
    """Each file opens with a key we hold, and its bytes have the digest by which it is known."""
    files = StatementFile.objects.order_by("pk").values_list("pk", "sha256")
    wrong = [pk for pk, digest in files.iterator() if not has_digest(StatementFile.objects.filter(pk=pk), digest)]
    name = "every file of a bank is kept byte for byte"
    return Finding("I-13", name, not wrong, files.count(), ZERO, str(wrong[0]) if wrong else None)


def _anchored() -> Finding:
    """What was written down outside the database of the chain's length is still there: its end was not cut off."""
    checked, missing = missing_anchors()
    name = "every head of the audit chain that was kept outside the database is still in it"
    return Finding("I-31", name, missing is None, checked, ZERO, missing)


def has_digest(row: QuerySet[Any], digest: str) -> bool:
    """Whether the `content` of the one row opens and has this SHA-256."""
    try:
        return any(hashlib.sha256(content).hexdigest() == digest for content in row.values_list("content", flat=True))
    except CannotUnseal:
        return False


def _finding(cursor: CursorWrapper, check: Check) -> Finding:
    cursor.execute(check.sql)
    checked, broken, first, difference = cursor.fetchone()
    return Finding(check.id, check.name, not broken, checked, Decimal(difference).quantize(Decimal("0.01")), first)
