"""Every problem and reason the code can name has a sentence in Dutch and English, with the values that come with it."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from accessibility import alerts, events, problems, reasons, recognition_reasons
from budgeting.core import doubts
from budgeting.core.statement import Problem

ROOT = Path(__file__).resolve().parents[2]
READERS = [
    *(ROOT / "budgeting" / "core" / "readers").glob("*.py"),
    *(ROOT / "budgeting" / "core").glob("*.py"),
    *(ROOT / "budgeting" / "actions").glob("*.py"),
    *(ROOT / "payments" / "core").glob("*.py"),
    *(ROOT / "payments" / "actions").glob("*.py"),
]
# What makes a problem of a file, and the place of its code among what it is given.
MADE_BY = {"Problem": 0, "Unreadable": 0, "_note": 0, "_unreadable": 0}
REASON_MADE_BY = {"Reason": 0}
GIVEN = {
    "kind": "pdf", "version": "camt.053.001.99", "format": "mt942", "charset": "utf-8", "account": "NL00TEST",
    "day": "2026-11-02",
}  # fmt: skip


def codes(made_by: dict[str, int]) -> set[str]:
    """Every text that stands where a code stands, anywhere in the code."""
    return {code for path in READERS for code in _codes(ast.parse(path.read_text()), made_by)}


def _codes(tree: ast.AST, made_by: dict[str, int]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _name(node.func)) in made_by and len(node.args) > made_by[name]:
            yield from _texts(node.args[made_by[name]])


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def test_has_a_sentence_for_every_problem_the_code_can_name() -> None:
    named = codes(MADE_BY)

    assert len(named) > 35
    assert named - problems.PROBLEMS.keys() == set()


def test_has_a_sentence_for_every_reason_of_matching() -> None:
    named = codes(REASON_MADE_BY) | {doubts.CANCELS, doubts.LARGE}

    assert len(named) > 15
    assert named - reasons.MATCHING.keys() - recognition_reasons.REASONS.keys() == set()


def test_has_words_for_every_alert() -> None:
    named = codes({"Alert": 0})

    assert len(named) > 6
    assert named - alerts.ALERTS.keys() == set()


def test_tells_an_alert_with_its_figures() -> None:
    facts = {"amount": "131.00", "days": 4}

    with translation.override("nl"):
        told = alerts.sentence("income_missing", facts, what="Zorgtoeslag", period=date(2026, 11, 20))

    assert told.replace("\u00a0", " ") == "Zorgtoeslag € 131,00, verwacht op 20 november. Dagen te laat: 4."
    assert alerts.title("something_else") == "something_else"
    assert alerts.sentence("income_missing", {}, what="Zorgtoeslag", period=None) == ""


def test_has_a_sentence_for_every_reason_an_order_is_held() -> None:
    checks = ast.parse((ROOT / "payments" / "actions" / "checks.py").read_text())
    returned = {
        text for node in ast.walk(checks) if isinstance(node, ast.Return) and node.value for text in _texts(node.value)
    }

    assert {"short", "account_is_new"} <= returned
    assert returned - {""} - reasons.ORDERS.keys() == set()


@pytest.mark.parametrize("table", ["PROBLEMS", "MATCHING", "ORDERS", "BANK_CODES", "STATUSES", "EVENTS", "ALERTS"])
def test_says_all_of_it_in_dutch(table: str) -> None:
    kept = {"PROBLEMS": problems.PROBLEMS, "EVENTS": events.EVENTS, "ALERTS": alerts.ALERTS}.get(table) or getattr(
        reasons, table
    )
    sources = {source for value in kept.values() for source in (value if isinstance(value, tuple) else (value,))}
    if table == "MATCHING":  # two sources there are one sentence, for one and for many
        sources = {value[0] if isinstance(value, tuple) else value for value in kept.values()}

    with translation.override("nl"):
        assert [source for source in sources if gettext(source) == source] == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", problems.PROBLEMS)
def test_tells_every_problem_with_its_values_and_what_to_do(code: str, language: str) -> None:
    what, _ = problems.PROBLEMS[code]
    values = {name: GIVEN.get(name, "7") for name in re.findall(r"{(\w+)}", what)}

    with translation.override(language):
        words = problems.in_words(Problem(code, "line 12", values), file="maart.xml")

    assert str(words).startswith(f"maart.xml, {'regel' if language == 'nl' else 'line'} 12: ")
    assert words.todo
    assert "{" not in str(words)
    assert all(value in words.what for name, value in values.items() if name != "day")


def test_says_amounts_and_days_as_people_write_them() -> None:
    values = {"from": "2026-11-02", "until": "2026-11-04", "closing": "1234.50", "opening": "-7.00"}

    with translation.override("nl"):
        told = problems.told(Problem("gap", "2026-11-04", values)).replace("\u00a0", " ")

    assert told.startswith("2 november 2026 eindigt met € 1.234,50, maar 4 november 2026 begint met −€ 7,00.")


def test_tells_a_problem_it_has_no_words_for_by_its_code() -> None:
    with translation.override("nl"):
        assert "made_up_code" in problems.told(Problem("made_up_code"))


def test_says_how_often_the_same_problem_came_back() -> None:
    with translation.override("nl"):
        assert (
            problems.told(Problem("amount_missing", "line 3", {"more": "41"}))
            == "Hetzelfde gaat nog op 41 plekken mis."
        )


def test_reads_a_problem_back_as_it_was_kept() -> None:
    problem = Problem("version_unknown", "line 2", {"version": "camt.053.001.99"})
    kept = json.loads(json.dumps({"code": problem.code, "where": problem.where, "values": dict(problem.values)}))

    assert problems.problem_of(kept) == problem


def test_gives_a_reason_with_its_amount_and_day() -> None:
    with translation.override("nl"):
        late = reasons.matching_reason("days_late", {"days": "2", "due": date(2026, 11, 2).isoformat()})
        once = reasons.matching_reason("days_early", {"days": "1", "due": date(2026, 11, 2).isoformat()})
        range_ = reasons.matching_reason("amount_in_range", {"amount": "61.50", "low": "60.00", "high": "70.00"})

    assert late == "2 dagen later dan 2\u00a0november"
    assert once == "1 dag eerder dan 2\u00a0november"
    assert range_.replace("\u00a0", " ") == "€ 61,50, tussen € 60,00 en € 70,00 zoals afgesproken"


def test_does_not_make_up_words_for_a_reason_it_does_not_know() -> None:
    with pytest.raises(reasons.NoWordsForReason):
        reasons.matching_reason("because", {})


def test_tells_a_code_of_the_bank_it_does_not_know_as_such() -> None:
    with translation.override("nl"):
        assert reasons.order_reason("XX99") == "De bank geeft de code XX99"


def test_tells_an_event_with_its_facts_and_another_by_its_name() -> None:
    body = json.dumps({"facts": {"amount": "640.00", "valid_from": "2027-01-01"}})

    with translation.override("nl"):
        told = events.in_words("agreement.amount_changed", body).replace("\u00a0", " ")

    assert told == "Heeft een bedrag gewijzigd in € 640,00 vanaf 1 januari 2027"
    assert events.in_words("something.new", "{}") == "something.new"
