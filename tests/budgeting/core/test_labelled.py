from decimal import Decimal

import pytest

from budgeting.core.labelled import NEEDED, NotLabelled, labelled_lines

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


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("", "empty", 1),
        (table(header=[name for name in NEEDED if name != "label"]), "column", 1),
        (table(ROW, ROW[:-1]), "cells", 3),
        (table(changed("date", "2026-02-30")), "date", 2),
        (table(changed("amount", "1e3")), "amount", 2),
        (table(changed("label", "sweets")), "label", 2),
        (table(ROW, ROW), "id", 3),
    ],
)
def test_names_the_first_thing_that_is_wrong(text, reason, line):
    with pytest.raises(NotLabelled) as refused:
        labelled_lines(text)
    assert (refused.value.reason, refused.value.line) == (reason, line)
