"""References that a creditor prints on a bill and wants back: the Dutch betalingskenmerk and the ISO 11649 reference.

Betalingskenmerk (specification of Betaalvereniging Nederland): 7 digits without a check; 9 to 14 digits, of which the
second is the last digit of the number of digits after it; or 16 digits. But for the 7, the first is the check digit
over all that follow it.
"""

import re
from itertools import cycle

from budgeting.core.iban import NEVER_GIVEN

# From the right, repeated.
_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)
_ISO_11649 = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)
_LEFT_OUT = str.maketrans("", "", " .\u00a0")
_NUMBERS = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}


class NotAPaymentReference(ValueError):
    """Why a text is no structured reference: `reason` is `shape`, `length` or `check_digit`."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"not a payment reference ({reason})")
        self.text = text
        self.reason = reason


def payment_reference(text: str) -> str:
    """The reference that the text writes, without spaces; raises `NotAPaymentReference` with the reason."""
    plain = text.translate(_LEFT_OUT).upper()
    if plain.startswith("RF"):
        _check_international(text, plain)
    else:
        _check_dutch(text, plain)
    return plain


def issuer(plain: str) -> str:
    """Who made the rules of a checked reference, as a payment file says it: `CUR` (Dutch) or `ISO` (ISO 11649)."""
    return "ISO" if plain.startswith("RF") else "CUR"


def check_digit(digits: str) -> str:
    """The check digit over these digits: weighted sum from the right, 11 minus its rest by 11; 10 is 1 and 11 is 0."""
    total = sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(_WEIGHTS), strict=False))
    left = 11 - total % 11
    return {10: "1", 11: "0"}.get(left, str(left))


def _check_international(text: str, plain: str) -> None:
    if not _ISO_11649.fullmatch(plain):
        raise NotAPaymentReference(text, "shape")
    if plain[2:4] in NEVER_GIVEN or int((plain[4:] + plain[:4]).translate(_NUMBERS)) % 97 != 1:
        raise NotAPaymentReference(text, "check_digit")


def _check_dutch(text: str, plain: str) -> None:
    if not (plain.isascii() and plain.isdigit()):
        raise NotAPaymentReference(text, "shape")
    if len(plain) == 7:
        return
    if len(plain) not in {*range(9, 15), 16}:
        raise NotAPaymentReference(text, "length")
    if len(plain) < 16 and plain[1] != str((len(plain) - 2) % 10):
        raise NotAPaymentReference(text, "length")
    if plain[0] != check_digit(plain[1:]):
        raise NotAPaymentReference(text, "check_digit")
