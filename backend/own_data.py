"""All that is kept of one resident, as plain JSON: what they may ask for and take elsewhere (GDPR 15 and 20).

Every table with a resident in it is found by itself, so that a new one is told as well.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import BinaryField, Field, ForeignKey, Model

from budgeting.models import Agreement, Allocation, AuditEvent, Posting, Resident, User

# The digests of codes on letters, and the accounts of the books, whose postings are told instead.
_LEFT_OUT = frozenset({"letter_code", "help_code", "resident_key", "personal_number", "ledger_account"})


def own_data(resident: Resident) -> dict[str, Any]:
    """Every row about the resident, the oldest first, and who looked. Amounts are strings, days are ISO."""
    tables = {relation.related_model: relation.field.name for relation in _relations()}
    found = {
        str(table._meta.db_table): _rows(table._base_manager.filter(**{field: resident}).order_by("pk"))  # noqa: SLF001 - public
        for table, field in tables.items()
    }
    return {
        "resident": _row(resident),
        "household_name": resident.household.name,
        **found,
        "agreement": [_agreement(row) for row in _agreements(resident)],
        "allocation": [_entry(row) for row in _entries(resident)],
        "posting": [_posting(row) for row in _postings(resident)],
        "event": [_event(row) for row in AuditEvent.objects.filter(resident_id=resident.pk).order_by("id")],
    }


def _relations() -> list[Any]:
    relations: list[Any] = list(Resident._meta.related_objects)  # noqa: SLF001 - public
    return [one for one in relations if one.related_model._meta.db_table not in _LEFT_OUT]  # noqa: SLF001 - public


def _agreements(resident: Resident) -> Iterable[Agreement]:
    rows = Agreement.objects.filter(resident=resident).select_related("counterparty")
    return rows.prefetch_related("amounts", "pauses", "exceptions").order_by("pk")


def _agreement(row: Agreement) -> dict[str, Any]:
    return _row(row) | {
        "counterparty": row.counterparty.name,
        "amounts": _rows(row.amounts.all()),
        "pauses": _rows(row.pauses.all()),
        "exceptions": _rows(row.exceptions.all()),
    }


def _entries(resident: Resident) -> Iterable[Allocation]:
    return Allocation.objects.filter(resident=resident).select_related("entry").order_by("pk")


def _entry(row: Allocation) -> dict[str, Any]:
    names = ("booking_date", "counterparty_name", "counterparty_iban", "remittance")
    return _row(row) | {name: _plain(getattr(row.entry, name)) for name in names}


def _postings(resident: Resident) -> Iterable[Posting]:
    return Posting.objects.filter(account__resident=resident).select_related("journal_entry", "account").order_by("pk")


def _posting(row: Posting) -> dict[str, Any]:
    day, amount = row.journal_entry.booked_on.isoformat(), f"{row.amount:.2f}"
    return {"booked_on": day, "kind": row.journal_entry.kind, "account": row.account.kind, "amount": amount}


def _event(row: AuditEvent) -> dict[str, Any]:
    at = row.at.isoformat()
    return {"at": at, "by": row.actor, "what": row.action, "about": row.subject, "facts": json.loads(row.body)}


def _rows(rows: Iterable[Model]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Model) -> dict[str, Any]:
    fields = row._meta.concrete_fields  # noqa: SLF001 - public
    return {field.name: _plain(field.value_from_object(row)) for field in fields if _is_told(field)}


def _is_told(field: Field[Any, Any]) -> bool:
    """Not the colleagues who made a row, nor bytes that only we can read."""
    of_a_user = isinstance(field, ForeignKey) and field.related_model is User
    return not of_a_user and field.name != "resident" and not isinstance(field, BinaryField)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)
