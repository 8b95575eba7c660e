"""Files spoilt at random, from a seed: whatever is done to them, reading answers, and never answers with less.

`spoilt_file(seed, number)` makes one again, `read_and_judge` says what must not be of it; the short and the long run of
`tests.faults` are the same. What must hold of every spoilt file is said in `_faults`.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from budgeting.core.readers import dutch_csv, ofx, read
from budgeting.core.statement import Reading
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import DAY, Fact

LOADED = (dutch_csv, ofx)  # read once before the clock runs: they bring big packages along
# One file in so many is long, because what grows faster than the file does not show in a short one.
LONG = 200
_PIECES = (
    b"<", b">", b"&", b"</Ntry>", b"<Ntry>", b"<!DOCTYPE a>", b"<![CDATA[", b"]]>", b"<!--", b"\r\n:61:", b"\n:62F:",
    b"\n-\n", b":20:", b":86:", b"/IBAN/", b"</STMTTRN>", b"<STMTTRN>", b"</OFX>", b'"', b";", b",", b"\t", b"'", b"\0",
    b"\xff", b"\xef\xbb\xbf", b"NaN", b"-", b"1e9", b"\xe2\x80\xae", b"\n", b"\r", b"00", b".", b"\x1a", b"PK\x03\x04",
    b"Infinity", b"999999999999",
)  # fmt: skip


@dataclass(frozen=True)
class Spoilt:
    """A file as a bank would write it, and as it came; `name` (seed/number and kind) makes it again."""

    name: str
    original: bytes
    data: bytes


def spoilt_file(seed: int, number: int) -> Spoilt:
    """The file of this number: made up, and spoilt by one to four strokes."""
    one = random.Random(f"{seed}/{number}")
    kind, original = _file(one, long=number % LONG == LONG - 1)
    return Spoilt(f"{seed}/{number} {kind}", original, _spoilt(original, one))


def read_and_judge(file: Spoilt, measured: Callable[[Callable[[], Reading]], Reading]) -> tuple[str, list[str]]:
    """The worst that was said of the file, and what must not be; `measured` calls its argument."""
    try:
        reading = measured(lambda: read(file.data, on=DAY))
    except Exception as fault:
        return "broke off", [f"{type(fault).__name__}: {fault}"]
    return reading.severity, _faults(reading, file.original, file.data)


def _file(one: random.Random, *, long: bool) -> tuple[str, bytes]:
    facts = [
        Fact(
            amount=Decimal(one.randrange(-500_000, 500_000) or 1).scaleb(-2),
            name=one.choice(("Woonstichting", "J. de Vries", "Zoë & Co", "NA", "'t Hoekje")),
            text=one.choice(("huur maart", "kenmerk 123/456", "=1+1", "", "a" * 140)),
            end_to_end=f"E{one.randrange(1000)}",
            day=DAY - timedelta(one.randrange(3)),
        )
        for _ in range(one.randrange(800, 1600) if long else one.randrange(1, 6))
    ]
    kind = one.choice(sorted(_WRITERS))
    return kind, _WRITERS[kind](facts)


_WRITERS = {
    "camt02": writing.camt053,
    "camt08": lambda facts: writing.camt053(facts, version="08"),
    "mt940": writing.mt940,
    "ofx1": writing.ofx,
    "ofx2": lambda facts: writing.ofx(facts, xml=True),
    "ing": writing.ing,
    "rabobank": writing.rabobank,
    "abn": writing.abn_tab,
    "sns": writing.sns,
    "triodos": writing.triodos,
    "knab": writing.knab,
    "bunq": writing.bunq,
}


def _spoilt(data: bytes, one: random.Random) -> bytes:
    """The file after one to four strokes: a byte changed, a piece put in, cut out, doubled, moved, or cut off."""
    spoilt = bytearray(data)
    for _ in range(one.randrange(1, 5)):
        size = len(spoilt)
        if not size:
            break
        at, length = one.randrange(size), one.randrange(1, 40)
        stroke = one.randrange(7)
        if stroke == 0:
            spoilt[at] = one.randrange(256)
        elif stroke == 1:
            spoilt[at] ^= 1 << one.randrange(8)
        elif stroke == 2:
            spoilt[at:at] = one.choice(_PIECES)
        elif stroke == 3:
            del spoilt[at : at + length]
        elif stroke == 4:
            spoilt[at:at] = spoilt[at : at + length]
        elif stroke == 5:
            to = one.randrange(size)
            piece = spoilt[at : at + length]
            del spoilt[at : at + length]
            spoilt[to:to] = piece
        else:
            del spoilt[at:]
    return bytes(spoilt)


def _faults(reading: Reading, original: bytes, spoilt: bytes) -> list[str]:
    """What must not be; above all that a file passes without a remark and holds other money than was written."""
    faults = []
    if not reading.statements and not reading.problems:
        faults.append("nothing read and nothing said")
    entries = [entry for statement in reading.statements for entry in statement.entries]
    faults += [f"amount {one.amount!r}" for one in entries if one.amount.as_tuple().exponent != -2]
    faults += [f"day {one.booking_date!r}" for one in entries if type(one.booking_date) is not date]
    faults += ["NUL in text" for one in entries if "\0" in one.remittance + one.counterparty_name]
    if reading.severity in {"", "note"}:
        if any(statement.balances is not True for statement in reading.statements):
            faults.append("passes without a balance that holds")
        if spoilt != original and not _same_money(read(original, on=DAY), reading):
            faults.append("passes with other money than was written")
    return faults


def _same_money(written: Reading, reading: Reading) -> bool:
    """Whether import would book what was written, or refuse by itself.

    It refuses accounts that are not ours. An export has no end mark, and says so: there the first rows may be all. With
    one balance a row the amount at one end is not proven, and that too is said: there one may differ.
    """
    ours = {one.account for one in written.statements}
    if _moved(written) == _moved(reading) or not {one.account for one in reading.statements} <= ours:
        return True
    said = {problem.code for problem in reading.problems}
    if "end_unknown" not in said:
        return False
    rows, first = ([entry.amount for one in each.statements for entry in one.entries] for each in (written, reading))
    other = [place for place, (one, two) in enumerate(zip(rows, first, strict=False)) if one != two]
    allowed = {0, len(first) - 1} if "balance_derived" in said else set()
    return 0 < len(first) <= len(rows) and len(other) <= 1 and set(other) <= allowed


def _moved(reading: Reading) -> list[tuple[Decimal, Decimal]]:
    """What changed hands per statement: sum and closing balance. Days and names may be spoilt into other good ones."""
    return [(one.total, one.closing.amount) for one in reading.statements if one.closing is not None]
