"""Payment files and remainders, each beside its floor in the same run.

Files: 10,000 orders checked, written and judged by the ISO schema. Floor: a bare lxml tree of the same elements, with
no check at all, judged by the same schema and serialised. They take turns; the ratio is the middle one of the turns.
Remainders: eight weeks of weekly payouts for 100,000 residents on one core, from plain values to payouts with their
reasons. Floor: the level of each of the 56 days and the lowest one ahead, summed in Python and nothing more.

    python -m bench.payments            prints a table
    python -m bench.payments --json     prints one JSON object
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from lxml import etree

from payments.core import pain001
from payments.core.payment_file import Payment, PaymentFile
from payments.core.remainder import remainder
from payments.core.scenario import Charge, Income, Scenario
from tests.payments.core.paying import dutch_iban

ORDERS, TURNS = 10_000, 7
RESIDENTS = 100_000
FILE_GOAL, REMAINDER_GOAL = 1.5, 60.0
ON = date(2026, 11, 25)
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
ELEMENTS = """
    Document CstmrCdtTrfInitn GrpHdr MsgId CreDtTm NbOfTxs CtrlSum InitgPty Nm PmtInf PmtInfId PmtMtd BtchBookg PmtTpInf
    SvcLvl Cd ReqdExctnDt Dt Dbtr DbtrAcct Id IBAN DbtrAgt FinInstnId Othr ChrgBr CdtTrfTxInf PmtId EndToEndId Amt
    InstdAmt Cdtr CdtrAcct RmtInf Ustrd Strd CdtrRefInf Tp CdOrPrtry Issr Ref
"""
TAG = {name: f"{{{NAMESPACE}}}{name}" for name in ELEMENTS.split()}


def seconds(work: Callable[[], object]) -> float:
    """How long the work took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def orders() -> PaymentFile:
    """A file of 10,000 payments to 400 creditors over five days, a third of them with a betalingskenmerk."""
    days = [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)]
    payments = tuple(
        Payment(
            end_to_end_id=f"HHB{number:026d}",
            execution_date=days[number % 5],
            amount=Decimal(1_000 + number * 7 % 90_000).scaleb(-2),
            name=f"Woningstichting De Brug nr. {number % 400}" if number % 4 else f"Énergie & Zoë {number % 400}",
            iban=dutch_iban(1_000 + number % 400),
            remittance="" if number % 3 == 0 else f"Huur december 2026 contract {number}",
            reference="5000056789012345" if number % 3 == 0 else "",
        )
        for number in range(ORDERS)
    )
    created_at = datetime.fromisoformat("2026-11-25T09:30:00+01:00")
    return PaymentFile("HHB-20261125-BENCH", created_at, "Gemeente Voorbeeld", dutch_iban(1), payments)


