"""Entries as the core wants to know them, from the rows in which they are kept."""

from budgeting.core.statement import Entry
from budgeting.models import Entry as EntryRow

_KEPT = (
    "amount", "booking_date", "value_date", "reversal", "counterparty_name", "counterparty_iban", "remittance",
    "structured_reference", "end_to_end_id", "mandate_id", "creditor_id", "batch_id", "batch_count", "bank_reference",
    "return_reason", "bank_code", "proprietary_code", "details",
)  # fmt: skip


def fact_of(row: EntryRow) -> Entry:
    """One entry, as its bank wrote it; entries are kept in euro only."""
    return Entry(**{name: getattr(row, name) for name in _KEPT})
