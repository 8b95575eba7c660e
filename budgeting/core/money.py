"""Money: exact decimals with two digits after the point, made in one place.

An amount is a `Decimal` with exponent -2, in euro, within `LIMIT` either way. Nothing here rounds silently: a text or
number that is not exactly such an amount raises `NotAnAmount`.
"""

import re
from decimal import Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# A thousand million euro: far above any town's account, far below where twelve digits overflow.
LIMIT = Decimal("1000000000.00")

_PLAIN = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,2})?", re.ASCII)


class NotAnAmount(ValueError):
    """The value is not an exact amount in euro and cents; it is kept in `value` as it was read."""

    def __init__(self, value: object) -> None:
        super().__init__(f"not an amount: {value!r}")
        self.value = value


def amount(value: str | int | Decimal) -> Decimal:
    """The amount that `value` writes with a decimal point and at most two decimals; never a float."""
    if type(value) is Decimal and value.same_quantum(CENT) and -LIMIT < value < LIMIT:  # nearly all: it is one already
        return value + ZERO
    text = value if type(value) is str else _written(value)
    if not _PLAIN.fullmatch(text):
        raise NotAnAmount(value)
    exact = Decimal(text).quantize(CENT) + ZERO  # adding zero turns -0.00 into 0.00
    if abs(exact) >= LIMIT:
        raise NotAnAmount(value)
    return exact


def _written(value: object) -> str:
    if type(value) is int or (type(value) is Decimal and value.is_finite()):
        return f"{value:f}" if type(value) is Decimal else str(value)
    raise NotAnAmount(value)


def from_cents(cents: int) -> Decimal:
    """The amount of a whole number of cents."""
    if type(cents) is not int:
        raise NotAnAmount(cents)
    return amount(Decimal(cents).scaleb(-2))


def to_cents(value: Decimal) -> int:
    """The whole number of cents of an exact amount; refuses a value with fractions of a cent."""
    return int(amount(value).scaleb(2))
