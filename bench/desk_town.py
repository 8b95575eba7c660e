"""A large town for `bench.desk`: a small one that lived through the real actions, each resident many times over.

Every row that belongs to a resident, and every row about such a row, is written again with keys of its own; names, days
of birth, account numbers and references differ. The bank's statements, the counterparties and the colleagues stay one
set, as in a town; payment files are made again for every thousand residents, and case workers for every hundred. Rows
are written in the order of time, as a town's life leaves them, and the tables' own checks still hold. Files came in, and
entries began to wait, on the morning after their days, and not all on the day on which the town was made.
"""

# ruff: noqa: E501, SLF001 - statements read best on one line; what the tables are is asked of the models
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import psycopg
from django.apps import apps
from django.db.models import ForeignKey, Model
from django.utils import timezone

from backend.example.chance_life import chance_script
from backend.example.chance_town import chance_town
from backend.example.desk import Desk
from backend.example.load import load_or_find
from backend.example.play import play
from backend.example.simulation import _bank
from budgeting.models import Account, AuditEvent, Household, KeptSum, LedgerAccount, User
from payments.models import Approval, PaymentBatch

SMALL, SEED, MONTHS = 20, 7, 24
STEP = 4096  # more than the times anything is written again: new key = key * STEP + which time
PER_WORKER, PER_FILE = 100 // SMALL, 1000 // SMALL
FIRST_WORKER = 1_000_000
COUNTERPARTIES = 5000
LOOKS = 50  # what colleagues looked at of one resident, beside what the small town's events tell
_OF_THE_BANK = ("statement", "statement_day", "statement_import")
_SOUNDS = "'{ba,de,fo,gu,ha,ki,lo,mu,ne,pi,ra,so,ti,vu,wa,ze,bre,dra,kli,sto,vee,hui}'::text[]"
_FIRST = (
    "'{Anna,Bram,Cora,Dirk,Elif,Fatma,Gijs,Hanna,Ivo,Jamila,Kees,Lena,Mo,Nadia,Omar,Pien,Rik,Sara,Tom,Yara}'::text[]"
)


def live(*, until: date | None = None) -> None:
    """Twenty residents live two years up to today in the database this process is in."""
    last = until or timezone.localdate()
    start = date(last.year - MONTHS // 12, last.month, 1)
    town = chance_town(SMALL, seed=SEED)
    script = chance_script(town, start, last, seed=SEED, faults=True)
    play(Desk(script, load_or_find(town, on=start)), _bank(script))


def grow(server: psycopg.Connection[Any], *, times: int) -> None:
    """Writes the residents so many times; `server` is a connection of the owner to a copy of the small town."""
    server.execute("SET synchronous_commit = off")
    server.execute("SET maintenance_work_mem = '512MB'")
    tables = _grown()
    for statement in _free(server, tables):
        server.execute(statement)
    server.execute("DELETE FROM assignment a USING assignment b WHERE a.resident_id = b.resident_id AND a.id > b.id")
    for table in ("account", "ledger_account"):
        server.execute(f"CREATE TEMP TABLE own_{table} AS SELECT * FROM {table} WHERE resident_id IS NOT NULL")
    later = list(_set_aside(server, tables))
    for table, model in tables.items():
        _write(server, table, model, tables, times)
    _beside(server, times)
    for statement in later:
        server.execute(statement)
    for table in tables:
        server.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    server.execute("VACUUM ANALYZE")


def _grown() -> dict[str, type[Model]]:
    """Tables that are written again: households, residents, events, and whatever refers to one of those."""
    models = [one for one in apps.get_models() if one not in {User, KeptSum}]
    found: set[type[Model]] = {Household, AuditEvent, *(one for one in models if one.__name__ == "JournalEntry")}
    found |= {one for one in models if one.__name__ == "Entry"}
    while more := {one for one in models if one not in found and _parents(one) & found}:
        found |= more
    return {one._meta.db_table: one for one in models if one in found}


def _parents(model: type[Model]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if isinstance(field, ForeignKey)}


def _free(server: psycopg.Connection[Any], tables: Mapping[str, Any]) -> Iterator[str]:
    """Without foreign keys and triggers: rows come in bulk, in any order, and right as they are."""
    keys = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND connamespace = %s::regnamespace"
    for table, name in server.execute(keys, ["public"]).fetchall():
        yield f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'
    for table in tables:
        yield f'ALTER TABLE "{table}" DISABLE TRIGGER USER'
        yield f'ALTER TABLE "{table}" SET UNLOGGED'


def _set_aside(server: psycopg.Connection[Any], tables: Mapping[str, Any]) -> Iterator[str]:
    """Indexes that no constraint needs are dropped, and made again after; what makes them is given."""
    found = server.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s) AND NOT indisunique AND NOT indisexclusion",
        [[*tables, *(f'"{table}"' for table in tables)]],
    ).fetchall()
    for name, made in found:
        server.execute(f"DROP INDEX {name}")
        yield made


