"""SEPA creditor identifiers: two letters of the country, two check digits, three signs of the creditor's own, the
national number. In a Dutch one that number begins with the KvK number. Source: EPC262-08."""

import re

from budgeting.core.iban import NEVER_GIVEN

_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", re.ASCII)
_LEFT_OUT = str.maketrans("", "", " -.\t\u00a0")
_CHAMBER_NUMBER = 8


class NotACreditorIdentifier(ValueError):
    """`reason` is `shape` or `check_digits`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def creditor_identifier(text: str) -> str:
    """The identifier in its normal form; raises `NotACreditorIdentifier`."""
    plain = text.translate(_LEFT_OUT).upper()
    if not _SHAPE.fullmatch(plain):
        raise NotACreditorIdentifier("shape")
    # The check digits are over country and national number (ISO 7064 mod 97-10); the creditor's own signs do not count.
    digits = "".join(str(int(sign, 36)) for sign in plain[7:] + plain[:4])
    if plain[2:4] in NEVER_GIVEN or int(digits) % 97 != 1:
        raise NotACreditorIdentifier("check_digits")
    return plain


def chamber_number(identifier: str) -> str:
    """The KvK number inside a Dutch identifier; empty for one of another country or another shape."""
    national = identifier[7:]
    is_dutch = identifier.startswith("NL") and national.isdecimal() and len(national) == _CHAMBER_NUMBER + 4
    return national[:_CHAMBER_NUMBER] if is_dutch else ""
