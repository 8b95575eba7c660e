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


def ofx(facts: list[Fact], *, xml: bool = False, own: str = OWN) -> bytes:
    """OFX 1 (values without closing tags) or 2 of one statement."""
    header = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>\n'
        if xml
        else "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
    )

    def value(name: str, text: str) -> str:
        return f"<{name}>{escape(text)}" + (f"</{name}>" if xml else "")

    rows = "".join(
        "<STMTTRN>"
        + value("TRNTYPE", "CREDIT" if fact.amount > 0 else "DEBIT")
        + value("DTPOSTED", f"{fact.day:%Y%m%d}233000[-5:EST]")
        + value("TRNAMT", str(fact.amount))
        + value("FITID", f"F{number:05d}")
        + value("NAME", fact.name)
        + "<BANKACCTTO>"
        + value("ACCTID", fact.iban)
        + "</BANKACCTTO>"
        + value("MEMO", fact.text)
        + "</STMTTRN>\n"
        for number, fact in enumerate(facts, 1)
    )
    balance = value("BALAMT", str(closing(Decimal("1000.00"), facts))) + value("DTASOF", f"{DAY:%Y%m%d}")
    body = (
        f"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>{value('CURDEF', 'EUR')}<BANKACCTFROM>{value('ACCTID', own)}"
        f"</BANKACCTFROM><BANKTRANLIST>{rows}</BANKTRANLIST><LEDGERBAL>{balance}</LEDGERBAL></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>\n"
    )
    return (header + body).encode("utf-8" if xml else "cp1252", errors="replace")


def _quoted(cells: list[str], delimiter: str) -> str:
    return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"


def dutch(amount: Decimal, *, signed: bool = False) -> str:
    """An amount as Dutch banks write it: 1.234,56."""
    text = f"{abs(amount):,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"{'-' if amount < 0 else '+'}{text}" if signed else text


def ing(facts: list[Fact], *, opening: Decimal = Decimal("1000.00"), delimiter: str = ";", own: str = OWN) -> bytes:
    """The export of ING: newest first, sign in a column of its own, balance after each row."""
    header = "Datum;Naam / Omschrijving;Rekening;Tegenrekening;Code;Af Bij;Bedrag (EUR);Mutatiesoort;Mededelingen"
    rows, balance = [], opening
    for fact in facts:
        balance += fact.amount
        text = f"Naam: {fact.name} Omschrijving: {fact.text} IBAN: {fact.iban} Kenmerk: {fact.end_to_end}"
        cells = [f"{fact.day:%Y%m%d}", fact.name, own, fact.iban, "GT", "Bij" if fact.amount > 0 else "Af"]
        cells += [dutch(fact.amount), "Online bankieren", text, dutch(balance, signed=True).lstrip("+"), ""]
        rows.append(_quoted(cells, delimiter))
    head = _quoted([*header.split(";"), "Saldo na mutatie", "Tag"], delimiter)
    return (head + "".join(reversed(rows))).encode()


def rabobank(facts: list[Fact], *, opening: Decimal = Decimal("1000.00"), own: str = OWN) -> bytes:
    """The export of Rabobank: oldest first, sign before the amount, in Windows-1252."""
    header = (
        "IBAN/BBAN,Munt,BIC,Volgnr,Datum,Rentedatum,Bedrag,Saldo na trn,Tegenrekening IBAN/BBAN,Naam tegenpartij,"
        "Naam uiteindelijke partij,Naam initiërende partij,BIC tegenpartij,Code,Batch ID,Transactiereferentie,"
        "Machtigingskenmerk,Incassant ID,Betalingskenmerk,Omschrijving-1,Omschrijving-2,Omschrijving-3,Reden retour,"
        "Oorspr bedrag,Oorspr munt,Koers"
    )
    rows, balance = [_quoted(header.split(","), ",")], opening
    for number, fact in enumerate(facts, 1):
        balance += fact.amount
        money, after = f"{fact.amount:+.2f}".replace(".", ","), f"{balance:+.2f}".replace(".", ",")
        cells = [own, "EUR", "RABONL2U", f"{number:018d}", f"{fact.day}", f"{fact.day}", money, after, fact.iban]
        cells += [
            fact.name,
            "",
            "",
            "",
            "cb",
            "",
            fact.end_to_end,
            fact.mandate,
            "",
            fact.reference,
            fact.text,
            " ",
            "",
        ]
        rows.append(_quoted([*cells, "", "", "", ""], ","))
    return "".join(rows).encode("cp1252", errors="replace")