def _write(
    server: psycopg.Connection[Any], table: str, model: type[Model], tables: Mapping[str, type[Model]], times: int
) -> None:
    """Every row of a table so many times, the first row first; rows that are nobody's stay as they are."""
    if not server.execute(f'SELECT EXISTS (SELECT FROM "{table}")').fetchone()[0]:  # type: ignore[index]
        return
    key = model._meta.pk.column
    only = "WHERE resident_id IS NOT NULL" if model in {Account, LedgerAccount} else ""
    columns = [field.column for field in model._meta.concrete_fields if not field.generated]
    values = [_value(model, column, tables) for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    server.execute(f'CREATE TEMP TABLE small AS SELECT * FROM "{table}" {only}')
    server.execute(f'DELETE FROM "{table}" {only}')
    server.execute(
        f'INSERT INTO "{table}" ({names}) OVERRIDING SYSTEM VALUE SELECT {", ".join(values)}'
        f' FROM (SELECT * FROM small ORDER BY "{key}") b, LATERAL generate_series(0, {times - 1} + (0 * b."{key}")::int) k'
    )
    server.execute("DROP TABLE small")
    if model._meta.auto_field:
        server.execute(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{key}'), {100_000 * STEP})")


def _value(model: type[Model], column: str, tables: Mapping[str, type[Model]]) -> str:
    """What stands in a column of a row that is written again."""
    told = f'b."{column}"'
    if special := _SPECIAL.get((model._meta.db_table, column)):
        return special
    field = next(one for one in model._meta.concrete_fields if one.column == column)
    related: Any = field.related_model if isinstance(field, ForeignKey) else None
    if related is PaymentBatch:
        return f"{told} * {STEP} + k / {PER_FILE}"
    if related in {Account, LedgerAccount}:
        shared = "account" if related is Account else "ledger_account"
        return f"CASE WHEN {told} IN (SELECT id FROM own_{shared}) THEN {told} * {STEP} + k ELSE {told} END"
    if field is model._meta.auto_field or (related and related._meta.db_table in tables):
        return f"{told} * {STEP} + k"
    return told


def _beside(server: psycopg.Connection[Any], times: int) -> None:
    """Colleagues, payment files, statements as large as the town, more counterparties, and who looked at whom."""
    workers, files = (times - 1) // PER_WORKER, (times - 1) // PER_FILE
    for statement in (
        (
            'INSERT INTO "user" (id, password, username, full_name, person_number, is_active, email) OVERRIDING SYSTEM VALUE'
            f" SELECT {FIRST_WORKER} + k, '!', 'worker' || k, 'Collega ' || k, 'W' || k, true, ''"
            f" FROM generate_series(0, {workers}) k"
        ),
        (
            "INSERT INTO role_grant (user_id, role, valid_from)"
            f" SELECT {FIRST_WORKER} + k, 'case_worker', '2020-01-01' FROM generate_series(0, {workers}) k"
        ),
        *_again(PaymentBatch, files),
        *_again(Approval, files),
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in _OF_THE_BANK),
        f"UPDATE statement SET opening = opening * {times}, closing = closing * {times}",
        f"UPDATE statement_day SET opening = opening * {times}, closing = closing * {times}, entries = entries * {times}",
        f'UPDATE statement_import SET entries = entries * {times}, "new" = "new" * {times}',
        (
            "UPDATE statement_import i SET tried_at = (SELECT max(s.closing_on) + 1 + time '07:00' FROM statement s"
            " WHERE s.imported_by_id = i.id) WHERE EXISTS (SELECT FROM statement s WHERE s.imported_by_id = i.id)"
        ),
        (
            "UPDATE waiting_entry w SET opened_at = i.tried_at FROM entry e, statement s, statement_import i"
            " WHERE e.id = w.entry_id AND s.id = e.statement_id AND i.id = s.imported_by_id"
        ),
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in _OF_THE_BANK),
        (
            "INSERT INTO counterparty (name, kvk_number)"
            f" SELECT initcap(({_SOUNDS})[1 + k % 22] || ({_SOUNDS})[1 + k / 22 % 22] || ({_SOUNDS})[1 + k / 484 % 22])"
            f" || ' B.V.', '' FROM generate_series(1, {COUNTERPARTIES}) k"
        ),
        (
            "INSERT INTO account (iban, name, counterparty_id, since, name_check)"
            " SELECT 'NL02TEST' || lpad((9000000000 + id)::text, 10, '0'), name, id, '2024-01-01', 'none'"
            " FROM counterparty WHERE name LIKE '%% B.V.'"
        ),
        (
            "INSERT INTO audit_event (at, actor, action, subject, resident_id, body, previous, hash)"
            " SELECT now() - n * interval '7 days', 'worker' || r.id % 100, 'looked', 'resident:' || r.id, r.id,"
            ' \'{"page":"file"}\', sha256(int8send(r.id * 100 + n)), sha256(int8send(-r.id * 100 - n))'
            f" FROM generate_series({LOOKS}, 1, -1) n, resident r"
        ),
    ):
        server.execute(statement)


