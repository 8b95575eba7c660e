"""Made-up bank files of any length in four formats, written as text from the same payments, the same in every run."""

import random
from collections.abc import Iterator

OWN = "NL91ABNA0417164300"
NAMES = (
    "Woningstichting De Haven",
    "Zorgverzekeraar U.A.",
    "Gemeente Voorbeeldstad",
    "J. de Vries-Jansen",
    "Water N.V.",
)
OPENING = 1_000_000_00


def payments(count: int, seed: int = 7) -> Iterator[tuple[int, str, str, str, str, int]]:
    """Signed cents, name, IBAN (valid), text, end-to-end id, day of March."""
    rng = random.Random(seed)
    ibans = [_iban(number) for number in range(300)]
    for number in range(count):
        cents = rng.randrange(100, 250_000) * rng.choice((1, -1))
        text = (
            f"Kenmerk {rng.randrange(10**9):09d} termijn maart 2026 klant {rng.randrange(10**6):06d} dossier {number}"
        )
        day = 1 + number * 28 // count
        yield cents, rng.choice(NAMES), rng.choice(ibans), text, f"E2E{rng.randrange(10**12):012d}", day


def _iban(number: int) -> str:
    account = f"INGB{number:010d}"
    digits = "".join(str(int(letter, 36)) for letter in f"{account}NL00")
    return f"NL{98 - int(digits) % 97:02d}{account}"


def money(cents: int, sign: str = ".") -> str:
    return f"{abs(cents) // 100}{sign}{abs(cents) % 100:02d}"


def camt(count: int, version: str = "02") -> bytes:
    """A camt.053 without white space; from .08 with the codes and parties of that version."""
    rows, total = [], OPENING
    status = "<Sts>BOOK</Sts>" if int(version) < 8 else "<Sts><Cd>BOOK</Cd></Sts>"
    open_name, close_name = ("<Nm>", "</Nm>") if int(version) < 8 else ("<Pty><Nm>", "</Nm></Pty>")
    bic = "BIC" if int(version) < 8 else "BICFI"
    for number, (cents, name, iban, text, end_to_end, day) in enumerate(payments(count)):
        total += cents
        mark, side, bank = ("CRDT", "Dbtr", "DbtrAgt") if cents > 0 else ("DBIT", "Cdtr", "CdtrAgt")
        amount = f'<Amt Ccy="EUR">{money(cents)}</Amt>'
        one = (
            f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
            if int(version) < 8
            else f"{amount}<CdtDbtInd>{mark}</CdtDbtInd>"
        )
        code = (
            "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
            "<Prtry><Cd>586</Cd><Issr>BNGBANK</Issr></Prtry></BkTxCd>"
        )
        rows.append(
            f"<Ntry>{amount}<CdtDbtInd>{mark}</CdtDbtInd>{status}<BookgDt><Dt>2026-03-{day:02d}</Dt></BookgDt>"
            f"<ValDt><Dt>2026-03-{day:02d}</Dt></ValDt><AcctSvcrRef>26064A{number:08d}</AcctSvcrRef>{code}<NtryDtls>"
            f"<TxDtls><Refs><InstrId>I{number}</InstrId><EndToEndId>{end_to_end}</EndToEndId></Refs>{one}{code}"
            f"<RltdPties><{side}>{open_name}{name}{close_name}</{side}><{side}Acct><Id><IBAN>{iban}</IBAN></Id></{side}Acct>"
            f"</RltdPties><RltdAgts><{bank}><FinInstnId><{bic}>INGBNL2A</{bic}></FinInstnId></{bank}></RltdAgts>"
            f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>"
            f"<AddtlNtryInf>/TRTP/SEPA OVERBOEKING/IBAN/{iban}/NAME/{name}/REMI/{text}</AddtlNtryInf></Ntry>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        "<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-29T01:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>"
        "<ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-03-29T01:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{_balance('OPBD', OPENING)}{_balance('CLBD', total)}"
        f"{''.join(rows)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, cents: int) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{money(cents)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>2026-03-28</Dt></Dt></Bal>"
    )


