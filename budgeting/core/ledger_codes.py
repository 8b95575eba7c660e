"""Codes of the RGS (Referentie GrootboekSchema 3): how Dutch administrations name a ledger account for each other.

A code begins with B (balance sheet) or W (profit and loss) and goes down in steps of three signs: `BLimBanRba`.
"""

import re

CODE = re.compile(r"[BW](?:[A-Z][a-z0-9]{2}){1,5}", re.ASCII)
ACCOUNTS = ("bank", "resident", "advance", "suspense", "in_transit", "own")


class NotACode(ValueError):
    """What was given for this `key` is no code of the RGS."""

    def __init__(self, key: str) -> None:
        super().__init__(f"not a ledger code: {key}")
        self.key = key


def checked(key: str, text: str) -> str:
    """The code without spaces around it; empty for none. Raises `NotACode`."""
    code = text.strip()
    if code and not CODE.fullmatch(code):
        raise NotACode(key)
    return code
