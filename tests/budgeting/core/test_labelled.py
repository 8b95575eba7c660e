from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.labelled import NEEDED, LabelledLine, NotLabelled, labelled_lines
from budgeting.core.statement import Entry

ROW = ["T1", "2026-04-01", "-12.50", "Winkel", "", "", "M1 / NL00ZZZ123456780000", "groceries", "H1"]


def table(*rows, header=NEEDED):
    return "\n".join("\t".join(row) for row in (header, *rows)) + "\n"


def changed(column, value):
    return [value if name == column else cell for name, cell in zip(NEEDED, ROW, strict=True)]


def test_reads_a_line_with_its_label():
    line = labelled_lines(table(ROW))[0]
    assert (line.id, line.label, line.household) == ("T1", "groceries", "H1")
    assert line.entry.amount == Decimal("-12.50")
    assert (line.entry.mandate_id, line.entry.creditor_id) == ("M1", "NL00ZZZ123456780000")


def test_reads_a_quote_as_a_quote():
    assert labelled_lines(table(changed("remittance", '\'t "huis"')))[0].entry.remittance == '\'t "huis"'


def test_reads_every_cell_of_a_line():
    header = (*NEEDED, "difficulty", "is_recurring", "recurrence")
    row = ["T2", "2026-04-30", "1.00", "De Winkel", "nl91 abna 0417 1643 00", " een  brood ", "M1", "wages", "H2"]

    assert labelled_lines(table([*row, "hard", "1", "monthly"], header=header)) == [
        LabelledLine(
            "T2",
            Entry(
                Decimal("1.00"),
                date(2026, 4, 30),
                counterparty_name="De Winkel",
                counterparty_iban="NL91ABNA0417164300",
                remittance=" een  brood ",
                mandate_id="M1",
            ),
            "wages",
            "H2",
            "hard",
            "monthly",
        )
    ]


def test_leaves_empty_what_a_file_need_not_have():
    found = labelled_lines(table(ROW))[0]

    assert (found.difficulty, found.recurrence) == ("", "")
    assert found == LabelledLine("T1", found.entry, "groceries", "H1")


def test_reads_the_columns_in_any_order():
    turned = tuple(reversed(NEEDED))

    assert labelled_lines(table(ROW[::-1], header=turned)) == labelled_lines(table(ROW))


@pytest.mark.parametrize(
    "text",
    [
        table(ROW),
        table(ROW).removesuffix("\n"),
        "\ufeff" + table(ROW),
        table(ROW).replace("\n", "\r\n"),
    ],
    ids=["lines", "no last line end", "a mark before it", "lines of Windows"],
)
def test_reads_the_same_however_a_text_is_kept(text):
    assert labelled_lines(text) == labelled_lines(table(ROW))


def test_reads_a_header_of_words_with_spaces():
    assert len(labelled_lines(table([*ROW, "x"], header=(*NEEDED, "a note")))) == 1


def test_keeps_a_mark_at_the_end_of_a_text():
    assert labelled_lines(table(changed("household_id", "H1\ufeff")))[0].household == "H1\ufeff"


def test_finds_no_lines_below_a_header_alone():
    assert labelled_lines(table()) == []


@pytest.mark.parametrize(
    ("written", "mandate", "creditor"),
    [
        ("", "", ""),
        ("M1", "M1", ""),
        ("M1 / NL00ZZZ123456780000", "M1", "NL00ZZZ123456780000"),
        ("M1  / NL00ZZZ123456780000", "M1", "NL00ZZZ123456780000"),
        ("M / 1 / NL00ZZZ123456780000", "M / 1", "NL00ZZZ123456780000"),
        ("M1 / M2", "M1 / M2", ""),
        ("NL00ZZZ123456780000", "NL00ZZZ123456780000", ""),
        (" / NL00ZZZ123456780000", " / NL00ZZZ123456780000", ""),
        ("M1 / nl00ZZZ123456780000", "M1 / nl00ZZZ123456780000", ""),
        ("M1 / NL00ZZZ", "M1 / NL00ZZZ", ""),
        ("M1 / NL00ZZZ1", "M1", "NL00ZZZ1"),
        (f"M1 / NL00ZZZ{'1' * 28}", "M1", f"NL00ZZZ{'1' * 28}"),
        (f"M1 / NL00ZZZ{'1' * 29}", f"M1 / NL00ZZZ{'1' * 29}", ""),
    ],
)
def test_tells_a_mandate_from_a_creditor(written, mandate, creditor):
    entry = labelled_lines(table(changed("mandate_or_creditor_id", written)))[0].entry

    assert (entry.mandate_id, entry.creditor_id) == (mandate, creditor)


@pytest.mark.parametrize(
    ("text", "reason", "line", "what"),
    [
        ("", "empty", 1, "no header"),
        ("\n" + table(ROW), "empty", 1, "no header"),
        (table(header=[name for name in NEEDED if name != "label"]), "column", 1, "label"),
        (table([*ROW, "water"], header=(*NEEDED, "label")), "column", 1, "label twice"),
        (table(ROW, ROW[:-1]), "cells", 3, "8 instead of 9"),
        (table([*ROW, "x"]), "cells", 2, "10 instead of 9"),
        (table(ROW) + "\n", "cells", 3, "1 instead of 9"),
        (table(changed("date", "2026-02-30")), "date", 2, "2026-02-30"),
        (table(changed("amount", "1e3")), "amount", 2, "1e3"),
        (table(changed("label", "sweets")), "label", 2, "sweets"),
        (table(ROW, ROW), "id", 3, "T1 twice"),
    ],
)
def test_names_the_first_thing_that_is_wrong(text, reason, line, what):
    with pytest.raises(NotLabelled) as refused:
        labelled_lines(text)
    assert (refused.value.reason, refused.value.line, refused.value.what) == (reason, line, what)
    assert str(refused.value) == f"line {line}: {reason} ({what})"
