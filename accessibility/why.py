"""Gathers why the next payout is its amount: what the plan wrote beside the order when it was made."""

from collections.abc import Mapping
from datetime import date

from accessibility.facts import Counting, DoesNotAddUp, Payout, WhyFacts
from accessibility.known import help_of_town
from accessibility.words import CATEGORIES
from budgeting.core.money import amount
from budgeting.models import Resident
from payments.models import PaymentOrder


class NoPayout(LookupError):
    """There is no coming payout to explain."""


def why_facts_of(resident: Resident, *, on: date) -> WhyFacts:
    """The reasons of the next payout that is planned or in a batch; raises `NoPayout`."""
    rows = PaymentOrder.objects.filter(resident=resident, kind="remainder", execute_on__gte=on)
    coming = rows.filter(state__in=["planned", "batched", "released"]).order_by("execute_on", "pk")
    order = coming.values("amount", "execute_on", "explanation").first()
    if order is None:
        raise NoPayout
    written = order["explanation"]
    because = str(written.get("name", ""))
    return WhyFacts(
        language=resident.language,
        on=on,
        payout=Payout(order["amount"], order["execute_on"]),
        help=help_of_town(),
        binding_day=date.fromisoformat(written["because"]) if written.get("because") else None,
        because=because if f"category.{because}" in CATEGORIES else "",
        counting=_counting(written),
        asked="extra" in written,
        fixed=resident.fixed_payout is not None and resident.fixed_payout == order["amount"],
    )


_SUM = ("held", "income", "to_pay", "buffer", "shared")


def _counting(written: Mapping[str, object]) -> Counting | None:
    """The sum as the plan wrote it; a sum that is not all there, or does not add up, is not told."""
    if not {*_SUM, "times"} <= written.keys():
        return None
    held, income, to_pay, buffer, shared = (amount(str(written[name])) for name in _SUM)
    try:
        return Counting(held, income, to_pay, buffer, shared, int(str(written["times"])))
    except DoesNotAddUp:
        return None