def mt940(count: int) -> bytes:
    """An MT940 as ABN AMRO codes it, information wrapped at 65 characters."""
    lines, total = (
        [":20:ABN AMRO BANK NV", f":25:{OWN}", ":28:06401/1", f":60F:C260228EUR{money(OPENING, ',')}"],
        OPENING,
    )
    for number, (cents, name, iban, text, end_to_end, day) in enumerate(payments(count)):
        total += cents
        lines.append(
            f":61:2603{day:02d}03{day:02d}{'C' if cents > 0 else 'D'}{money(cents, ',')}N654NONREF//26064A{number:08d}"
        )
        told = f"/TRTP/SEPA OVERBOEKING/IBAN/{iban}/BIC/INGBNL2A/NAME/{name}/REMI/{text}/EREF/{end_to_end}"
        lines += [f":86:{told[:65]}", *(told[start : start + 65] for start in range(65, len(told), 65))]
    closing = f":62F:{'C' if total >= 0 else 'D'}260328EUR{money(total, ',')}"
    return "\r\n".join([*lines, closing, "-", ""]).encode()


def ofx(count: int, *, xml: bool) -> bytes:
    """OFX 1 (no closing tags on values) or 2."""

    def value(name: str, text: str) -> str:
        return f"<{name}>{text}</{name}>" if xml else f"<{name}>{text}\n"

    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
        if xml
        else "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"
        "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
    )
    rows = "".join(
        "<STMTTRN>"
        + value("TRNTYPE", "CREDIT" if cents > 0 else "DEBIT")
        + value("DTPOSTED", f"202603{day:02d}120000")
        + value("TRNAMT", f"{'-' if cents < 0 else ''}{money(cents)}")
        + value("FITID", f"F{number:08d}")
        + value("NAME", name)
        + value("MEMO", text)
        + "</STMTTRN>\n"
        for number, (cents, name, _, text, _, day) in enumerate(payments(count))
    )
    holder = value("BANKID", "ABNA") + value("ACCTID", OWN) + value("ACCTTYPE", "CHECKING")
    account = f"{value('CURDEF', 'EUR')}<BANKACCTFROM>{holder}"
    listed = (
        f"</BANKACCTFROM><BANKTRANLIST>{value('DTSTART', '20260301')}{value('DTEND', '20260328')}{rows}</BANKTRANLIST>"
    )
    balance = f"<LEDGERBAL>{value('BALAMT', '1.00')}{value('DTASOF', '20260328')}</LEDGERBAL>"
    status = f"<STATUS>{value('CODE', '0')}{value('SEVERITY', 'INFO')}</STATUS>"
    server = value("DTSERVER", "20260329") + value("LANGUAGE", "ENG")
    signon = f"<SIGNONMSGSRSV1><SONRS>{status}{server}</SONRS></SIGNONMSGSRSV1>"
    statement = f"<STMTTRNRS>{value('TRNUID', '1')}{status}<STMTRS>{account}{listed}{balance}</STMTRS></STMTTRNRS>"
    return f"{head}<OFX>{signon}<BANKMSGSRSV1>{statement}</BANKMSGSRSV1></OFX>\n".encode()


def ing(count: int) -> bytes:
    """The export of ING, newest first, with the balance after each row."""
    columns = (
        "Datum", "Naam / Omschrijving", "Rekening", "Tegenrekening", "Code", "Af Bij", "Bedrag (EUR)", "Mutatiesoort",
        "Mededelingen", "Saldo na mutatie", "Tag",
    )  # fmt: skip
    rows, total = [], OPENING
    for cents, name, iban, text, end_to_end, day in payments(count):
        total += cents
        told = f"Naam: {name} Omschrijving: {text} IBAN: {iban} Kenmerk: {end_to_end} Valutadatum: {day:02d}-03-2026"
        after = f"{'-' if total < 0 else ''}{money(total, ',')}"
        cells = (
            f"202603{day:02d}",
            name,
            OWN,
            iban,
            "OV",
            "Bij" if cents > 0 else "Af",
            money(cents, ","),
            "Overschrijving",
            told,
            after,
            "",
        )
        rows.append(";".join(f'"{cell}"' for cell in cells))
    return "\r\n".join([";".join(f'"{column}"' for column in columns), *reversed(rows), ""]).encode()
