"""Whatever is written down has a Dutch sentence: a colleague never reads the name that code gave an event."""

import ast
import json
import string
from collections.abc import Iterator

import pytest
from django.utils import translation

from accessibility.events import EVENTS, in_words
from budgeting.models import PrivacyRequest, StatementImport
from payments.models import PaymentBatch, PaymentOrder
from tests.house.tree import ROOMS, ROOT

# Where an event is named after the state that something takes, every state has words.
STATES = {
    "order": PaymentOrder.State.values,
    "batch": PaymentBatch.State.values,
    "statement": StatementImport.Status.values,
    "privacy": PrivacyRequest.Kind.values,
}
WRITERS = {"record", "record_many", "AuditEvent"}


def recorded() -> Iterator[str]:
    """Every action that the code writes down, by the literals that reach the audit trail."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if not {"migrations", "example"} & set(path.parts):
                yield from _of_module(ast.parse(path.read_text()))


def _of_module(tree: ast.Module) -> Iterator[str]:
    if not any(isinstance(node, ast.ImportFrom) and node.module == "budgeting.actions.audit" for node in tree.body):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 4 and _is_name(node.elts[0]):
            yield _text(node.elts[0])
        if isinstance(node, ast.FunctionDef):
            for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
                yield from _of_call(call, node, tree)


def _of_call(call: ast.Call, within: ast.FunctionDef, tree: ast.Module) -> Iterator[str]:
    action = next((word.value for word in call.keywords if word.arg == "action"), None)
    if action is None or not isinstance(call.func, ast.Name) or call.func.id not in WRITERS:
        return
    for value in (action.body, action.orelse) if isinstance(action, ast.IfExp) else (action,):
        if isinstance(value, ast.Constant):
            yield _text(value)
            continue
        prefix = _text(value.values[0]) if isinstance(value, ast.JoinedStr) else ""
        told = {f"{prefix}{state}" for state in STATES.get(prefix.rstrip("."), ())}
        yield from told or {f"{prefix}{one}" for one in _given_to(within.name, tree)} or {f"{prefix}?"}


def _given_to(name: str, tree: ast.Module) -> set[str]:
    """The texts with which a module calls its own helper, one of several by a condition included."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    given = [arg for call in calls if call.func.id == name for arg in call.args]  # type: ignore[attr-defined]
    both = [side for arg in given for side in ((arg.body, arg.orelse) if isinstance(arg, ast.IfExp) else (arg,))]
    return {_text(arg) for arg in both if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_has_words_for_every_action_that_is_written_down() -> None:
    found = set(recorded())

    assert len(found) > 80
    assert sorted(found - set(EVENTS)) == []


@pytest.mark.parametrize("action", sorted(EVENTS))
def test_says_it_in_dutch_whatever_was_kept_with_it(action: str) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(EVENTS[action]) if name}
    values = {"amount": "12.00", "kind": "missing_income"}
    days = {name: "2026-11-02" for name in names if name.endswith(("_on", "_from", "_until"))}
    facts = {name: values.get(name, "iets") for name in names} | days

    with translation.override("nl"):
        told = in_words(action, json.dumps({"facts": facts}))

    assert told != action
    assert "{" not in told
    assert told != EVENTS[action].format_map({name: values.get(name, "iets") for name in names} | days)
