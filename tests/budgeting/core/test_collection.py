"""Holds readings against a list of files: what agrees, what was decided, what is neither, and how either is counted."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.collection import Decided, Judged, Line, Listed, answers, decisions, judge, listed, table, totals
from budgeting.core.labelled import NotLabelled
from budgeting.core.statement import Balance, Problem, Reading, Statement

HEADER = "path\tformat\tbank\tkind\trealism\tn_transactions\treconciles"
ON = date(2026, 4, 1)


def on_list(path: str = "camt053/a.xml", count: int | None = 2, reconciles: str = "ok", **more: str) -> Listed:
    said = {"format": "camt.053.001.02", "bank": "Bank A", "realism": "made up", **more}
    return Listed(path=path, transactions=count, reconciles=reconciles, **said)


def statement(lines: int = 2, closing: str | None = "0.00") -> Statement:
    """A statement whose closing balance is this much too high; without balances when None."""
    if closing is None:
        return Statement("NL91ABNA0417164300", lines=lines)
    opening, ending = Balance(Decimal("0.00"), ON), Balance(Decimal(closing), ON)
    return Statement("NL91ABNA0417164300", lines=lines, opening=opening, closing=ending)


def reading(*statements: Statement, problems: Sequence[Problem] = ()) -> Reading:
    return Reading("camt.053", "02", tuple(statements), tuple(problems))


def judged(outcome: str = "read", lines: int = 2, *, balances: bool | None = True, **more: object) -> Judged:
    return Judged(on_list(**more), outcome, lines, balances)  # type: ignore[arg-type]


def test_reads_a_list_of_files() -> None:
    rows = "a/b.xml\tMT940\tBank A\tmade\tmade up\t12\tok;DIFF 1.50\nc.pdf\tpdf\t-\tmade\treal\t?\t"

    assert listed(f"{HEADER}\n{rows}\n") == [
        Listed("a/b.xml", "MT940", "Bank A", "made up", 12, "ok;DIFF 1.50"),
        Listed("c.pdf", "pdf", "-", "real", None, ""),
    ]


@pytest.mark.parametrize("column", HEADER.split("\t"))
def test_refuses_a_list_without_one_of_its_columns(column: str) -> None:
    with pytest.raises(NotLabelled) as refused:
        listed(HEADER.replace(column, "other"))

    assert (refused.value.reason, refused.value.line, refused.value.what) == ("column", 1, column)


def test_refuses_a_list_that_lacks_a_cell() -> None:
    with pytest.raises(NotLabelled) as refused:
        listed(f"{HEADER}\na\tb\n")

    assert (refused.value.reason, refused.value.line, refused.value.what) == ("cells", 2, "2 instead of 7")


def test_takes_its_decisions_from_the_rows_of_a_record() -> None:
    head = "# Why\n`x`: no row\n| Files | We give |\n|---|---|\n"
    text = f"{head}| `a/*.sta` and `b.sta` |  3 | so |\n|`c`|4|\n| `d` | refused |"

    assert decisions(text) == [Decided("a/*.sta", "3"), Decided("b.sta", "3"), Decided("d", "refused")]


@pytest.mark.parametrize(
    ("row", "given"),
    [
        ("| `a` | 3 lines | so |", "3 lines"),
        ("| `a` | -3 |", "-3"),
        ("| `a` |", ""),
        ("| `a`", ""),
        ("| `a` | Refused |", "Refused"),
    ],
)
def test_refuses_a_decision_that_is_no_number_of_lines(row: str, given: str) -> None:
    with pytest.raises(NotLabelled) as refused:
        decisions(f"| `b` | 0 |\n\n{row}\n")

    assert (refused.value.reason, refused.value.line, refused.value.what) == ("given", 3, given)


@pytest.mark.parametrize(
    ("path", "count", "expected"),
    [
        ("hostile/a.xml", 2, True),
        ("malformed/a.xml", 2, True),
        ("unsupported/x/a.xml", 2, True),
        ("fragments/hostile/a.xml", 2, True),
        ("camt053/a.xml", 2, False),
        ("camt053/a.xml", 0, False),
        ("camt053/hostile/a.xml", 2, False),
        ("hostile.xml", 2, False),
        ("camt053/a.xml", None, True),
    ],
)
def test_knows_a_file_that_is_there_to_be_answered(path: str, count: int | None, *, expected: bool) -> None:
    assert on_list(path, count).is_odd is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reading(), "other"),
        (reading(statement()), "passes"),
        (reading(statement(), problems=[Problem("x", severity="note")]), "note"),
        (reading(problems=[Problem("x", severity="note"), Problem("y", severity="hold")]), "hold"),
        (reading(problems=[Problem("x")]), "refuse"),
        (reading(statement(), problems=[Problem("x"), Problem("lines_lost", severity="hold")]), "other"),
    ],
)
def test_takes_a_named_answer_to_an_odd_file(found: Reading, expected: str) -> None:
    odd = on_list("hostile/a.xml", 7)
    lines = 2 if found.statements else 0

    assert judge(odd, found, [Decided("hostile/*", "7")]) == Judged(odd, expected, lines, None)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reading(statement()), "read"),
        (reading(statement(1), statement(1)), "read"),
        (reading(statement(1)), "other"),
        (reading(statement(3)), "other"),
        (reading(statement(), problems=[Problem("lines_lost", severity="hold")]), "other"),
        (reading(statement(), problems=[Problem("readers_disagree", severity="hold")]), "other"),
        (reading(statement(), problems=[Problem("other_thing", severity="hold")]), "read"),
    ],
)
def test_calls_a_file_read_when_every_listed_line_is_there(found: Reading, expected: str) -> None:
    answer = judge(on_list(), found, [Decided("mt940/*", "9")])

    assert (answer.outcome, answer.lines) == (expected, sum(one.lines for one in found.statements))


@pytest.mark.parametrize(
    ("given", "found", "expected"),
    [
        ("3", reading(statement(3)), ("decided", 3, True)),
        ("3", reading(statement(2)), ("other", 2, True)),
        ("3", reading(statement(3), problems=[Problem("lines_lost", severity="hold")]), ("other", 3, True)),
        ("refused", reading(problems=[Problem("x")]), ("decided", 0, None)),
        ("refused", reading(problems=[Problem("x", severity="hold")]), ("other", 0, None)),
        ("refused", reading(statement(), problems=[Problem("x")]), ("other", 2, None)),
        ("refused", reading(statement()), ("other", 2, None)),
    ],
)
def test_holds_a_file_against_what_was_decided_of_it(given: str, found: Reading, expected: tuple[object, ...]) -> None:
    decided = [Decided("CAMT053/*", "8"), Decided("camt053/*.xml", given), Decided("camt053/a.xml", "9")]
    answer = judge(on_list(), found, decided)

    assert (answer.outcome, answer.lines, answer.balances) == expected
    assert answer.listed == on_list()


ADDS_UP, TOO_HIGH, WITHOUT = statement(), statement(closing="1.50"), statement(closing=None)
SAID = [Problem("does_not_balance", severity="hold")]


@pytest.mark.parametrize(
    ("verdicts", "found", "expected"),
    [
        ("", reading(ADDS_UP), None),
        ("?", reading(ADDS_UP), None),
        ("", reading(), None),
        ("?", reading(), None),
        ("-", reading(), None),
        ("ok", reading(), False),
        ("ok", reading(ADDS_UP), True),
        ("ok", reading(TOO_HIGH, problems=SAID), False),
        ("ok", reading(ADDS_UP, problems=SAID), False),
        ("ok", reading(ADDS_UP, WITHOUT), True),
        ("ok;-", reading(ADDS_UP), True),
        ("-", reading(WITHOUT), True),
        ("-", reading(ADDS_UP), False),
        ("ok", reading(WITHOUT), False),
        ("DIFF 1.5", reading(TOO_HIGH, problems=SAID), True),
        ("DIFF 1.50", reading(TOO_HIGH, problems=SAID), True),
        ("DIFF 1.50", reading(TOO_HIGH, problems=[Problem("other", severity="hold")]), False),
        ("DIFF 1.50", reading(TOO_HIGH), False),
        ("DIFF -1.50", reading(TOO_HIGH, problems=SAID), False),
        ("DIFF -1.50", reading(statement(closing="-1.50"), problems=SAID), True),
        ("DIFF 100", reading(statement(closing="100.00"), problems=SAID), True),
        ("ok;DIFF 1.50", reading(ADDS_UP, TOO_HIGH, problems=SAID), True),
        ("ok;DIFF 1.50", reading(TOO_HIGH, problems=SAID), False),
        ("DIFF 1.50", reading(ADDS_UP, TOO_HIGH, problems=SAID), False),
    ],
)
def test_judges_balances_as_the_list_does(verdicts: str, found: Reading, *, expected: bool | None) -> None:
    assert judge(on_list(reconciles=verdicts), found, []).balances is expected


CUT = ";".join(f"DIFF {number}.50" for number in (1, 2, 3, 4, 5, 6, 7)) + ";DIFF 8.25;"


@pytest.mark.parametrize(
    ("verdicts", "differences", "expected"),
    [
        (CUT, range(1, 5), True),  # the first four are whole, more may be there
        (CUT, range(1, 9), True),
        (CUT, range(1, 4), False),
        (CUT, range(2, 6), False),
        (CUT[:79], range(1, 5), False),  # not cut: every one counts
    ],
)
def test_asks_of_a_cut_list_of_verdicts_only_the_first(verdicts: str, differences: range, *, expected: bool) -> None:
    found = reading(*(statement(closing=f"{number}.50") for number in differences), problems=SAID)

    assert len(CUT) == 80
    assert judge(on_list(reconciles=verdicts), found, []).balances is expected


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("camt.053.001.02", "camt.053"),
        ("OFX1-SGML(102)", "OFX1"),
        ("OFX2-XML", "OFX2"),
        ("MT940", "MT940"),
        ("camt.053.001.02x", "camt.053.001.02x"),
    ],
)
def test_shows_a_format_without_its_version(written: str, shown: str) -> None:
    assert [line.format for line in table([judged(format=written)])] == [shown]


def test_counts_per_format_bank_and_class_what_is_to_be_read() -> None:
    files = [
        judged(format="MT940", bank="Bank B"),
        judged("read", 5, count=5),
        judged("other", 1, count=4, balances=False),
        judged("decided", 9, count=3, balances=None),
        judged(path="hostile/a.xml"),
        judged(count=None),
        judged(realism="real", format="camt.053.001.08"),
    ]

    assert table(files) == [
        Line("MT940", "Bank B", "made up", 1, 1, 0, 2, 2, 1, 1),
        Line("camt.053", "Bank A", "made up", 3, 1, 1, 6, 9, 1, 2),
        Line("camt.053", "Bank A", "real", 1, 1, 0, 2, 2, 1, 1),
    ]


def test_wants_nothing_of_an_empty_file() -> None:
    assert table([judged("read", 0, count=0)]) == [Line("camt.053", "Bank A", "made up", 1, 1, 0, 0, 0, 1, 1)]


def test_never_makes_one_figure_of_all_classes() -> None:
    lines = [
        Line("MT940", "Bank B", "real", 1, 2, 3, 4, 5, 6, 7),
        Line("camt.053", "Bank A", "made up", 3, 1, 1, 6, 9, 1, 2),
        Line("MT940", "Bank A", "real", 10, 20, 30, 40, 50, 60, 70),
    ]

    assert totals(iter(lines)) == [
        Line("", "", "made up", 3, 1, 1, 6, 9, 1, 2),
        Line("", "", "real", 11, 22, 33, 44, 55, 66, 77),
    ]


def test_counts_the_answers_to_odd_files_by_folder() -> None:
    files = [
        judged("refuse", path="hostile/x/a.xml"),
        judged("refuse", path="hostile/x/b.xml"),
        judged("note", path="hostile/x/c.xml"),
        judged("passes", path="malformed/a.xml"),
        judged("read"),
        judged("hold", path="camt053/b.xml", count=None),
    ]

    assert answers(iter(files)) == {
        "hostile/x": {"refuse": 2, "note": 1},
        "malformed": {"passes": 1},
        "camt053": {"hold": 1},
    }
