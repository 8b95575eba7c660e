"""Structured payment references: the Dutch betalingskenmerk and the ISO 11649 creditor reference (RF…).

Sources: "Betalingskenmerk" of the former acceptgiro (check digit first, weights 2 4 8 5 10 9 7 3 6 1 from the right,
modulo 11); ISO 11649 (modulo 97, as an IBAN).
"""

import re

from budgeting.core.iban import NEVER_GIVEN

_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)
_CREDITOR = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)
_LETTERS = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}


def holds(digits: str) -> bool:
    """Whether sixteen digits are a betalingskenmerk: the first one is the check digit of the other fifteen."""
    if len(digits) != 16 or not (digits.isascii() and digits.isdigit()):
        return False
    total = sum(int(digit) * _WEIGHTS[place % 10] for place, digit in enumerate(reversed(digits[1:])))
    check = 11 - total % 11
    return int(digits[0]) == {11: 0, 10: 1}.get(check, check)


def is_creditor_reference(text: str) -> bool:
    """Whether a text without spaces is an ISO 11649 reference."""
    if _CREDITOR.fullmatch(text) is None or text[2:4] in NEVER_GIVEN:
        return False
    return int((text[4:] + text[:4]).translate(_LETTERS)) % 97 == 1


def structured_reference(text: str) -> str:
    """The reference that a text *is* (nothing else stands in it), without its spaces; "" when it is none."""
    if len(text) > 40 or not (text[:1].isdigit() or text[:2].upper() == "RF"):
        return ""
    plain = text.replace(" ", "").upper()
    return plain if holds(plain) or is_creditor_reference(plain) else ""
