"""Finds the other side of an agreement among those we know."""

from backend.desk.directory import standing
from budgeting.models import Account, Agreement

MOST_NAMES = 500


def known_account(*, name: str, iban: str) -> Account | None:
    """The account in use with this number, else the one of the only counterparty with this name; or None."""
    rows = Account.objects.filter(counterparty__isnull=False, until=None).select_related("counterparty")
    if iban:
        return rows.filter(iban=iban).order_by("pk").first()
    found = list(rows.filter(counterparty__name__iexact=name.strip())[:2])
    return found[0] if len(found) == 1 else None


def names() -> list[str]:
    """Names to choose from while typing."""
    return list(standing().order_by("name").values_list("name", flat=True).distinct()[:MOST_NAMES])


def usual_category(counterparty: int | None, direction: str) -> str:
    """What every agreement with this other side is for, when that is one thing; else nothing. Names no resident."""
    rows = Agreement.objects.filter(counterparty=counterparty, direction=direction).order_by()
    found = list(rows.values_list("category", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else ""
