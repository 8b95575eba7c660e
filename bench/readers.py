"""Reading bank files beside a floor and every importable library, in one run on the same made-up files.

Floor: a plain way in Python that pulls the same fields and checks nothing. camt: a bare lxml iterparse walk; MT940: a
line scanner; CSV: the csv module; OFX: a regular expression. Ours is `read`: recognition, every check, and the gate.
Seconds are of the processor, because machines are shared; rounds are interleaved, and each ratio is the median of the
rounds' own ratios. Memory: the peak of a process of its own over what it had before, entries taken one by one.

The floors keep for each entry what our reader finds in these files (amount, days, sides, text, references, codes; CSV
also the balance) as Decimal, date and text. `right` tells what each reader gives of 500 entries: the share of amounts,
and of names, IBANs and texts that come out whole. A rival that is faster and gives less does not read the same file.

    python -m bench.readers             prints a table
    python -m bench.readers --json      prints one JSON object
    python -m bench.readers --million   also the memory of a million entries
"""

import csv
import gc
import io
import json
import re
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Any

from lxml import etree

from bench import bank_files
from bench.rivals import bankstatementparser, mt_940, ofxparse, ofxtools, pycamt, right
from budgeting.core.readers import dutch_csv, ofx, read

ROUNDS = 5
SIZES = (1_000, 25_000)
LOADED = (dutch_csv, ofx)
# A library that would need longer on 25,000 entries, as its growth from 1,000 to 4,000 tells, is left out there.
PATIENCE = 15.0
GOALS = {"camt.053.02": 1.3, "camt.053.08": 1.3, "mt940": 1.5, "csv": 2.0}


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def camt_floor(data: bytes) -> int:
    """Walks every entry by hand and keeps what `Entry` keeps; believes everything."""
    kept, cut = [], 0
    for _, entry in etree.iterparse(
        io.BytesIO(data), events=("end",), tag="{*}Ntry", resolve_entities=False, no_network=True
    ):
        cut = cut or entry.tag.index("}") + 1
        kept.append(_camt_entry(entry, cut))
        entry.clear()
        while entry.getprevious() is not None:
            del entry.getparent()[0]
    return len(kept)


def _camt_entry(entry: Any, cut: int) -> tuple[Any, ...]:  # noqa: C901 - flat, as a floor is
    amount = sign = status = booked = valued = reference = code = information = None
    details: tuple[Any, ...] = ()
    for one in entry:
        tag = one.tag[cut:]
        if tag == "Amt":
            amount = one.text
        elif tag == "CdtDbtInd":
            sign = one.text
        elif tag == "Sts":
            status = one.text or one[0].text
        elif tag == "BookgDt":
            booked = _day(one[0].text)
        elif tag == "ValDt":
            valued = _day(one[0].text)
        elif tag == "AcctSvcrRef":
            reference = one.text
        elif tag == "AddtlNtryInf":
            information = one.text
        elif tag == "BkTxCd":
            domain, own = one
            code = (domain[0].text, domain[1][0].text, domain[1][1].text, own[0].text)
        elif tag == "NtryDtls":
            details = _camt_details(one[0], cut)
    money = Decimal(amount) if sign == "CRDT" else -Decimal(amount)
    return (money, status, booked, valued, reference, code, information, *details)


def _camt_details(details: Any, cut: int) -> tuple[Any, ...]:
    name = iban = text = end_to_end = mandate = None
    for part in details:
        tag = part.tag[cut:]
        if tag == "Refs":
            for ref in part:
                tag = ref.tag[cut:]
                if tag == "EndToEndId":
                    end_to_end = ref.text
                elif tag == "MndtId":
                    mandate = ref.text
        elif tag == "RltdPties":
            for party in part:
                if party.tag[cut:] in ("Dbtr", "Cdtr"):
                    name = party[0].text or party[0][0].text
                else:
                    iban = party[0][0].text
        elif tag == "RmtInf":
            text = part[0].text
    return name, iban, text, end_to_end, mandate


def mt940_floor(data: bytes) -> int:
    """Goes over the lines and cuts by place; believes everything."""
    kept: list[tuple[Any, ...]] = []
    head, told = "", ""
    for raw in io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"):
        line = raw.rstrip("\n")
        if line.startswith((":61:", ":62F:")):
            if head:
                kept.append(_mt940_entry(head, told))
            head, told = line, ""
        elif line.startswith(":86:"):
            told = line[4:]
        elif head:
            told += line
    return len(kept)


