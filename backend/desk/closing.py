"""The months of the books: which can be closed now, what is still open of it, and those that are closed."""

from dataclasses import dataclass
from datetime import date

from budgeting.actions.closing import OpenItems, next_month, open_items, standing
from budgeting.core.closing import is_over, month_after
from budgeting.models import MonthClosing
from payments.models import PaymentOrder

MOST = 24


@dataclass(frozen=True, slots=True)
class MonthsTold:
    """`items` is what is open of the next month (None: nothing was booked yet); `held` orders were due in it."""

    items: OpenItems | None
    can_close: bool
    held: int
    latest: MonthClosing | None
    closings: list[MonthClosing]


def months_told(*, on: date) -> MonthsTold:
    """All of the page; the open items are added up from the books."""
    latest = standing().select_related("request__asked_by").order_by("-month").first()
    month = month_after(latest.month) if latest else next_month()
    items = open_items(month) if month else None
    rows = MonthClosing.objects.select_related("closed_by", "request__asked_by", "request__reopening__approved_by")
    return MonthsTold(
        items=items,
        can_close=items is not None and is_over(items.month, on=on) and items.ties_out,
        held=_held(month_after(month)) if month else 0,
        latest=latest,
        closings=list(rows.order_by("-month", "-turn")[:MOST]),
    )


def _held(end: date) -> int:
    return PaymentOrder.objects.filter(state__in=["planned", "held", "batched"], execute_on__lt=end).count()