def abn_tab(facts: list[Fact], *, opening: Decimal = Decimal("1000.00"), account: str = "417164300") -> bytes:
    """The TAB export of ABN AMRO: no header, balance before and after, everything else in one text."""
    rows, balance = [], opening
    for fact in facts:
        before, balance = balance, balance + fact.amount
        text = f"/TRTP/SEPA OVERBOEKING/IBAN/{fact.iban}/BIC/INGBNL2A/NAME/{fact.name}/REMI/{fact.text}"
        text += f"/EREF/{fact.end_to_end}"
        cells = [account, "EUR", f"{fact.day:%Y%m%d}", *(f"{one:.2f}".replace(".", ",") for one in (before, balance))]
        cells += [f"{fact.day:%Y%m%d}", f"{fact.amount:.2f}".replace(".", ","), text.replace("\t", " ")]
        rows.append("\t".join(cells) + "\r\n")
    return "".join(rows).encode()


def sns(facts: list[Fact], *, opening: Decimal = Decimal("1000.00"), own: str = OWN) -> bytes:
    """The export of SNS, ASN and RegioBank before 2026: no header, 19 columns, apostrophes as quotes."""
    rows, balance = [], opening
    for number, fact in enumerate(facts, 1):
        day = f"{fact.day:%d-%m-%Y}"
        cells = [day, own, fact.iban, fact.name.replace(",", " "), "", "", "", "EUR", f"{balance:.2f}", "EUR"]
        cells += [f"{fact.amount:.2f}", day, day, "7903", "OVB", str(number), "", f"'{fact.text}'", "3"]
        rows.append(",".join(cells) + "\n")
        balance += fact.amount
    return "".join(rows).encode()


def triodos(facts: list[Fact], *, own: str = OWN) -> bytes:
    """The export of Triodos: no header, sign in a word."""
    rows = []
    for fact in facts:
        cells = [f"{fact.day:%d-%m-%Y}", own, dutch(fact.amount), "Credit" if fact.amount > 0 else "Debet"]
        rows.append(_quoted([*cells, fact.name, fact.iban, "ET", fact.text], ","))
    return "".join(rows).encode()


def knab(facts: list[Fact], *, own: str = OWN) -> bytes:
    """The export of Knab: a title above the header, and a column without name at the end."""
    header = (
        "Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeningnummer;Tegenrekeninghouder;"
        "Valutadatum;Betaalwijze;Omschrijving;Type betaling;Machtigingsnummer;Incassant ID;Adres;Referentie;Boekdatum;"
    )
    rows = [f"KNAB EXPORT{';' * 16}\r\n{header}\r\n"]
    for number, fact in enumerate(facts, 1):
        day = f"{fact.day:%d-%m-%Y}"
        cells = [own, day, "EUR", "C" if fact.amount > 0 else "D", f"{abs(fact.amount):.2f}".replace(".", ",")]
        cells += [fact.iban, fact.name, day, "Overboeking", fact.text, "", fact.mandate, "", "", f"R{number}", day]
        rows.append(_quoted(cells, ";").replace("\r\n", ";\r\n"))
    return "".join(rows).encode()


def bunq(facts: list[Fact], *, comma: bool = True, own: str = OWN) -> bytes:
    """The export of bunq, in Dutch or English notation."""
    rows = [_quoted(["Date", "Interest Date", "Amount", "Account", "Counterparty", "Name", "Description"], ",")]
    for fact in facts:
        amount = dutch(fact.amount, signed=True).lstrip("+") if comma else f"{fact.amount:.2f}"
        rows.append(_quoted([f"{fact.day}", f"{fact.day}", amount, own, fact.iban, fact.name, fact.text], ","))
    return "".join(rows).encode()
