"""What the database itself must refuse, to everyone, the tables' owner included; and the one guard that refuses it.

Each attack is tried twice: with its guard it is refused; without it (dropped in a transaction that is rolled back) it
gets through, which shows that this guard and nothing else stood in its way, and that `verify_books` sees what it did.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """What is done (`sql`, perhaps several statements), the guard, its table, and what then shows it, if anything."""

    name: str
    sql: str
    guard: str
    table: str
    shown_by: tuple[str, ...] = ()

    @property
    def without_guard(self) -> str:
        """Drops the guard: a trigger or a constraint."""
        if self.guard.endswith(_TRIGGERS):
            return f"DROP TRIGGER {self.guard} ON {self.table}"
        if self.guard in _INDEXES:
            return f"DROP INDEX {self.guard}"
        return f"ALTER TABLE {self.table} DROP CONSTRAINT {self.guard}"


_TRIGGERS = (
    "_append_only", "_keep", "_stays", "_before_seal", "_seal_balances", "_refers_to_journal_entry",
    "_refers_to_ledger_account", "_four_eyes",
    "_in_its_batch", "_is_the_sum", "_in_an_open_month", "_in_turn", "_in_a_live_purse", "_without_orders",
    "_of_a_live_participation",
)  # fmt: skip
_INDEXES = ("a_due_date_paid_once", "an_attempt_once")


def _insert_order(state: str = "planned", **other: str) -> str:
    """A copy of the first charge with other values."""
    columns = (
        "kind, agreement_id, account_id, category, execute_on, amount, name, iban, remittance, "
        "structured_reference, explanation"
    )
    usual = {
        "resident_id": "resident_id",
        "due_on": "due_on",
        "attempt": "9",
        "end_to_end_id": "'COPY'",
        "state": f"'{state}'",
        "reason": "''",
    }
    other = usual | other
    return (
        f"INSERT INTO payment_order ({columns}, {', '.join(other)}) "
        f"SELECT {columns}, {', '.join(other.values())} FROM payment_order WHERE id = {_A_CHARGE}"
    )


_A_CHARGE = "(SELECT min(id) FROM payment_order WHERE kind = 'charge' AND state = 'booked')"
_AN_EVENT = "(SELECT id FROM audit_event ORDER BY id OFFSET 3 LIMIT 1)"
_LONG_AGO = "date '2020-01-01'"
_A_MOVE = "(SELECT min(id) FROM journal_entry)"
_NEW_MOVE = (
    "INSERT INTO journal_entry (id, kind, booked_on, key, reason, made_at) "
    "VALUES (900001, 'allocation', '2026-11-02', 'attack', '', now());"
)
_POSTING = "INSERT INTO posting (journal_entry_id, account_id, amount, end_to_end_id) VALUES "
_ENTRY_COLUMNS = (
    "statement_id, bank_account_id, booking_date, n, amount, reversal, counterparty_name, counterparty_iban, "
    "remittance, structured_reference, end_to_end_id, mandate_id, creditor_id, batch_id, batch_count, bank_reference, "
    "return_reason, bank_code, proprietary_code, details, place"
)
_AN_ACCOUNT = "(SELECT min(id) FROM ledger_account)"
_ANOTHER = "(SELECT max(id) FROM ledger_account)"
_SEAL = "INSERT INTO journal_seal VALUES (900001);"
_KEPT = "INSERT INTO kept_sum (account_id, day, up_to, amount) SELECT min(account_id),"
_AT_COMMIT = "SET CONSTRAINTS ALL IMMEDIATE"

_CLOSING = (
    "INSERT INTO month_closing (month, turn, journal_entries, turnover, left_open, closed_on, closed_by_id) SELECT "
    "'{month}', 1, count(DISTINCT j.id), sum(p.amount) FILTER (WHERE p.amount > 0), '{{}}', '2026-12-01', (SELECT "
    'min(id) FROM "user") FROM journal_entry j JOIN posting p ON p.journal_entry_id = j.id '
    "WHERE j.booked_on < '2026-12-01';"
)
_CLOSED = _CLOSING.format(month="2026-11-01")
_OWN = "(SELECT id FROM ledger_account WHERE kind = 'own')"
_LATE = f"{_NEW_MOVE} {_POSTING} (900001, {_OWN}, 1, ''), (900001, {_ANOTHER}, -1, ''); {_SEAL}"
_ASKED = (
    "INSERT INTO reopening_request (closing_id, reason, asked_on, asked_by_id) SELECT id, 'x', closed_on, closed_by_id "
    "FROM month_closing;"
)
# Somebody leaves who has no money and no orders: a copy of the first resident under another number.
_LEAVER = 900001
_NEW_LEAVER = (
    "INSERT INTO resident SELECT (jsonb_populate_record(r, jsonb_build_object('id', 900001, 'number', 'LEAVER', "
    "'user_id', NULL))).* FROM resident r ORDER BY r.id LIMIT 1; INSERT INTO ledger_account (kind, resident_id) VALUES "
    f"('resident', {_LEAVER});"
)
_LEAVER_S = f"(SELECT id FROM ledger_account WHERE resident_id = {_LEAVER})"
_ENDING_OF = (
    "INSERT INTO participation_end (resident_id, why, reason, ends_on, state, opened_on, opened_by_id, again_because) "
    "SELECT {who}, 'moved', 'x', '2026-11-02', 'ending', '2026-11-02', min(id), '' FROM \"user\";"
)
_ENDING = f"{_NEW_LEAVER} {_ENDING_OF.format(who=_LEAVER)}"
_PAID_IN = f"{_NEW_MOVE} {_POSTING} (900001, {_LEAVER_S}, -1, ''), (900001, {_OWN}, 1, ''); {_SEAL}"
_ENDED = "UPDATE participation_end SET state = 'ended', ended_on = '2026-11-09', ended_by_id = opened_by_id;"
_LIVE_ORDER = f"{_insert_order(resident_id=str(_LEAVER), due_on=_LONG_AGO)};"

ATTACKS = (
    Attack("a changed posting", "UPDATE posting SET amount = amount + 1 WHERE id = (SELECT min(id) FROM posting)",
           "posting_append_only", "posting", ("I-1",)),
    Attack("a posting taken away", "DELETE FROM posting WHERE id = (SELECT min(id) FROM posting)",
           "posting_append_only", "posting", ("I-1",)),
    Attack("no postings at all", "TRUNCATE posting", "posting_append_only", "posting", ("I-1", "I-11")),
    Attack("a sum that the postings do not come to", f"SELECT keep_sums(); {_KEPT} '2020-01-01', max(up_to), 1 FROM "
           "kept_sum", "kept_sum_is_the_sum", "kept_sum", ("I-7",)),
    Attack("another amount of a kept sum", "SELECT keep_sums(); UPDATE kept_sum SET amount = amount + 1",
           "kept_sum_append_only", "kept_sum", ("I-7",)),
    Attack("a posting in a sealed entry", f"{_POSTING} ({_A_MOVE}, {_AN_ACCOUNT}, 1, '')",
           "posting_before_seal", "posting", ("I-1",)),
    Attack("a seal on what does not balance", f"{_NEW_MOVE} {_POSTING} (900001, {_AN_ACCOUNT}, 1, ''), "
           f"(900001, {_ANOTHER}, 2, ''); {_SEAL}", "journal_seal_balances", "journal_seal", ("I-1",)),
    Attack("a seal on one posting", f"{_NEW_MOVE} {_POSTING} (900001, {_AN_ACCOUNT}, 1, ''); {_SEAL}",
           "journal_seal_balances", "journal_seal", ("I-1",)),
    Attack("a movement without a seal", f"{_NEW_MOVE} {_POSTING} (900001, {_AN_ACCOUNT}, 1, ''), "
           f"(900001, {_ANOTHER}, -1, ''); {_AT_COMMIT}", "journal_entry_has_its_seal", "journal_entry", ("I-4",)),
    Attack("a posting of a movement that is not there", f"{_POSTING} (900002, {_AN_ACCOUNT}, 1, '')",
           "posting_refers_to_journal_entry", "posting"),
    Attack("a posting on an account that is not there", f"{_NEW_MOVE} {_POSTING} (900001, 900002, 1, '')",
           "posting_refers_to_ledger_account", "posting"),
    Attack("a ledger account taken away", "DELETE FROM ledger_account WHERE kind = 'own'",
           "ledger_account_append_only", "ledger_account"),
    Attack("a posting of nothing", f"{_NEW_MOVE} {_POSTING} (900001, {_AN_ACCOUNT}, 0, ''), "
           f"(900001, {_ANOTHER}, 0, ''); {_SEAL}", "posting_moves_money", "posting"),
    Attack("one movement twice", "INSERT INTO journal_entry (kind, booked_on, key, reason, made_at) SELECT kind, "
           f"booked_on, key, reason, made_at FROM journal_entry WHERE id = {_A_MOVE}", "journal_entry_key_key",
           "journal_entry", ("I-4",)),
    Attack("one ledger account twice", "INSERT INTO ledger_account (kind) VALUES ('suspense')", "ledger_account_once",
           "ledger_account"),
    Attack("another day for a movement", f"UPDATE journal_entry SET booked_on = '2020-01-01' WHERE id = {_A_MOVE}",
           "journal_entry_append_only", "journal_entry"),
    Attack("an entry of another amount", "UPDATE entry SET amount = amount + 1 WHERE id = (SELECT min(id) FROM entry)",
           "entry_append_only", "entry", ("I-9", "I-11")),
    Attack("an entry twice", f"INSERT INTO entry ({_ENTRY_COLUMNS}) SELECT {_ENTRY_COLUMNS} FROM entry ORDER BY id "
           "LIMIT 1", "an_entry_once", "entry", ("I-9", "I-11")),
    Attack("a day twice", "INSERT INTO statement_day (bank_account_id, statement_id, day, part, opening, closing, "
           "entries) SELECT bank_account_id, statement_id, day, part, opening, closing, entries FROM statement_day "
           "ORDER BY id LIMIT 1", "a_day_part_once", "statement_day", ("I-9",)),
    Attack("another closing balance", "UPDATE statement_day SET closing = closing + 1 WHERE id = (SELECT max(id) FROM "
           "statement_day)", "statement_day_append_only", "statement_day", ("I-2", "I-9")),
    Attack("a statement taken away", "DELETE FROM statement_day", "statement_day_append_only", "statement_day",
           ("I-9",)),
    Attack("other bytes of a statement", "UPDATE statement_file SET content = content || '\\x00'",
           "statement_file_append_only", "statement_file", ("I-13",)),
    Attack("another decision", "UPDATE allocation SET amount = amount + 1", "allocation_append_only", "allocation",
           ("I-14",)),
    Attack("another agreed amount", "UPDATE agreement_amount SET amount = amount + 1", "agreement_amount_append_only",
           "agreement_amount"),
    Attack("another event", f"UPDATE audit_event SET body = 'x' WHERE id = {_AN_EVENT}",
           "audit_event_append_only", "audit_event", ("I-31",)),
    Attack("an event taken away", f"DELETE FROM audit_event WHERE id = {_AN_EVENT}",
           "audit_event_append_only", "audit_event", ("I-31",)),
    Attack("a booked order paid again", f"UPDATE payment_order SET state = 'released' WHERE id = {_A_CHARGE}",
           "payment_order_keep", "payment_order", ("I-25",)),
    Attack("another day in a batch", f"UPDATE payment_order SET execute_on = '2027-01-04' WHERE id = {_A_CHARGE}",
           "payment_order_in_its_batch", "payment_order", ("I-18",)),
    Attack("one more order in a released batch", "UPDATE payment_order SET state = 'batched', batch_id = (SELECT "
           "min(id) FROM payment_batch) WHERE id = (SELECT max(id) FROM payment_order WHERE state = 'planned')",
           "payment_order_in_its_batch", "payment_order", ("I-18", "I-24")),
    Attack("another amount in a batch", f"UPDATE payment_order SET amount = amount + 1 WHERE id = {_A_CHARGE}",
           "payment_order_keep", "payment_order", ("I-18", "I-24")),
    Attack("another account in a batch", f"UPDATE payment_order SET iban = 'NL00TEST0000000000' WHERE id = {_A_CHARGE}",
           "payment_order_keep", "payment_order", ("I-18",)),
    Attack("an order that begins in the middle", _insert_order(
           "released", batch_id="(SELECT min(id) FROM payment_batch)", due_on=_LONG_AGO),
           "payment_order_keep", "payment_order", ("I-24", "I-25")),
    Attack("an order taken away", "DELETE FROM payment_order WHERE id = (SELECT max(id) FROM payment_order WHERE "
           "batch_id IS NULL)", "payment_order_stays", "payment_order"),
    Attack("a due date paid twice", _insert_order(), "a_due_date_paid_once", "payment_order", ("I-16",)),
    Attack("one attempt twice", f"{_insert_order(attempt='1', due_on=_LONG_AGO)}; UPDATE payment_order SET state = "
           "'cancelled', reason = 'x' WHERE end_to_end_id = 'COPY';"
           + _insert_order(attempt="1", due_on=_LONG_AGO, end_to_end_id="'COPY 2'"), "an_attempt_once",
           "payment_order"),
    Attack("one end-to-end id twice", _insert_order(end_to_end_id="end_to_end_id", due_on=_LONG_AGO),
           "payment_order_end_to_end_id_key", "payment_order"),
    Attack("other bytes of a payment file", "UPDATE payment_batch SET content = '\\x00' WHERE content IS NOT NULL",
           "payment_batch_keep", "payment_batch", ("I-19",)),
    Attack("another total of a batch", "UPDATE payment_batch SET total = total + 1", "payment_batch_keep",
           "payment_batch", ("I-24",)),
    Attack("an approval of other content", "UPDATE approval SET digest = 'x'", "approval_append_only", "approval",
           ("I-17",)),
    Attack("an approval by the assembler's other account", 'INSERT INTO "user" (username, full_name, person_number, '
           "email, password, is_active) SELECT 'other', '', person_number, '', '', true FROM \"user\" WHERE id = "
           "(SELECT assembled_by_id FROM approval); "
           "UPDATE approval SET approved_by_id = (SELECT max(id) FROM \"user\")",
           "approval_append_only", "approval", ("I-17",)),
    Attack("an account vouched for by who typed it", "INSERT INTO account_confirmation (account_id, how, outcome, "
           "explains, reason, said_by_id, said_on) SELECT id, 'second_person', '', '[\"x\"]', 'x', added_by_id, since "
           "FROM account ORDER BY id LIMIT 1", "account_confirmation_four_eyes", "account_confirmation", ("I-21",)),
    Attack("another outcome of a name check", "UPDATE account_confirmation SET how = 'name_check', outcome = 'match'",
           "account_confirmation_append_only", "account_confirmation"),
    Attack("another limit by one person", 'INSERT INTO limit_change ("limit", before, after, reason, proposed_by_id, '
           "confirmed_by_id, confirmed_on) SELECT 'order', 1, 2, 'x', min(id), max(id), now() FROM \"user\"",
           "limit_change_keep", "limit_change"),
    Attack("a movement in a closed month", f"{_CLOSED} {_LATE}", "journal_entry_in_an_open_month", "journal_entry",
           ("I-35",)),
    Attack("a month closed out of turn", f"{_CLOSED} {_CLOSING.format(month='2027-03-01')}", "month_closing_in_turn",
           "month_closing"),
    Attack("a closing taken away", f"{_CLOSED} DELETE FROM month_closing", "month_closing_append_only",
           "month_closing"),
    Attack("an opening by who asked for it", f"{_CLOSED} {_ASKED} INSERT INTO month_reopening (request_id, "
           "approved_on, approved_by_id) SELECT id, asked_on, asked_by_id FROM reopening_request",
           "month_reopening_four_eyes", "month_reopening"),
    Attack("an end with money left", f"{_ENDING} {_PAID_IN} {_ENDED}", "participation_end_keep", "participation_end",
           ("I-36",)),
    Attack("an end with payments underway", f"{_ENDING} {_LIVE_ORDER} {_ENDED}",
           "participation_end_without_orders", "participation_end", ("I-36",)),
    Attack("money for who has ended", f"{_ENDING} {_ENDED} {_PAID_IN}", "posting_in_a_live_purse", "posting",
           ("I-36",)),
    Attack("an order for who has ended", f"{_ENDING} {_ENDED} {_LIVE_ORDER}",
           "payment_order_of_a_live_participation", "payment_order", ("I-36",)),
    Attack("an answer of the bank changed", "UPDATE bank_answer SET status = 'ACCP'", "bank_answer_append_only",
           "bank_answer"),
)  # fmt: skip
