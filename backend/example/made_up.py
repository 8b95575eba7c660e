"""Numbers that look right and cannot exist: IBANs of a bank that is none, phone numbers nobody is given.

The IBANs pass the check digits (mod 97), so that they travel through every format, but their bank code is given to no
bank and their account number fails the eleven-test that every old Dutch account number passes. Phone numbers start with
06-0000, postcodes with 0000: neither is given out.
"""

from payments.core.payment_reference import check_digit

BANK_CODE = "NEPB"


def made_up_iban(serial: int) -> str:
    """The Dutch-looking IBAN with this serial number (1 to 99,999,999); the same serial gives the same IBAN."""
    if not 0 < serial < 100_000_000:
        raise ValueError(serial)
    account = _failing_eleven_test(serial)
    rest = int("".join(str(int(letter, 36)) for letter in f"{BANK_CODE}{account}NL00")) % 97
    return f"NL{98 - rest:02d}{BANK_CODE}{account}"


def passes_eleven_test(account: str) -> bool:
    """Whether ten digits could once have been a Dutch account number."""
    return sum(int(digit) * weight for digit, weight in zip(account, range(10, 0, -1), strict=True)) % 11 == 0


def made_up_phone(serial: int) -> str:
    """A mobile number in the range 06-0000, which is given to nobody; after ten thousand they begin again."""
    return f"06-0000{serial % 10_000:04d}"


def payment_reference(serial: int) -> str:
    """A Dutch betalingskenmerk of sixteen digits, whose first digit checks the other fifteen."""
    number = f"{serial:015d}"
    return f"{check_digit(number)}{number}"


def _failing_eleven_test(serial: int) -> str:
    account = f"00{serial:08d}"
    # With 1 for the first 0 the weighted sum moves by ten, so that it cannot be a multiple of eleven as well.
    return f"1{account[1:]}" if passes_eleven_test(account) else account
