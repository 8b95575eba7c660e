"""A large town for `bench.month`: a thousand residents made through the real actions, written again as often as needed.

Everybody's numbers are their own: the resident's, of accounts and phones, and those by which payers know them. Whoever
is written again has the agreements of the one they are written after, so a town of any size has the same life a head.
Nothing has happened yet when it is written: no money, no orders, no events but those of the first thousand.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from backend.engine.rights import as_owner
from backend.example.chance_town import chance_town
from backend.example.load import load
from backend.example.made_up import made_up_iban, made_up_phone, payment_reference
from backend.example.record import ExampleAgreement, ExampleHousehold, ExampleResident, ExampleTown
from budgeting.actions.bulk import copy_rows
from budgeting.models import Resident, Town

BLOCK = 1000
# In this order: what a row refers to is there before it.
_WRITTEN = (
    "user", "role_grant", "household", "resident", "assignment", "account", "account_confirmation", "agreement",
    "agreement_amount",
)  # fmt: skip
_ONLY = {
    "user": "id IN (SELECT user_id FROM resident)",
    "role_grant": "user_id IN (SELECT user_id FROM resident)",
    "account": "resident_id IS NOT NULL",
    "account_confirmation": "account_id IN (SELECT id FROM account WHERE resident_id IS NOT NULL)",
}
_SPECIAL = {
    ("user", "username"): "b.username || '-' || k.k",
    ("resident", "number"): "'R' || lpad((substr(b.number, 2)::int + w.further)::text, 6, '0')",
    ("resident", "phone"): "w.phone",
    ("account", "iban"): "w.iban",
    ("agreement", "marks"): "w.marks::text[]",
    ("agreement", "reference"): "w.reference",
}
_BESIDE = {
    "resident": "JOIN written_resident w ON w.of = b.id AND w.k = k.k",
    "account": "JOIN written_resident w ON w.of = b.resident_id AND w.k = k.k",
    "agreement": "JOIN written_agreement w ON w.of = b.id AND w.k = k.k",
}


class NotWholeThousands(ValueError):
    """A town of more than a thousand is made of whole thousands."""


def large_town(residents: int, *, seed: int) -> ExampleTown:
    """The town as its payers know it; raises `NotWholeThousands`."""
    first = chance_town(min(residents, BLOCK), seed=seed)
    if residents <= BLOCK:
        return first
    if residents % BLOCK:
        raise NotWholeThousands(residents)
    households = tuple(_again(one, k * BLOCK) for k in range(residents // BLOCK) for one in first.households)
    return replace(first, households=households, opening_balance=first.opening_balance * (residents // BLOCK))


def write_town(residents: int, *, seed: int, on: date) -> ExampleTown:
    """Writes it in the empty database this process is in; returns its first thousand."""
    first = chance_town(min(residents, BLOCK), seed=seed)
    load(first, on=on)
    if residents > BLOCK:
        assert settings.DATABASE_OWNER is not None
        with as_owner(connection, settings.DATABASE_OWNER):  # the application may make no table, not even a passing one
            _write_again(first, residents // BLOCK)
    for limit in ("batch_limit", "day_limit"):
        Town.objects.update(**{limit: Decimal(residents) * 10_000})
    return first


def _again(household: ExampleHousehold, further: int) -> ExampleHousehold:
    return replace(household, residents=tuple(_resident(one, further) for one in household.residents))


def _resident(one: ExampleResident, further: int) -> ExampleResident:
    place = int(one.key[1:]) + further
    agreements = tuple(_agreement(agreed, place, number) for number, agreed in enumerate(one.agreements, 1))
    iban, phone = made_up_iban(100_000 + 7 * place), made_up_phone(100 + place)
    return replace(one, key=f"r{place:02d}", iban=iban, phone=phone, agreements=agreements)


def _agreement(one: ExampleAgreement, place: int, number: int) -> ExampleAgreement:
    resident = f"r{place:02d}"
    mark = f"7{place:04d}{number:02d}" if one.mark else ""
    reference = payment_reference(place * 1000 + number) if one.reference else ""
    return replace(one, key=f"{resident}-{one.category}-{number}", resident=resident, mark=mark, reference=reference)


def _write_again(first: ExampleTown, times: int) -> None:
    rows = list(Resident.objects.order_by("pk"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE written_resident (of bigint, k int, further int, iban text, phone text)")
        cursor.execute("CREATE TEMP TABLE written_agreement (of bigint, k int, marks text, reference text)")
        made = {row.pk: list(row.agreements.order_by("pk").values_list("pk", flat=True)) for row in rows}
        for k in range(1, times):  # so many at a time, that memory is not that of the town
            copy_rows("written_resident", ("of", "k", "further", "iban", "phone"), _residents(first, rows, k))
            copy_rows("written_agreement", ("of", "k", "marks", "reference"), _agreements(first, made, k))
        steps = {table: _step(cursor, table) for table in _WRITTEN}
        steps["resident"] = BLOCK
        for table in _WRITTEN:
            cursor.execute(_statement(table, steps, times))
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), (SELECT max(id) FROM \"{table}\"))"
            )
        cursor.execute("DROP TABLE written_resident, written_agreement")
        cursor.execute("ANALYZE")


def _residents(first: ExampleTown, rows: list[Resident], k: int) -> Iterator[tuple[object, ...]]:
    for row, one in zip(rows, first.residents, strict=True):
        other = _resident(one, k * BLOCK)
        yield row.pk, k, k * BLOCK, other.iban, other.phone


def _agreements(first: ExampleTown, made: dict[int, list[int]], k: int) -> Iterator[tuple[object, ...]]:
    for numbers, one in zip(made.values(), first.residents, strict=True):
        for number, agreed in zip(numbers, _resident(one, k * BLOCK).agreements, strict=True):
            yield number, k, f"{{{agreed.mark}}}", agreed.reference


def _step(cursor: Any, table: str) -> int:
    """How far the keys of one writing are from those of the next."""
    cursor.execute(f'SELECT max(id) FROM "{table}"')
    return int(cursor.fetchone()[0])


def _statement(table: str, steps: dict[str, int], times: int) -> str:
    model: Any = next(one for one in apps.get_models() if one._meta.db_table == table)  # noqa: SLF001 - the documented way to columns
    fields = [field for field in model._meta.concrete_fields if not field.generated]  # noqa: SLF001
    values = [_SPECIAL.get((table, field.column)) or _value(table, field, steps) for field in fields]
    names = ", ".join(f'"{field.column}"' for field in fields)
    return (
        f'INSERT INTO "{table}" ({names}) OVERRIDING SYSTEM VALUE SELECT {", ".join(values)} FROM'
        f' (SELECT * FROM "{table}" WHERE {_ONLY.get(table, "true")}) b CROSS JOIN generate_series(1, {times - 1}) k(k)'
        f" {_BESIDE.get(table, '')} ORDER BY k.k, b.id"
    )


def _value(table: str, field: Any, steps: dict[str, int]) -> str:
    """A key, or what refers to a row that is written again, so many further; anything else as it is."""
    told, related = f'b."{field.column}"', field.related_model and field.related_model._meta.db_table  # noqa: SLF001
    if field.primary_key:
        return f"{told} + k.k * {steps[table]}"
    own = related in steps and (related not in {"user", "account"} or (table, field.column) in _OWN)
    return f"{told} + k.k * {steps[related]}" if own else told


# Users and accounts that are a resident's own; others are colleagues and companies, of whom there is one set.
_OWN = {("resident", "user_id"), ("role_grant", "user_id"), ("account_confirmation", "account_id")}
