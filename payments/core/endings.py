"""Orders of a participation that ends: which of them go although their resident was stopped."""

from collections.abc import Mapping

# Marks in an order's explanation: the last money of a participation, and a charge of who died that a person decided on.
LAST = "last"
DECIDED = "after_death"


def goes_all_the_same(explanation: Mapping[str, object]) -> bool:
    """Whether a person decided that this order goes, though its resident was stopped."""
    return LAST in explanation or DECIDED in explanation
