"""IBANs: normal form, check digits (ISO 13616, mod 97), and the form in which people read them."""

import re

# Lengths per country of the SEPA area (ISO 13616 registry); a payment elsewhere is not ours to make.
SEPA_LENGTHS = {
    "AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", re.ASCII)
# Check digits of ISO 7064 are 02 to 98: these three leave the remainders of 97, 98 and 02, so the remainder alone would
# take two pairs for one account.
NEVER_GIVEN = frozenset({"00", "01", "99"})
_LEFT_OUT = str.maketrans("", "", " \t\r\n\u00a0.-")
_DIGITS = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}


class NotAnIban(ValueError):
    """Why a text is no IBAN we can pay to: `reason` is `shape`, `check_digits`, `country` or `length`."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"not an IBAN ({reason})")
        self.text = text
        self.reason = reason


def normalise(text: str) -> str:
    """Upper case, without spaces, dots and hyphens; says nothing about validity."""
    return text.translate(_LEFT_OUT).upper()


def is_iban(text: str) -> bool:
    """Whether a normalised text has the shape and check digits of an IBAN, of any country."""
    if not _SHAPE.fullmatch(text) or text[2:4] in NEVER_GIVEN:
        return False
    return int((text[4:] + text[:4]).translate(_DIGITS)) % 97 == 1


def iban(text: str) -> str:
    """The normal form of a SEPA IBAN; raises `NotAnIban` with the exact reason."""
    plain = normalise(text)
    if not _SHAPE.fullmatch(plain):
        raise NotAnIban(text, "shape")
    if plain[:2] not in SEPA_LENGTHS:
        raise NotAnIban(text, "country")
    if len(plain) != SEPA_LENGTHS[plain[:2]]:
        raise NotAnIban(text, "length")
    if not is_iban(plain):
        raise NotAnIban(text, "check_digits")
    return plain


def is_account(written: str, plain: str) -> bool:
    """Whether what a bank wrote names our account `plain`: the IBAN itself, with its currency, or only its last digits.

    MT940 carries accounts as `NL08DEUT0319809633EUR` or as the bare number, padded or not, after a bank code or not.
    """
    text, ours = normalise(written).replace("/", ""), normalise(plain)
    if ours in {text, text.removesuffix("EUR")}:
        return True
    text = text.removesuffix("EUR")
    digits = text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0")
    return len(digits) >= 6 and digits.isdecimal() and ours[4:].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0") == digits


def in_groups(plain: str) -> str:
    """The IBAN in groups of four, as on paper."""
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def masked(plain: str) -> str:
    """First and last four characters, for screens that need not pay: `NL91 •••• 4300`."""
    return f"{plain[:4]} •••• {plain[-4:]}"