def _mt940_entry(head: str, told: str) -> tuple[Any, ...]:
    place = head.index("N", 15)
    money = Decimal(head[15:place].replace(",", "."))
    pieces = told.split("/")
    found = dict(zip(pieces[1::2], pieces[2::2], strict=False))
    day = _day(f"20{head[4:6]}-{head[6:8]}-{head[8:10]}")
    booked = _day(f"20{head[4:6]}-{head[10:12]}-{head[12:14]}")
    reference, _, bank_reference = head[place + 4 :].partition("//")
    return (
        money if head[14] == "C" else -money, day, booked, head[place : place + 4], reference, bank_reference,
        found.get("IBAN"), found.get("NAME"), found.get("REMI"), found.get("EREF"),
    )  # fmt: skip


def csv_floor(data: bytes) -> int:
    """The csv module and the fields of each row; believes everything."""
    kept = []
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=""), delimiter=";")
    next(rows)
    for day, name, own, iban, code, mark, amount, _, told, after, _ in rows:
        money = Decimal(amount.replace(".", "").replace(",", "."))
        balance = Decimal(after.replace(".", "").replace(",", "."))
        _, _, text = told.partition("Omschrijving: ")
        text, _, rest = text.partition(" IBAN: ")
        _, _, reference = rest.partition("Kenmerk: ")
        booked = _day(f"{day[:4]}-{day[4:6]}-{day[6:]}")
        kept.append(
            (booked, name, own, iban, code, money if mark == "Bij" else -money, text, reference.split(" ")[0], balance)
        )
    return len(kept)


_OFX_ROW = re.compile(r"<STMTTRN>(.*?)</STMTTRN>", re.DOTALL)
_OFX_FIELD = re.compile(r"<([A-Z]+)>([^<\n]*)")


def ofx_floor(data: bytes) -> int:
    """One expression for the transactions and one for their fields; believes everything."""
    kept = []
    for row in _OFX_ROW.finditer(data.decode("cp1252")):
        field = dict(_OFX_FIELD.findall(row[1]))
        day = _day(f"{field['DTPOSTED'][:4]}-{field['DTPOSTED'][4:6]}-{field['DTPOSTED'][6:8]}")
        kept.append((day, Decimal(field["TRNAMT"]), field["FITID"], field["NAME"], field["MEMO"]))
    return len(kept)


def ours(data: bytes) -> int:
    reading = read(data, on=date(2026, 4, 1))
    assert reading.severity in ("", "note", "hold"), reading.problems
    return sum(statement.lines for statement in reading.statements)


def _our_entries(data: bytes) -> list[Any]:
    entries = [entry for statement in read(data).statements for entry in statement.entries]
    return entries[::-1] if entries[0].booking_date > entries[-1].booking_date else entries


CASES: dict[str, tuple[Callable[[int], bytes], Callable[[bytes], int], dict[str, Callable[[bytes], Any]]]] = {
    "camt.053.02": (
        lambda count: bank_files.camt(count, "02"),
        camt_floor,
        {"pycamt": pycamt, "bankstatementparser": bankstatementparser(".xml", "CamtParser")},
    ),
    "camt.053.08": (
        lambda count: bank_files.camt(count, "08"),
        camt_floor,
        {"pycamt": pycamt, "bankstatementparser": bankstatementparser(".xml", "CamtParser")},
    ),
    "mt940": (
        bank_files.mt940,
        mt940_floor,
        {"mt-940": mt_940, "bankstatementparser": bankstatementparser(".sta", "Mt940Parser")},
    ),
    "ofx1": (
        lambda count: bank_files.ofx(count, xml=False),
        ofx_floor,
        {"ofxparse": ofxparse, "ofxtools": ofxtools, "bankstatementparser": bankstatementparser(".ofx", "OfxParser")},
    ),
    "ofx2": (
        lambda count: bank_files.ofx(count, xml=True),
        ofx_floor,
        {"ofxparse": ofxparse, "ofxtools": ofxtools, "bankstatementparser": bankstatementparser(".ofx", "OfxParser")},
    ),
    "csv": (bank_files.ing, csv_floor, {}),
}


def measure(*, million: bool = False) -> dict[str, Any]:
    """The figures of every case and size."""
    warnings.simplefilter("ignore")
    figures: dict[str, Any] = {"rounds": ROUNDS, "cases": {}}
    for name, (write, floor, rivals) in CASES.items():
        figures["cases"][name] = _case(name, write, floor, rivals)
    figures["memory_mb"] = _memory(million=million)
    figures["goals"] = {"times_floor": GOALS, "memory_mb": 40, "ofx": "linear"}
    return figures