def _again(model: type[Model], files: int) -> Iterator[str]:
    """A file and its approval for every thousand residents."""
    table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
    special = {
        "id": f"b.id * {STEP} + k",
        "batch_id": f"b.batch_id * {STEP} + k",
        "message_id": "left(md5(b.message_id || k), 30)",
        "count": f"b.count * {PER_FILE}",
        "total": f"b.total * {PER_FILE}",
    }
    values = [special.get(column, f'b."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    yield f"ALTER TABLE {table} DISABLE TRIGGER USER"
    yield f"CREATE TEMP TABLE small_{table} AS SELECT * FROM {table}"
    yield f"DELETE FROM {table}"
    yield (
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {', '.join(values)}"
        f" FROM (SELECT * FROM small_{table} ORDER BY id) b, LATERAL generate_series(0, {files} + (0 * b.id)::int) k"
    )
    yield f"ALTER TABLE {table} ENABLE TRIGGER USER"


_OF_ITS_OWN = "CASE WHEN b.end_to_end_id = '' OR k = 0 THEN b.end_to_end_id ELSE md5(b.end_to_end_id || k) END"
_IBAN = "left({0}, 8) || lpad(((right({0}, 10)::bigint * 4099 + k) % 10000000000)::text, 10, '0')"
_SPECIAL = {
    ("resident", "number"): "'R' || lpad((rank() OVER (ORDER BY b.id, k))::text, 6, '0')",
    ("resident", "first_names"): f"({_FIRST})[1 + (b.id * 7 + k * 13) % 20]",
    ("resident", "last_name"): (
        f"initcap(({_SOUNDS})[1 + (b.id * 5 + k) % 22] || ({_SOUNDS})[1 + (b.id + k / 22) % 22]"
        f" || ({_SOUNDS})[1 + (b.id * 3 + k / 7) % 22] || 'r')"
    ),
    ("resident", "birth_date"): "b.birth_date - (k * 37) % 9000",
    ("resident", "user_id"): "NULL",
    ("account", "iban"): _IBAN.format("b.iban"),
    ("journal_entry", "key"): "b.key || ':' || k",
    ("posting", "end_to_end_id"): _OF_ITS_OWN,
    ("payment_order", "end_to_end_id"): _OF_ITS_OWN,
    ("payment_order", "iban"): f"CASE WHEN b.kind = 'remainder' THEN {_IBAN.format('b.iban')} ELSE b.iban END",
    ("entry", "end_to_end_id"): _OF_ITS_OWN,
    ("entry", "n"): f"b.n * {STEP} + k",
    ("entry", "counterparty_iban"): (
        "CASE WHEN b.counterparty_iban IN (SELECT iban FROM own_account)"
        f" THEN {_IBAN.format('b.counterparty_iban')} ELSE b.counterparty_iban END"
    ),
    ("waiting_entry", "suggestions"): (
        "(SELECT coalesce(jsonb_agg(CASE WHEN s ? 'agreement' THEN jsonb_set(s, '{agreement}',"
        f" to_jsonb((s->>'agreement')::bigint * {STEP} + k)) ELSE s END), '[]') FROM jsonb_array_elements(b.suggestions) s)"
    ),
    ("audit_event", "subject"): (
        f"CASE WHEN b.subject ~ '^resident:[0-9]+$' THEN 'resident:' || (substr(b.subject, 10)::bigint * {STEP} + k)"
        " ELSE b.subject END"
    ),
    ("audit_event", "resident_id"): f"b.resident_id * {STEP} + k",
    ("audit_event", "previous"): "CASE WHEN k = 0 THEN b.previous ELSE sha256(b.previous || int4send(k)) END",
    ("audit_event", "hash"): "CASE WHEN k = 0 THEN b.hash ELSE sha256(b.hash || int4send(k)) END",
    ("assignment", "case_worker_id"): f"{FIRST_WORKER} + k / {PER_WORKER}",
}
