"""What people or attackers may bring to the upload page, row by row of the list of hostile inputs, and what they read.

For each: the answer in plain Dutch, no error of the server, nothing booked, in time. What each reader does with it in
all its forms stands in `tests/budgeting/core/readers/`; what days and accounts do in `tests/budgeting/actions/`.
"""

import gzip
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from time import process_time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.models import Upload
from backend.uploads import take_in_bundle
from budgeting.models import BankAccount, Entry, StatementFile, StatementImport, WaitingEntry
from tests.backend.web.desk import ON, signed_in
from tests.backend.web.test_bank import choose, text_of
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import Fact, camt053, mt940
from tests.factories import House

FACTS = [Fact(Decimal("-100.00"), day=ON), Fact(Decimal("50.25"), day=ON)]
SECONDS = 2.0


@pytest.fixture(autouse=True)
def ours(home: House) -> House:
    BankAccount.objects.filter(pk=home.account.pk).update(iban=writing.OWN)
    return home


def camt(*changes: tuple[str, str], facts: list[Fact] | None = None) -> bytes:
    """A good camt.053 of today with pieces replaced; each piece must be there."""
    text = camt053(facts or FACTS).decode().replace("2026-03-05", ON.isoformat())
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def zipped(**files: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()


def of_mt940(*changes: tuple[bytes, bytes]) -> bytes:
    data = mt940(FACTS).replace(b":60F:C260305", b":60F:C261101").replace(b":62F:C260305", b":62F:C261102")
    for old, new in changes:
        assert old in data, old
        data = data.replace(old, new, 1)
    return data


def rabobank(old: bytes, new: bytes) -> bytes:
    data = writing.rabobank(FACTS)
    assert old in data
    return data.replace(old, new, 1)


def amount(text: str) -> bytes:
    return camt(('<Amt Ccy="EUR">100.00</Amt>', f'<Amt Ccy="EUR">{text}</Amt>'))


LAUGHS = '<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;">]>'
ATTACK = "In het bestand staan opdrachten die nooit in een bankafschrift staan."
UNREADABLE = "Wij kunnen"
REFUSED = "Wij hebben niets van dit bestand bewaard en niets geboekt."
HELD = "Wij bewaren het bestand en hebben er niets van geboekt."
BROKEN = "Het bestand is beschadigd."

# Row of the list, what is brought, what the user reads of it, and what becomes of it.
ROWS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "1 billion laughs": (lambda: camt(("<Document", f"{LAUGHS}<Document")), ATTACK, REFUSED),
    "2 external entity": (
        lambda: camt(("<Document", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document')),
        ATTACK,
        REFUSED,
    ),
    "3 quadratic entity": (
        lambda: camt(("<Document", f'<!DOCTYPE a [<!ENTITY x "{"a" * 50_000}">]><Document')),
        ATTACK,
        REFUSED,
    ),
    "4 200,000 levels": (
        lambda: camt(("<GrpHdr>", "<a>" * 200_000)),
        "Het bestand zit in elkaar zoals geen bank het maakt.",
        REFUSED,
    ),
    "5 gzip": (lambda: gzip.compress(camt()), "Het bestand is ingepakt (gzip).", REFUSED),
    "5 bomb": (lambda: zipped(a=b"\0" * 60_000_000), "wordt meer dan 200 keer zo groot", REFUSED),
    "5 nested": (lambda: zipped(a=zipped(b=camt())), "zit weer een ingepakt bestand.", REFUSED),
    "6 empty": (lambda: b"", "Het bestand is leeg.", REFUSED),
    "6 only a mark": (lambda: b"\xef\xbb\xbf", "Het bestand is leeg.", REFUSED),
    "6 only spaces": (lambda: b" \r\n\t", "Het bestand is leeg.", REFUSED),
    "7 picture": (lambda: b"\x89PNG\r\n\x1a\n", "Dit is geen bankafschrift (picture).", REFUSED),
    "7 program": (lambda: b"MZ\x90\0", "Dit is geen bankafschrift (program).", REFUSED),
    "7 payment file": (
        lambda: b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>',
        "Dit is geen bankafschrift (pain.001.001.09).",
        REFUSED,
    ),
    "7 letter": (lambda: b"Beste collega,", "Wij herkennen niet wat voor bestand dit is.", REFUSED),
    "8 wrong declaration": (
        lambda: camt().replace(b"Energie", b"Ener\xffgie"),
        "De letters in het bestand zijn niet leesbaar (utf-8).",
        REFUSED,
    ),
    "8 NUL": (lambda: camt().replace(b"Energie", b"En\0"), "tekens in het bestand die er niet in horen", REFUSED),
    "8 half a character": (
        lambda: camt(("Energie", "En&#xD800;")),
        "tekens in het bestand die er niet in horen",
        REFUSED,
    ),
    "9 cut off": (lambda: camt()[:-40], "Het bestand houdt te vroeg op: het einde ontbreekt.", REFUSED),
    "9 cut off mt940": (
        lambda: of_mt940()[: of_mt940().index(b":62F:")],
        "Het bestand houdt te vroeg op: het einde ontbreekt.",
        REFUSED,
    ),
    "10 a cent": (
        lambda: camt((">950.25<", ">950.26<")),
        "Begin en boekingen zijn samen € 950,25, maar aan het einde staat € 950,26. Het verschil is € 0,01.",
        HELD,
    ),
    "16 other account": (
        lambda: camt053(FACTS, own=writing.OTHER),
        f"Dit afschrift is van rekening {writing.OTHER}.",
        REFUSED,
    ),
    "16 two accounts": (
        lambda: of_mt940() + mt940(FACTS, own=writing.OTHER),
        f"Dit afschrift is van rekening {writing.OTHER}.",
        REFUSED,
    ),
    "17 during the day": (
        lambda: camt(
            ("camt.053.001.02", "camt.052.001.02"),
            ("<BkToCstmrStmt>", "<BkToCstmrAcctRpt>"),
            ("</BkToCstmrStmt>", "</BkToCstmrAcctRpt>"),
            ("<Stmt>", "<Rpt>"),
            ("</Stmt>", "</Rpt>"),
        ),
        "Dit is een bericht van tijdens de dag (camt.052).",
        REFUSED,
    ),
    "19 dollars": (
        lambda: camt(('<Amt Ccy="EUR">100.00</Amt>', '<Amt Ccy="USD">100.00</Amt>')),
        "niet in euro",
        HELD,
    ),
    "21 nothing": (
        lambda: camt(facts=[Fact(Decimal("0.00"), day=ON)]),
        "Het bedrag € 0,00 kan niet kloppen.",
        HELD,
    ),
    "21 beyond the limit": (
        lambda: camt(facts=[Fact(Decimal("1000000000.00"), day=ON)]),
        "kan niet kloppen",
        HELD,
    ),
    "22 30 February": (lambda: camt(("<BookgDt><Dt>2026-11-02", "<BookgDt><Dt>2026-02-30")), "2026-02-30", REFUSED),
    "22 month 13": (lambda: camt(("<BookgDt><Dt>2026-11-02", "<BookgDt><Dt>2026-13-02")), "2026-13-02", REFUSED),
    "22 the year 2099": (
        lambda: camt(("<BookgDt><Dt>2026-11-02", "<BookgDt><Dt>2099-11-02")),
        "2 november 2099",
        HELD,
    ),
    "22 the year 1998": (
        lambda: camt(("<BookgDt><Dt>2026-11-02", "<BookgDt><Dt>1998-11-02")),
        "2 november 1998",
        HELD,
    ),
    "22 value in ten years": (
        lambda: camt(("<ValDt><Dt>2026-11-02", "<ValDt><Dt>2046-11-02")),
        "2 november 2046",
        HELD,
    ),
    "24 a line written into a text": (
        lambda: of_mt940((b"Termijn maart", b"x\r\n:61:2611021102C9999,00NTRFNONREF\r\n:86:y Termijn maart")),
        "Het verschil is",
        HELD,
    ),
    "27 long row": (lambda: rabobank(b"00123", b'00123","extra'), "ander aantal kolommen", REFUSED),
    "27 open quote": (lambda: rabobank(b'00123"', b"00123"), "", REFUSED),
    "27 column left out": (lambda: rabobank(b'"Bedrag",', b""), "kolom", REFUSED),
    "30 number twice": (
        lambda: re.sub(rb"<FITID>[^<\r\n]*", b"<FITID>1", writing.ofx(FACTS)),
        "Het nummer 1 is 2 keer gebruikt.",
        HELD,
    ),
    "30 charset of nobody": (
        lambda: writing.ofx(FACTS).replace(b"CHARSET:1252", b"CHARSET:evil"),
        "De letters in het bestand zijn niet leesbaar (EVIL).",
        REFUSED,
    ),
    "31 account with a wrong digit": (
        lambda: camt053(FACTS, own="NL91ABNA0417164301"),
        "Dit afschrift is van rekening NL91ABNA0417164301.",
        REFUSED,
    ),
    "31 account in Cyrillic": (
        lambda: camt053(FACTS, own="NL91АBNA0417164300"),
        "Dit afschrift is van rekening NL91АBNA0417164300.",
        REFUSED,
    ),
} | {
    f"20 {text or 'no amount'}": (lambda text=text: amount(text), UNREADABLE if text else "bedrag", REFUSED)
    for text in (
        "NaN", "Infinity", "1e9", "10.005", "-0", "--5", "0x10", "１００,００", "1_000", "1.234,56", "1,234.56", "",
        "100000000000000000.00", "١٠٠.٠٠",
    )
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_says_what_is_wrong_and_books_nothing(ours: House, row: str) -> None:
    make, words, became = ROWS[row]
    data = make()
    start = process_time()

    answer = choose(signed_in(ours.case_worker), bestand_xml=data)

    page = re.sub(r"</?bdi[^>]*>", "", text_of(answer))
    assert process_time() - start < SECONDS
    assert answer.status_code == 200
    assert words in page
    assert became in page
    assert (Entry.objects.count(), StatementFile.objects.count()) == (0, 1 if became == HELD else 0)
    assert page.count("<li>") > 0


def test_row_11_names_the_days_around_what_is_missing(ours: House) -> None:
    client = signed_in(ours.case_worker)
    choose(client, a_xml=camt())
    later = camt053([Fact(Decimal("3.00"), day=ON + timedelta(days=2))], opening=Decimal("900.00")).decode()

    page = text_of(choose(client, b_xml=later.replace("2026-03-05", "2026-11-04").encode()))

    assert "2 november 2026 eindigt met € 950,25, maar 4 november 2026 begint met € 900,00." in page
    assert Entry.objects.count() == 2


def test_row_12_and_13_know_a_day_in_whatever_file_it_comes(ours: House) -> None:
    client = signed_in(ours.case_worker)
    choose(client, a_xml=camt())

    for again in (camt(), of_mt940()):
        assert "Alles in dit bestand hadden wij al. Er is niets veranderd." in text_of(choose(client, b_xml=again))
    assert Entry.objects.count() == 2


def test_row_14_shows_that_a_known_day_differs_and_changes_nothing(ours: House) -> None:
    client = signed_in(ours.case_worker)
    choose(client, a_xml=camt())
    other = [Fact(Decimal("-101.00"), day=ON), Fact(Decimal("51.25"), day=ON)]

    page = text_of(choose(client, b_xml=camt(facts=other)))

    assert "Wij kennen 2 november 2026 al, met 2 boekingen." in page
    assert HELD in page
    assert sorted(Entry.objects.values_list("amount", flat=True)) == [Decimal("-100.00"), Decimal("50.25")]


def test_row_15_books_two_equal_payments(ours: House) -> None:
    twin = [Fact(Decimal("10.00"), day=ON)] * 2

    assert "2 nieuwe boekingen." in text_of(choose(signed_in(ours.case_worker), a_xml=camt(facts=twin)))


def test_row_17_leaves_out_what_is_not_booked_and_keeps_a_reversal(ours: House) -> None:
    data = camt(("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>"), (">950.25<", ">1050.25<"))
    page = text_of(choose(signed_in(ours.case_worker), a_xml=data))

    assert "1 boekingen heeft de bank nog niet verwerkt. Die laten wij weg." in page
    assert Entry.objects.get().amount == Decimal("50.25")


def test_row_18_does_not_believe_parts_that_are_not_the_whole(ours: House) -> None:
    data = camt(("</TxDtls>", '</TxDtls><TxDtls><Amt Ccy="EUR">1.00</Amt></TxDtls>'))

    page = text_of(choose(signed_in(ours.case_worker), a_xml=data))

    assert "tellen niet op tot dat bedrag" in page or "zijn samen niet dat bedrag" in page
    assert WaitingEntry.objects.filter(entry__amount=Decimal("-100.00")).exists()


TEXTS = [
    "<script>alert(1)</script>",
    '"><img onerror=x>',
    "{{7*7}}",
    "{% csrf_token %}",
    "\u202eegaz\u2066",
    "a" * 5_000_000,
]


@pytest.mark.parametrize("text", TEXTS, ids=["script", "image", "braces", "tag", "direction", "5 MB"])
def test_row_25_keeps_what_was_written_and_shows_it_harmlessly(ours: House, text: str) -> None:
    client = signed_in(ours.case_worker)
    choose(client, a_xml=camt(facts=[Fact(Decimal("1.00"), day=ON, text=text, name=text[:70])]))
    for bundle in set(Upload.objects.values_list("bundle", flat=True)):
        take_in_bundle(bundle)
    entry = Entry.objects.get()

    pages = [client.get("/bank/wachtend/"), client.get(f"/bank/wachtend/{entry.pk}/")]

    assert entry.remittance == text
    for page in (text_of(answer) for answer in pages):
        assert len(page) < 60_000
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert ">49<" not in page


def test_row_28_keeps_text_as_it_was(ours: House) -> None:
    odd = [Fact(Decimal("1.00"), day=ON, name="NA", text="012345672", end_to_end="1E5")]

    choose(signed_in(ours.case_worker), a_xml=camt(facts=odd))

    entry = Entry.objects.get()
    assert (entry.counterparty_name, entry.remittance, entry.end_to_end_id) == ("NA", "012345672", "1E5")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\afschrift.xml", "afschrift.xml"),
        ("CON", "CON"),
        ("a\u202elmx.xml", "almx.xml"),
        ("naam\r\nSet-Cookie: x.xml", "x.xml"),
        ("<b>vet</b>.xml", "b&gt;.xml"),
        ("x" * 600 + ".xml", "x" * 100),
    ],
)
def test_row_29_shows_the_name_of_a_file_cleaned(ours: House, name: str, shown: str) -> None:
    answer = signed_in(ours.case_worker).post("/bank/", {"chosen": SimpleUploadedFile("a", camt())}, follow=True)
    Upload.objects.update(name=name[:255].replace("\0", ""))
    again = signed_in(ours.case_worker).get(answer.request["PATH_INFO"])

    assert again.status_code == 200
    assert "<b>vet" not in text_of(again)
    assert "\u202e" not in text_of(again)
    assert "Set-Cookie" not in again.headers.get("Set-Cookie", "")
    assert shown in text_of(again)


@pytest.mark.parametrize("name", ["../../etc/x.xml", "a\0.xml", "a\nb.xml", "y" * 5000])
def test_row_29_keeps_no_path_and_no_control_character_of_a_name(ours: House, name: str) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="chosen"; filename="' + name.encode() + b'"\r\n'
        b"Content-Type: text/xml\r\n\r\n" + camt() + b"\r\n--x--\r\n"
    )

    answer: Any = signed_in(ours.case_worker).post("/bank/", body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code in {302, 400}
    for kept in Upload.objects.values_list("name", flat=True):
        assert kept.isprintable()
        assert "/" not in kept
        assert len(kept) <= 255


def test_row_33_taken_twice_has_one_effect(ours: House) -> None:
    client = signed_in(ours.case_worker)
    both = [text_of(choose(client, a_xml=camt())) for _ in range(2)]

    assert "2 nieuwe boekingen." in both[0]
    assert "hadden wij al" in both[1]
    assert StatementImport.objects.filter(status="imported").count() == 1


def test_covers_every_row_of_files() -> None:
    rows = {int(name.split()[0]) for name in ROWS}
    tests = {
        int(number)
        for name in globals()
        for number in re.findall(r"row_(\d+)|and_(\d+)_know", name)
        for number in number
        if number
    }

    assert rows | tests >= {*range(1, 23), 24, 25, 27, 28, 29, 30, 31, 33}
