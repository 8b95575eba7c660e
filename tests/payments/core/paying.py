"""Made-up payments for tests, and a reader of payment files that shares no code with the writer."""

import string
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import strategies as st

from payments.core.banking_days import on_or_after
from payments.core.payment_file import Payment, PaymentFile

OURS = "NL91ABNA0417164300"
LANDLORD = "NL20INGB0001234567"


def dutch_iban(number, bank="BNGH"):
    digits = "".join(str(string.ascii_uppercase.index(letter) + 10) if letter.isalpha() else letter for letter in bank)
    check = 98 - int(f"{digits}{number:010d}232100") % 97
    return f"NL{check:02d}{bank}{number:010d}"


def payment(**changes):
    usual = Payment(
        end_to_end_id="HHB0000000000000000000000001",
        execution_date=date(2026, 11, 30),
        amount=Decimal("612.34"),
        name="Woningstichting Ons Huis",
        iban=LANDLORD,
        remittance="Huur december 2026",
    )
    return replace(usual, **changes)


def payment_file(*payments, **changes):
    usual = PaymentFile(
        message_id="HHB-20261125-01",
        created_at=datetime(2026, 11, 25, 10, 30, 15, tzinfo=UTC),
        debtor_name="Gemeente Voorbeeld",
        debtor_iban=OURS,
        payments=payments or (payment(),),
    )
    return replace(usual, **changes)


def read_back(data):
    """Header and payments of a file as plain dicts of texts."""
    root = ET.fromstring(data)
    name = root.tag.partition("}")[0] + "}"

    def text(element, path):
        found = element.find("/".join(name + part for part in path.split("/")))
        return None if found is None else found.text

    initiation = root[0]
    blocks = [
        {
            "id": text(block, "PmtInfId"),
            "count": text(block, "NbOfTxs"),
            "sum": text(block, "CtrlSum"),
            "date": text(block, "ReqdExctnDt/Dt") or text(block, "ReqdExctnDt"),
            "batch_booking": text(block, "BtchBookg"),
            "debtor": (text(block, "Dbtr/Nm"), text(block, "DbtrAcct/Id/IBAN")),
            "bank": text(block, "DbtrAgt/FinInstnId/BICFI")
            or text(block, "DbtrAgt/FinInstnId/BIC")
            or text(block, "DbtrAgt/FinInstnId/Othr/Id"),
            "payments": [
                {
                    "end_to_end_id": text(one, "PmtId/EndToEndId"),
                    "amount": text(one, "Amt/InstdAmt"),
                    "name": text(one, "Cdtr/Nm"),
                    "iban": text(one, "CdtrAcct/Id/IBAN"),
                    "remittance": text(one, "RmtInf/Ustrd"),
                    "reference": text(one, "RmtInf/Strd/CdtrRefInf/Ref"),
                    "kind": text(one, "RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry/Cd"),
                    "issuer": text(one, "RmtInf/Strd/CdtrRefInf/Tp/Issr"),
                }
                for one in block.findall(name + "CdtTrfTxInf")
            ],
        }
        for block in initiation.findall(name + "PmtInf")
    ]
    header = {part: text(initiation, f"GrpHdr/{part}") for part in ("MsgId", "CreDtTm", "NbOfTxs", "CtrlSum")}
    return header, blocks


@st.composite
def files(draw):
    """Payment files of up to six payments over up to a few days, with any names and texts."""
    names = st.text(min_size=1, max_size=90).filter(lambda text: any(c in string.ascii_letters for c in text[:60]))
    references = st.sampled_from(["1234567", "5000056789012345", "12 2345 3462 2567", "RF18 5390 0754 7034"])
    told = st.one_of(
        st.just({"remittance": "", "reference": ""}),
        st.builds(lambda reference: {"remittance": "", "reference": reference}, references),
        st.builds(
            lambda remittance: {"remittance": remittance, "reference": ""},
            st.text(alphabet=string.ascii_letters + " éü&/-?:", min_size=1, max_size=140).map(lambda text: text + "1"),
        ).filter(lambda parts: len(parts["remittance"]) <= 140),
    )
    payments = draw(
        st.lists(
            st.builds(
                lambda number, day, cents, name, parts: payment(
                    iban=dutch_iban(number),
                    execution_date=on_or_after(day),
                    amount=Decimal(cents).scaleb(-2),
                    name=name,
                    **parts,
                ),
                st.integers(1, 10**9),
                st.dates(date(2026, 11, 25), date(2026, 12, 31)),
                st.integers(1, 99_999_999_999),
                names,
                told,
            ),
            min_size=1,
            max_size=6,
        )
    )
    named = tuple(replace(one, end_to_end_id=f"HHB{number:023d}") for number, one in enumerate(payments))
    return payment_file(*named, debtor_bic=draw(st.sampled_from(["", "BNGHNL2G", "ABNANL2AXXX"])))