def bare_file(file: PaymentFile) -> bytes:
    """The floor: the same elements as a tree, judged by the schema; no text is cleaned and nothing is checked."""
    document = etree.Element(TAG["Document"], nsmap={None: NAMESPACE})
    initiation = etree.SubElement(document, TAG["CstmrCdtTrfInitn"])
    header = etree.SubElement(initiation, TAG["GrpHdr"])
    add(header, "MsgId", file.message_id)
    add(header, "CreDtTm", file.created_at.isoformat())
    add(header, "NbOfTxs", str(len(file.payments)))
    add(header, "CtrlSum", str(sum(payment.amount for payment in file.payments)))
    add(add(header, "InitgPty"), "Nm", file.debtor_name)
    of_day: dict[date, list[Payment]] = {}
    for payment in file.payments:
        of_day.setdefault(payment.execution_date, []).append(payment)
    for number, (day, payments) in enumerate(of_day.items()):
        bare_block(add(initiation, "PmtInf"), file, f"{file.message_id}-{number}", day, payments)
    schema = pain001._schema("09")  # noqa: SLF001 - the very same schema object, or the floor would compile its own
    assert schema.validate(document), schema.error_log
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def bare_block(block: etree._Element, file: PaymentFile, block_id: str, day: date, payments: list[Payment]) -> None:
    """One day's payments."""
    add(block, "PmtInfId", block_id)
    add(block, "PmtMtd", "TRF")
    add(block, "BtchBookg", "false")
    add(block, "NbOfTxs", str(len(payments)))
    add(block, "CtrlSum", str(sum(payment.amount for payment in payments)))
    add(add(add(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    add(add(block, "ReqdExctnDt"), "Dt", day.isoformat())
    add(add(block, "Dbtr"), "Nm", file.debtor_name)
    add(add(add(block, "DbtrAcct"), "Id"), "IBAN", file.debtor_iban)
    add(add(add(add(block, "DbtrAgt"), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")
    add(block, "ChrgBr", "SLEV")
    for payment in payments:
        bare_payment(add(block, "CdtTrfTxInf"), payment)


def bare_payment(transfer: etree._Element, payment: Payment) -> None:
    """One payment."""
    add(add(transfer, "PmtId"), "EndToEndId", payment.end_to_end_id)
    add(add(transfer, "Amt"), "InstdAmt", str(payment.amount)).set("Ccy", "EUR")
    add(add(transfer, "Cdtr"), "Nm", payment.name)
    add(add(add(transfer, "CdtrAcct"), "Id"), "IBAN", payment.iban)
    if payment.remittance:
        add(add(transfer, "RmtInf"), "Ustrd", payment.remittance)
        return
    information = add(add(add(transfer, "RmtInf"), "Strd"), "CdtrRefInf")
    kind = add(information, "Tp")
    add(add(kind, "CdOrPrtry"), "Cd", "SCOR")
    add(kind, "Issr", "CUR")
    add(information, "Ref", payment.reference)


def add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    """One element; its text is set only when it has one."""
    element = etree.SubElement(parent, TAG[name])
    if text is not None:
        element.text = text
    return element


def file_figures() -> dict[str, float]:
    """Seconds of our file and of the floor, and the middle ratio of turns in which each went first as often."""
    file = orders()
    assert pain001.write(file).count(b"<CdtTrfTxInf>") == bare_file(file).count(b"<CdtTrfTxInf>") == ORDERS
    ours, floor = [], []
    for turn in range(TURNS):
        if turn % 2:
            floor.append(seconds(lambda: bare_file(file)))
        ours.append(seconds(lambda: pain001.write(file)))
        if not turn % 2:
            floor.append(seconds(lambda: bare_file(file)))
    ratio = statistics.median(mine / bare for mine, bare in zip(ours, floor, strict=True))
    return {
        "orders": ORDERS,
        "seconds": statistics.median(ours),
        "floor_seconds": statistics.median(floor),
        "ratio": ratio,
        "goal_ratio": FILE_GOAL,
    }


def household(number: int) -> Scenario:
    """Eight weeks of one made-up household: weekly payouts, three incomes and five charges a month."""
    cents = 20_000 + number * 7_919 % 90_000
    months = (0, 30)
    return Scenario(
        on=ON,
        balance=Decimal(cents).scaleb(-2),
        pay_days=tuple(ON + timedelta(2 + 7 * week) for week in range(8)),
        income=tuple(
            Income(ON + timedelta(offset + day), Decimal(part * 100 + number % 500), "cautious")
            for offset in months
            for day, part in ((3 + number % 20, 9), (25, 2), (12, 1))
        ),
        charges=tuple(
            Charge(ON + timedelta(offset + day), Decimal(part), name)
            for offset in months
            for day, part, name in (
                (6, 610, "rent"),
                (9, 140, "energy"),
                (20, 38, "water"),
                (5, 155, "health"),
                (15, 50, "arrangement"),
            )
        ),
        buffer=Decimal("25.00"),
        advance_limit=Decimal("1500.00"),
    )


def bare_levels(scenario: Scenario) -> list[Decimal]:
    """The floor: the money at the end of each day, and the lowest of all days ahead."""
    change = [Decimal(0)] * 60
    change[0] = scenario.balance - scenario.buffer
    for income in scenario.income:
        change[(income.on - scenario.on).days] += income.amount
    for charge in scenario.charges:
        change[(charge.on - scenario.on).days] -= charge.amount
    return list(accumulate(reversed(list(accumulate(change))), min))


def remainder_figures() -> dict[str, float]:
    """Seconds for all residents, from plain values to payouts with reasons, and of the floor."""
    paid = 0

    def all_residents() -> None:
        nonlocal paid
        for number in range(RESIDENTS):
            paid += any(payout.amount for payout in remainder(household(number)).payouts)

    ours = seconds(all_residents)
    assert paid > RESIDENTS // 2
    floor = seconds(lambda: [bare_levels(household(number)) for number in range(RESIDENTS // 10)]) * 10
    return {
        "residents": RESIDENTS,
        "seconds": ours,
        "goal_seconds": REMAINDER_GOAL,
        "microseconds_each": ours / RESIDENTS * 1e6,
        "floor_seconds": floor,
        "ratio": ours / floor,
    }


def main() -> int:
    """Prints the figures; exit code 0 always, a missed goal is to be seen in them."""
    figures = {"file": file_figures(), "remainder": remainder_figures()}
    rounded = {part: {name: round(value, 4) for name, value in found.items()} for part, found in figures.items()}
    if "--json" in sys.argv:
        print(json.dumps(rounded))
        return 0
    for part, found in rounded.items():
        print(part)
        for name, value in found.items():
            print(f"  {name:<20} {value:>12,}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
