"""The information line of a booking: every family of codes, to the last field, and what is not believed of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.readers.coded_text import Details, coded_details, ing_sentence, read_text, unwrapped

INGB, RABO, KNAB = "NL20INGB0001234567", "NL44RABO0123456789", "NL07KNAB0255123456"
FULL = "0123456789" * 6 + "ABCDE"
COLLECTED = "Incassant ID: NL3 Doorlopend Valutadatum: 05-03-2026 Valutadatum: x"
BLANKS = FULL[:64] + " "


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["  kort  "], "  kort"),
        ([FULL, FULL, " einde  "], f"{FULL}{FULL} einde"),
        ([f"  {FULL[2:]}", "einde "], f"  {FULL[2:]}einde"),
        (["kort ", FULL, "einde"], f"kort\n{FULL}einde"),
        ([FULL, "kort", "einde"], f"{FULL}kort\neinde"),
        ([FULL, FULL, "kort", "einde"], f"{FULL}{FULL}kort\neinde"),
        ([FULL, "kort", FULL, "einde"], f"{FULL}kort\n{FULL}einde"),
        ([FULL, FULL, FULL, FULL, "einde"], f"{FULL * 4}einde"),
        ([FULL, " " * 65, "einde"], f"{FULL}\neinde"),
        ([BLANKS, BLANKS, "einde"], f"{BLANKS}{BLANKS}einde"),
        ([BLANKS, " " * 70, "einde"], f"{FULL[:64]}\neinde"),
        (["kort", BLANKS, "einde"], f"kort\n{BLANKS}einde"),
        (["  kort", "  einde  "], "  kort\n  einde"),
        ([FULL[:61], "einde"], f"{FULL[:61]}einde"),
        ([FULL[:60], "einde"], f"{FULL[:60]}\neinde"),
        (["kort", FULL[:64], "einde"], f"kort\n{FULL[:64]}\neinde"),
        (["", "kort", "", "einde", ""], "\nkort\neinde"),
        ([f"{FULL}F", "einde"], f"{FULL}Feinde"),
    ],
)
def test_runs_a_full_line_on_and_ends_a_short_one(lines: list[str], text: str) -> None:
    assert unwrapped(lines) == text


@given(st.text("AB/ ", max_size=300))
def test_gives_back_what_was_wrapped_at_a_fixed_width(text: str) -> None:
    plain = " ".join(text.split())
    wrapped = [plain[start : start + 65] for start in range(0, len(plain), 65)] or [""]
    assert unwrapped(wrapped) == plain


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("", Details()),
        (
            f"/TRTP/SEPA OVERBOEKING/IBAN/{INGB}/BIC/INGBNL2A/NAME/ Jan\u00a0Smit /REMI/\nhuurX\n/EREF/E 1 ",
            Details("Jan\u00a0Smit", INGB, "huurX", end_to_end="E 1"),
        ),
        (
            f"/IBAN/{INGB}/NAME/J.  Smit/REMI/ BETALINGSKENM.: 3200 1234 0000 0020/EREF/NOTPROVIDED",
            Details("J. Smit", INGB, " BETALINGSKENM.: 3200 1234 0000 0020", "3200123400000020"),
        ),
        (f"/IBAN/{INGB}/NAME/J. Smit/REMI/x/EREF/notprovided", Details("J. Smit", INGB, "x", end_to_end="notprovided")),
        (f"/IBAN/{INGB}/NAME/J.\nSmit/REMI/ x\ny \n", Details("J. Smit", INGB, " x\ny ")),
        (
            f"/IBAN/{INGB[:9]}\n{INGB[9:]}/NAME/ J.\u00a0Smit /EREF/ E\n1 ",
            Details("J.\u00a0Smit", INGB, end_to_end="E1"),
        ),
        ("/IBAN/geen/NAME/J.  Smit/REMI/", Details("J. Smit")),
        ("/NAME/J. Smit/EREF/notProvided /", Details("J. Smit")),
        (
            "/EREF/X1X /MARF/X M 2\nX/CSID/X NL 3\nX/PREF/X P 4 X/NRTX/1\n2/RTRN/AC\n04/SUM/",
            Details("", "", "", "", "X1X", "X M 2X", "XNL3X", "X P 4 X", "12", "AC04"),
        ),
        ("/MARF/M-1", Details(mandate="M-1")),
        ("/CSID/NL00", Details(creditor="NL00")),
        ("/CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/ RF66 HUUR\n2026NOV/", Details(reference="RF66HUUR2026NOV")),
        (
            "/REMI/BETALINGSKENMERK 3200123400000020 dank",
            Details(remittance="BETALINGSKENMERK 3200123400000020 dank", reference="3200123400000020"),
        ),
        ("/REMI//STRD/CUR/1", Details(remittance="/STRD/CUR/1")),
        ("/REMI/USTD//\n a/b \n/", Details(remittance=" a/b ")),
        ("/REMI/USTD//aX", Details(remittance="aX")),
        ("/REMI/STRD/CUR/ 3200 1234\n0000 0020X/", Details("", "", "3200123400000020X", "3200123400000020X")),
        ("/REMI/\nX a \n", Details(remittance="X a ")),
        (f"  {INGB} rest /TRTP/x/REMI/", Details("", INGB, f"{INGB} rest")),
        (f"{INGB}/TRTP/x/NAME/y", Details("y", INGB, INGB)),
        (f"rest {INGB} /TRTP/x/REMI/y", Details(remittance="y")),
        ("  /TRTP/x/REMI/y", Details(remittance="y")),
        (f"{INGB}/TRTP/x/IBAN/{RABO}/IBAN/{KNAB}/NAME/y", Details("y", INGB, INGB)),
        (f"/TRTP/x/IBAN/{RABO}/IBAN/{RABO}/NAME/y", Details("y", RABO)),
        (f"/TRTP/x/IBAN//NAME/y/IBAN/{RABO}/NAME/z", Details("y", RABO)),
        (f"/TRTP/x/IBAN/{RABO}/REMI/a/IBAN/", Details("", RABO, "a")),
        (f"/CNTP/{RABO}/RABONL2U/y/CNTP/{KNAB}/KNABNL2H/z", Details("y")),
        (f"/IBAN/{RABO}/NAME/y/REMI/a/REMI/b/NAME/c/d", Details("y", RABO, "a")),
        ("/REMI/NAME/x", Details(remittance="NAME/x")),
        ("/REMI/a/NAME", Details(remittance="a/NAME")),
        ("/REMI/a/b/NAME/x", Details("x", "", "a/b")),
        ("/NAME/x/BIC/", Details("x")),
        (f"/CNTP/ {RABO[:4]} {RABO[4:]}/RABONL2U", Details(iban=RABO)),
        (f"/CNTP/{RABO}/RABONL2U/X en Y X//REMI/a", Details("X en Y X", RABO, "a")),
        (f"/CNTP/{RABO}//X/Y/Z///", Details("X/Y/Z", RABO)),
        ("/CNTP//RABONL2U/Y", Details("Y")),
        ("TRTP in gewone tekst", Details(remittance="TRTP in gewone tekst")),
        ("/iets/anders/", Details(remittance="/iets/anders/")),
        ("\n a /b \n", Details(remittance=" a /b ")),
        (f"{INGB} J. Smit \n  huur", Details("J. Smit", INGB, f"{INGB} J. Smit \n  huur")),
        (f"{INGB} J. Smit\nhuur\nmaart", Details("J. Smit", INGB, f"{INGB} J. Smit\nhuur\nmaart")),
        (f"{INGB}\tX\nhuur", Details("\tX", INGB, f"{INGB}\tX\nhuur")),
        (f"{INGB} {INGB}", Details("", INGB, f"{INGB} {INGB}")),
        (
            f"166?00X?20IBAN+ {RABO} BIC+X?21EREF+ notprovided?31 {INGB[:5]}\n{INGB[5:]}?32 A ?33B ",
            Details("A B", INGB, f"IBAN+ {RABO} BIC+XEREF+ notprovided"),
        ),
        ("166?00X?31?31\n?20a?32b", Details("b", "", "a")),
        (
            f"000>100>20IBAN+{RABO}>31{INGB}>32A",
            Details("A", RABO, f"IBAN+{RABO}"),
        ),
        ("166?0", Details(remittance="166?0")),
        ("Naam: x Omschrijving: y", Details("x", "", "y")),
        (
            f"naam: x\nREK: {RABO[:4]} {RABO[4:]} Naam: z",
            Details("x", RABO, f"naam: x\nREK: {RABO[:4]} {RABO[4:]} Naam: z"),
        ),
        ("Omschrijving:    veel   ruimte \n Kenmerk: a\n b", Details("", "", "veel ruimte", "", "a b")),
        ("Omschrijving: twee  spaties \nNaam: x", Details("x", "", "twee  spaties")),
        ("Omschrijving: een\nregel Naam: x", Details("x", "", "een regel")),
        ("Tijd: 10:00 uur", Details(remittance="Tijd: 10:00 uur")),
        ("Omschrijving:geen ruimte: x", Details(remittance="Omschrijving:geen ruimte: x")),
        ("Omschrijving: a BETALINGSKENM.: 3200 1234\n0000 0020", Details("", "", "a")),
        ("Omschrijving: a Betalingskenmerk: 12 a", Details("", "", "a")),
        ("Omschrijving: a Bet Kenmerk: ３２００", Details("", "", "a")),
        ("Omschrijving: a Bet Kenmerk:  3200 1234 0000 0020 ", Details("", "", "a", "3200123400000020")),
        (
            "Omschrijving: a Machtiging: M 1X Incassant: NL 2X Machtiging ID: N Incassant ID: O",
            Details("", "", "a", "", "", "M 1X", "NL2X"),
        ),
        ("Omschrijving: a Machtiging ID: N Incassant ID: O", Details("", "", "a", "", "", "N", "O")),
        ("Omschrijving: a IBAN: geen REK: ook", Details("", "", "a")),
    ],
)
def test_reads_an_information_line_to_the_last_field(text: str, details: Details) -> None:
    assert read_text(text) == details


@pytest.mark.parametrize(
    ("text", "details"),
    [
        (
            f"Naam: x Omschrijving: huur maart IBAN: {INGB} Valutadatum: 05-03-2026",
            Details("", INGB, "huur maart"),
        ),
        (
            f"Naam: x Omschrijving: huur IBAN: {INGB} Kenmerk: E-1 Valutadatum: 05-03-2026",
            Details("", INGB, "huur", end_to_end="E-1"),
        ),
        (
            f"Omschrijving: om: Omschrijving: a IBAN: {RABO} IBAN: {INGB} Kenmerk: E 1 X Machtiging ID: M  {COLLECTED}",
            Details("", INGB, f"om: Omschrijving: a IBAN: {RABO}", "", "E 1 X", "M", "NL3"),
        ),
        (
            f"Naam: x Omschrijving: a IBAN: {INGB} Kenmerk: NOTPROVIDED Valutadatum: 05-03-2026",
            Details("", INGB, "a"),
        ),
        (
            f"Naam: x Omschrijving: a: b IBAN: {INGB} Kenmerk: 1 Kenmerk: 2",
            Details("", INGB, "a: b", "", "2"),
        ),
        (
            f"Naam: x Omschrijving: a: b IBAN: {INGB} Kenmerk: 1 Valutadatum: 05-03-2026",
            Details("", INGB, "a: b", "", "1"),
        ),
        (f"Omschrijving: a: b IBAN: {INGB} Incassant ID: NL3 een twee", Details("", INGB, "a: b", creditor="NL3")),
        (f"Naam: x Omschrijving: a: b IBAN: {INGB} en meer", Details("", INGB, "a: b")),
        ("Naam: x Omschrijving: a IBAN: geen", Details("x", "", "a")),
        (f"Naam: x IBAN: {INGB} Kenmerk: 1", Details("x", INGB, f"Naam: x IBAN: {INGB} Kenmerk: 1", "", "1")),
        ("Pasvolgnr: 001 Term: 7X", Details(remittance="Pasvolgnr: 001 Term: 7X")),
    ],
)
def test_reads_the_sentence_of_ing(text: str, details: Details) -> None:
    assert ing_sentence(text) == details


def test_believes_of_all_accounts_in_a_text_only_the_one_that_is_whole_and_alone() -> None:
    assert read_text(f"aan {INGB}, {INGB} en {INGB[:-1]}8").iban == INGB
    assert read_text(f"aan {INGB} of {RABO}").iban == ""
    assert coded_details(f"/XX/aan {INGB} of {INGB}").iban == INGB
