"""Statements written as banks write them, from the same facts, so that reading can be held against what was written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from budgeting.core.money import ZERO

OWN = "NL91ABNA0417164300"
OTHER = "NL20INGB0001234567"
DAY = date(2026, 3, 5)


@dataclass(frozen=True)
class Fact:
    """One payment: signed amount, who, what for."""

    amount: Decimal
    name: str = "Energie Direct B.V."
    iban: str = OTHER
    text: str = "Termijn maart 2026 klant 00123"
    end_to_end: str = "E2E-0001"
    day: date = DAY
    mandate: str = ""
    reference: str = ""


def closing(opening: Decimal, facts: list[Fact]) -> Decimal:
    return opening + sum((fact.amount for fact in facts), ZERO)


def camt053(facts: list[Fact], *, version: str = "02", opening: Decimal = Decimal("1000.00"), own: str = OWN) -> bytes:
    """A camt.053 of one statement, shaped as .02 or, from .04 and .08, as those differ."""
    entries = "".join(_ntry(fact, int(version), number) for number, fact in enumerate(facts, 1))
    body = (
        f"<Stmt><Id>STMT-1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-03-06T01:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{own}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_bal('OPBD', opening)}{_bal('CLBD', closing(opening, facts))}{entries}</Stmt>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-06T01:00:00</CreDtTm></GrpHdr>{body}</BkToCstmrStmt></Document>"
    ).encode()


def _bal(code: str, amount: Decimal) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amt(amount)}<Dt><Dt>{DAY.isoformat()}</Dt></Dt></Bal>"
    )


def _amt(amount: Decimal) -> str:
    mark = "CRDT" if amount >= 0 else "DBIT"
    return f'<Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


def _ntry(fact: Fact, version: int, number: int) -> str:
    side, near = ("Dbtr", "Cdtr") if fact.amount > 0 else ("Cdtr", "Dbtr")
    status = "<Sts>BOOK</Sts>" if version < 8 else "<Sts><Cd>BOOK</Cd></Sts>"
    name = f"<Nm>{escape(fact.name)}</Nm>" if version < 8 else f"<Pty><Nm>{escape(fact.name)}</Nm></Pty>"
    reference = f"<Strd><CdtrRefInf><Ref>{fact.reference}</Ref></CdtrRefInf></Strd>" if fact.reference else ""
    text = f"<Ustrd>{escape(fact.text)}</Ustrd>" if fact.text else ""
    mandate = f"<MndtId>{fact.mandate}</MndtId>" if fact.mandate else ""
    day = f"<Dt>{fact.day.isoformat()}</Dt>"
    return (
        f"<Ntry>{_amt(fact.amount)}{status}<BookgDt>{day}</BookgDt><ValDt>{day}</ValDt>"
        f"<AcctSvcrRef>REF{number:06d}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
        f"<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>586</Cd><Issr>BNGBANK</Issr></Prtry></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(fact.end_to_end)}</EndToEndId>{mandate}</Refs>"
        f"<RltdPties><{side}>{name}</{side}><{side}Acct><Id><IBAN>{fact.iban}</IBAN></Id></{side}Acct>"
        f"<{near}Acct><Id><IBAN>{OWN}</IBAN></Id></{near}Acct></RltdPties>"
        f"<RmtInf>{text}{reference}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def mt940(facts: list[Fact], *, opening: Decimal = Decimal("1000.00"), own: str = OWN, end: str = "\r\n") -> bytes:
    """An MT940 of one statement with the codes of ABN AMRO, its information wrapped at 65 characters."""
    lines = ["ABNANL2A", "940", "ABNANL2A", ":20:ABN AMRO BANK NV", f":25:{own}", ":28:06401/1"]
    lines.append(f":60F:{_swift(opening)}")
    for fact in facts:
        mark = "C" if fact.amount >= 0 else "D"
        day = fact.day.strftime("%y%m%d")
        lines.append(f":61:{day}{day[2:]}{mark}{_comma(fact.amount)}N654NONREF")
        lines += _wrapped(
            f"/TRTP/SEPA OVERBOEKING/IBAN/{fact.iban}/BIC/INGBNL2A/NAME/{fact.name}/REMI/{fact.text}"
            f"/EREF/{fact.end_to_end}"
        )
    lines += [f":62F:{_swift(closing(opening, facts))}", "-", ""]
    return end.join(lines).encode()


def _wrapped(text: str) -> list[str]:
    parts = [text[start : start + 65] for start in range(0, len(text), 65)]
    return [f":86:{parts[0]}", *parts[1:]]


def _swift(amount: Decimal) -> str:
    return f"{'C' if amount >= 0 else 'D'}{DAY:%y%m%d}EUR{_comma(amount)}"


def _comma(amount: Decimal) -> str:
    return str(abs(amount)).replace(".", ",")