def _case(name: str, write: Any, floor: Any, rivals: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    known = dict(rivals)
    for count in SIZES:
        data = write(count)
        readers = {"floor": floor, "ours": ours, **known}
        rounds, failed = _rounds(readers, data, count)
        for rival in failed:
            known.pop(rival, None)
        seconds = {reader: statistics.median(times) for reader, times in rounds.items()}
        if count < SIZES[-1]:
            slow = [one for one in known if one in seconds and _too_slow(known[one], write(4 * count), seconds[one])]
            for one in slow:
                known.pop(one)
                failed[one] = "not timed on more: too slow"
        told[str(count)] = {
            "bytes": len(data),
            "seconds": {reader: round(value, 4) for reader, value in seconds.items()},
            "times_floor": {
                reader: round(
                    statistics.median(mine / least for mine, least in zip(times, rounds["floor"], strict=True)), 2
                )
                for reader, times in rounds.items()
                if reader != "floor"
            },
            "without": failed,
        }
    small, large = (told[str(count)]["seconds"]["ours"] for count in SIZES)
    told["right"] = {}
    for reader, parse in {"ours": _our_entries, **rivals}.items():
        with suppress(Exception):  # a rival may not be importable, or do anything
            told["right"][reader] = right(parse, write(500), 500)
    told["growth"] = round((large / small) / (SIZES[1] / SIZES[0]), 2)
    if name in GOALS:
        told["goal_times_floor"] = GOALS[name]
    return told


def _too_slow(parse: Callable[[bytes], Any], data: bytes, before: float) -> bool:
    """Whether 25,000 entries would take too long, told from four times as many as took `before` seconds."""
    start = process_time()
    parse(data)
    took = process_time() - start
    growth = took / before / 4  # 1 when linear, 4 when quadratic
    return took * (SIZES[-1] / 4 / SIZES[0]) * max(1.0, growth) ** 1.3 > PATIENCE


def _rounds(
    readers: dict[str, Callable[[bytes], Any]], data: bytes, count: int
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Seconds per reader and round; and why a rival has none: not importable, or another number of entries."""
    rounds: dict[str, list[float]] = {}
    failed: dict[str, str] = {}
    for number in range(ROUNDS + 1):
        for reader, parse in readers.items():
            if reader in failed:
                continue
            gc.collect()  # what another reader left behind is not this one's to clear
            start = process_time()
            try:
                found = parse(data)
            except ImportError:
                failed[reader] = "not importable"
                continue
            except Exception as fault:  # a rival may do anything
                failed[reader] = f"{type(fault).__name__}: {str(fault)[:60]}"
                continue
            found = found if isinstance(found, int) else len(found)
            if found != count:
                failed[reader] = f"reads {found} of {count}"
            elif number:  # the first round warms up
                rounds.setdefault(reader, []).append(process_time() - start)
    return {reader: times for reader, times in rounds.items() if reader not in failed}, failed


_STREAMED = """
import re, sys
from budgeting.core.readers import stream
from budgeting.core.statement import Entry
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
before = peak()
with open(sys.argv[1], "rb") as source:
    count = sum(type(item) is Entry for item in stream(source))
print(count, peak() - before)
"""


def _memory(*, million: bool) -> dict[str, dict[str, float]]:
    """Peak memory in MB over the loaded reader, entries taken one by one from a file."""
    found: dict[str, dict[str, float]] = {}
    for name in ("camt.053.02", "camt.053.08", "mt940"):
        found[name] = {}
        for count in (1_000, 25_000, 100_000, *((1_000_000,) if million else ())):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "file"
                path.write_bytes(CASES[name][0](count))
                command = [sys.executable, "-c", _STREAMED, str(path)]
                read_count, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            assert int(read_count) == count
            found[name][str(count)] = round(float(peak), 1)
    return found


def table(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as lines."""
    for name, sizes in figures["cases"].items():
        for count in map(str, SIZES):
            one = sizes[count]
            shown = "  ".join(f"{reader} {value:.3f}s" for reader, value in one["seconds"].items())
            ratios = "  ".join(f"{reader} {value}x" for reader, value in one["times_floor"].items())
            yield f"{name:12} {count:>6}  {shown}  |  {ratios}  {one['without'] or ''}"
        for reader, shares in sizes["right"].items():
            yield f"{name:12} {reader} gives " + "  ".join(f"{what} {share:.1%}" for what, share in shares.items())
    for name, peaks in figures["memory_mb"].items():
        yield f"memory {name:12} " + "  ".join(f"{count}: {peak} MB" for count, peak in peaks.items())


if __name__ == "__main__":
    figures = measure(million="--million" in sys.argv)
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(table(figures)))
