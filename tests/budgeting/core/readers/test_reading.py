"""What one file comes to: what it is refused for as a whole, what it repeats, and how much of it is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from budgeting.core import readers
from budgeting.core.readers import read, stream
from budgeting.core.statement import Balance, Entry, Item, Problem, Statement, Unreadable
from tests.budgeting.core.readers.test_archive import packed
from tests.budgeting.core.readers.writing import OTHER, OWN, Fact, camt053, mt940

DAY = date(2026, 3, 5)
ONE = Entry(Decimal("1.00"), DAY, line=1, where="line 1")
EMPTY, FULL = Balance(Decimal("0.00"), DAY), Balance(Decimal("1.00"), DAY)
HELD = Statement(OWN, identification="A", opening=EMPTY, closing=FULL, lines=1)


def collected(*items: Item) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    return readers._collected(iter(items), DAY)


def test_reads_a_file_as_big_as_it_says_and_no_bigger() -> None:
    data = camt053([Fact(Decimal("1.00"))])
    assert read(data, limit=len(data)).problems == ()
    size = str(len(data))
    expected = Problem("too_big", "", {"size": size, "limit": str(len(data) - 1)})
    assert read(data, limit=len(data) - 1) == readers.Reading("", problems=(expected,))
    whole = packed(("a.xml", data))
    limit = len(whole) + 1
    assert limit < len(data)
    (problem,) = read(whole, limit=limit).problems
    assert (problem.code, problem.values) == ("too_big", {"size": size, "limit": str(limit)})


def test_asks_of_an_archive_and_of_a_file_which_days_are_still_to_come() -> None:
    data = camt053([Fact(Decimal("1.00"))])
    for one in (data, packed(("a.xml", data))):
        assert read(one).problems == ()
        assert [problem.code for problem in read(one, on=date(2026, 1, 1)).problems] == ["improbable_date"]


def test_says_that_a_message_holds_no_statement() -> None:
    written = camt053([]).decode()
    without = written[: written.index("<Stmt>")] + written[written.index("</Stmt>") + len("</Stmt>") :]
    assert read(without.encode()) == readers.Reading("camt.053", "001.02", (), (Problem("no_statement"),))


def test_streams_a_file_from_its_beginning_with_what_is_wrong_with_it_as_such() -> None:
    source = BytesIO(camt053([Fact(Decimal("1.00"))]))
    assert [type(item) for item in stream(source)] == [Entry, Statement]
    report = (
        camt053([Fact(Decimal("1.00"))])
        .replace(b"camt.053", b"camt.052")
        .replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt")
    )
    first, *rest = stream(BytesIO(report.replace(b"Stmt>", b"Rpt>")))
    assert first == Problem("interim", "", {"format": "camt.052"})
    assert [type(item) for item in rest] == [Entry, Statement]
    assert [type(item) for item in stream(BytesIO(mt940([Fact(Decimal("1.00"))])))] == [Entry, Statement]


def test_takes_as_many_entries_as_it_says_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_ENTRIES", 3)
    two = replace(HELD, closing=Balance(Decimal("2.00"), DAY), lines=2)
    statements, problems = collected(ONE, HELD, ONE, ONE, two)
    assert ([len(one.entries) for one in statements], problems) == ([1, 2], ())
    with pytest.raises(Unreadable) as stop:
        collected(ONE, HELD, ONE, ONE, replace(ONE, where="line 9"), two)
    assert stop.value.problem == Problem("too_many_entries", "line 9", {"limit": "3"})


def test_takes_as_many_statements_as_it_says_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_STATEMENTS", 2)
    assert len(collected(ONE, HELD, ONE, replace(HELD, identification="B"))[0]) == 2
    with pytest.raises(Unreadable) as stop:
        collected(ONE, HELD, ONE, HELD, ONE, replace(HELD, identification="C"))
    assert stop.value.problem == Problem("too_many_statements", "C", {"limit": "2"})


def test_says_which_statement_is_repeated_and_goes_on() -> None:
    statements, problems = collected(ONE, HELD, ONE, HELD, ONE, replace(HELD, account=OTHER))
    assert [one.account for one in statements] == [OWN, OTHER]
    assert problems == (Problem("statement_repeated", "A", {}, "note"),)


def test_takes_no_statement_for_a_repeated_one_that_differs_in_one_entry() -> None:
    second = replace(ONE, remittance="iets anders")
    assert len(collected(ONE, HELD, second, HELD)[0]) == 2
    for change in ({"account": OTHER}, {"identification": "B"}, {"sequence": "2"}, {"currency": "USD"}):
        assert len(collected(ONE, HELD, ONE, replace(HELD, **change))[0]) == 2, change


def test_compares_a_statement_with_few_others_of_the_same_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_ALIKE", 2)
    kinds = [replace(ONE, remittance=text) for text in ("a", "b", "c")]
    items = [item for one in [*kinds, *kinds] for item in (one, HELD)]
    statements, problems = collected(*items)
    assert [one.entries[0].remittance for one in statements] == ["a", "b", "c", "c"]
    assert len(problems) == 2


def test_compares_only_statements_of_the_same_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_ALIKE", 1)
    other = replace(HELD, identification="B")
    assert [one.where for one in collected(ONE, HELD, ONE, other, ONE, other)[1]] == ["B"]


def test_loses_no_entry_behind_the_last_statement() -> None:
    with pytest.raises(Unreadable) as stop:
        collected(ONE, HELD, ONE, replace(ONE, where="line 2"), replace(ONE, where="line 3"))
    assert stop.value.problem == Problem("cut_off", "line 3")


def test_passes_on_what_a_reader_found_and_asks_the_gate() -> None:
    found = Problem("lines_lost", "", {"counted": "2"}, "hold")
    wrong = replace(HELD, closing=replace(FULL, amount=Decimal("2.00")))
    statements, problems = collected(found, ONE, wrong)
    assert statements[0].entries == (ONE,)
    assert [problem.code for problem in problems] == ["lines_lost", "does_not_balance"]


def test_tells_the_first_of_each_kind_and_how_many_more_there_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST", 2)

    def alike(number: int, severity: str = "hold") -> Iterator[Problem]:
        return (Problem("odd", f"line {one}", {"value": "x"}, severity) for one in range(1, number + 1))

    assert readers._few(tuple(alike(2))) == tuple(alike(2))
    other = Problem("other", "line 0")
    more = Problem("odd", "line 5", {"more": "3"}, "hold")
    assert readers._few((*alike(5), other)) == (*alike(2), more, other)
    mixed = (*alike(3), *alike(3, "note"))
    ends = [Problem("odd", "line 3", {"more": "1"}, severity) for severity in ("hold", "note")]
    assert readers._few(mixed) == (*alike(2), ends[0], *alike(2, "note"), ends[1])


def test_tells_few_problems_of_a_file_and_of_an_archive_with_the_name_of_the_file() -> None:
    facts = [Fact(Decimal("1.00"), text=f"nummer {number}") for number in range(22)]
    data = camt053(facts).replace(b"<BookgDt><Dt>2026-03-05</Dt></BookgDt>", b"")
    assert [dict(problem.values) for problem in read(data).problems[-2:]] == [{"used": "2026-03-05"}, {"more": "2"}]
    problems = read(packed(("a.xml", data))).problems
    assert (len(problems), problems[0].where, problems[-1].where) == (21, "a.xml: Ntry 1", "a.xml: Ntry 22")
