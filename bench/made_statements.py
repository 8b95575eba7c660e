"""Made-up camt.053 files of any length, written as text: quick to make, the same for every run."""

from datetime import date, timedelta
from decimal import Decimal

IBAN = "NL69TEST0000000001"

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'
    "<BkToCstmrStmt><GrpHdr><MsgId>{id}</MsgId><CreDtTm>{day}T00:00:00</CreDtTm></GrpHdr><Stmt><Id>{id}</Id>"
    "<CreDtTm>{day}T00:00:00</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    "{opening}{closing}"
)
_BALANCE = (
    '<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Dt><Dt>{day}</Dt></Dt></Bal>"
)
_ENTRY = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt>'
    "<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{day}-{n}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
    "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E{n}</EndToEndId></Refs>"
    "<RltdPties><Dbtr><Nm>Uitkeerder {payer}</Nm></Dbtr><DbtrAcct><Id><IBAN>NL91TEST{payer:010d}</IBAN></Id></DbtrAcct>"
    "</RltdPties><RmtInf><Ustrd>Uitkering kenmerk {n}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def camt(entries: int, *, day: date, opening: Decimal = Decimal("0.00"), payers: int = 500) -> tuple[bytes, Decimal]:
    """A statement of one day that balances, and its closing balance."""
    amounts = [Decimal(1000 + n % 150000) / 100 for n in range(entries)]
    closing = opening + sum(amounts, Decimal("0.00"))
    before = _BALANCE.format(code="OPBD", amount=f"{opening:.2f}", day=day - timedelta(days=1))
    after = _BALANCE.format(code="CLBD", amount=f"{closing:.2f}", day=day)
    lines = (_ENTRY.format(amount=f"{amount:.2f}", day=day, n=n, payer=n % payers) for n, amount in enumerate(amounts))
    head = _HEAD.format(id=f"S{day:%Y%m%d}", day=day, iban=IBAN, opening=before, closing=after)
    return (head + "".join(lines) + "</Stmt></BkToCstmrStmt></Document>").encode(), closing
