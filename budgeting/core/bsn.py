"""The number of the state (BSN): nine digits as text, so that no leading zero is lost, and the eleven-test."""

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


class NotABsn(ValueError):
    """Not nine digits, or digits that no BSN has. The message never repeats what was typed."""

    def __init__(self) -> None:
        super().__init__("not a BSN")


def bsn(text: str) -> str:
    """Nine digits; spaces and dots are forgiven. Raises `NotABsn`."""
    plain = text.replace(" ", "").replace(".", "")
    if len(plain) != 9 or not (plain.isascii() and plain.isdigit()) or plain == "0" * 9:
        raise NotABsn
    if sum(weight * int(digit) for weight, digit in zip(WEIGHTS, plain, strict=True)) % 11:
        raise NotABsn
    return plain
