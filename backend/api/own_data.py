"""All that is kept of one resident, as plain JSON: what they may ask for and take elsewhere (GDPR 15 and 20)."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from budgeting.models import Account, Agreement, Alert, Allocation, AuditEvent, Resident
from payments.models import PaymentOrder

# What the database keeps for itself: who made a row, and the links that only it can follow.
_LEFT_OUT = frozenset(
    {"user", "made_by", "added_by", "decided_by", "snoozed_by", "closed_by", "resident", "explanation"}
)


def own_data(resident: Resident) -> dict[str, Any]:
    """Every row about the resident, the oldest first, and who looked. Amounts are strings, days are ISO."""
    return {
        "resident": _row(resident),
        "household": resident.household.name,
        "accounts": _rows(Account.objects.filter(resident=resident)),
        "agreements": [_agreement(row) for row in _agreements(resident)],
        "entries": [_entry(row) for row in _entries(resident)],
        "orders": _rows(PaymentOrder.objects.filter(resident=resident)),
        "alerts": _rows(Alert.objects.filter(resident=resident)),
        "events": [_event(row) for row in AuditEvent.objects.filter(resident_id=resident.pk).order_by("id")],
    }


def _agreements(resident: Resident) -> QuerySet[Agreement]:
    rows = Agreement.objects.filter(resident=resident).select_related("counterparty")
    return rows.prefetch_related("amounts", "pauses", "exceptions").order_by("pk")


def _agreement(row: Agreement) -> dict[str, Any]:
    return _row(row) | {
        "counterparty": row.counterparty.name,
        "amounts": [_row(one) for one in row.amounts.all()],
        "pauses": [_row(one) for one in row.pauses.all()],
        "exceptions": [_row(one) for one in row.exceptions.all()],
    }


def _entries(resident: Resident) -> QuerySet[Allocation]:
    return Allocation.objects.filter(resident=resident).select_related("entry").order_by("pk")


def _entry(row: Allocation) -> dict[str, Any]:
    entry = row.entry
    return _row(row) | {
        "booking_date": entry.booking_date.isoformat(),
        "counterparty_name": entry.counterparty_name,
        "counterparty_iban": entry.counterparty_iban,
        "remittance": entry.remittance,
    }


def _event(row: AuditEvent) -> dict[str, Any]:
    at = row.at.isoformat()
    return {"at": at, "by": row.actor, "what": row.action, "about": row.subject, "facts": json.loads(row.body)}


def _rows(rows: Iterable[Model]) -> list[dict[str, Any]]:
    ordered = rows.order_by("pk") if isinstance(rows, QuerySet) else rows
    return [_row(row) for row in ordered]


def _row(row: Model) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if field.name not in _LEFT_OUT]  # noqa: SLF001 - public
    return {field.name: _plain(field.value_from_object(row)) for field in fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date | datetime) else value
