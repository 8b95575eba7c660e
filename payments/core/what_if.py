"""Ways a budget could go, side by side: what is left a week, what gets short, and how that differs from now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from budgeting.core.money import CENT, ZERO
from payments.core.remainder import Lowest, Remainder, Short, remainder
from payments.core.scenario import Scenario

NOW = "now"
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way: `a_week` is what all payouts come to per week of the horizon, rounded to the cent, in euro.

    `difference` is that against now. `missing` is what the charges lack in all.
    """

    code: str
    a_week: Decimal
    difference: Decimal
    missing: Decimal
    lowest: Lowest
    short: tuple[Short, ...]
    answer: Remainder


def side_by_side(scenarios: Mapping[str, Scenario], *, days: int) -> tuple[Outcome, ...]:
    """An outcome for each scenario over the same number of days, `now` first; there must be one of that name."""
    answers = {code: remainder(scenario) for code, scenario in scenarios.items()}
    now = _a_week(answers[NOW], days)
    order: Sequence[str] = [NOW, *(code for code in answers if code != NOW)]
    return tuple(_outcome(code, answers[code], days, now) for code in order)


def _outcome(code: str, answer: Remainder, days: int, now: Decimal) -> Outcome:
    a_week = _a_week(answer, days)
    missing = sum((one.missing for one in answer.short), ZERO)
    return Outcome(code, a_week, a_week - now, missing, answer.lowest, answer.short, answer)


def _a_week(answer: Remainder, days: int) -> Decimal:
    paid = sum((payout.amount for payout in answer.payouts), ZERO)
    return (paid * _WEEK / days).quantize(CENT, ROUND_HALF_EVEN)
