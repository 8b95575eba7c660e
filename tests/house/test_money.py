"""No amount is ever a float: where money is computed there are no floats at all."""

import ast

from tests.house.tree import ROOT, python_files, syntax, told

# These weigh likelihoods and rhythms, which are not money; amounts in them stay Decimal or whole cents.
WEIGHS_LIKELIHOODS = (
    "budgeting/core/calendar_days.py",
    "budgeting/core/confidence.py",
    "budgeting/core/evaluation.py",
    "budgeting/core/intake.py",
    "budgeting/core/knowledge/rules.py",
    "budgeting/core/learning.py",
    "budgeting/core/measured.py",
    "budgeting/core/recognition.py",
    "budgeting/core/recurrence.py",
    "budgeting/core/taught.py",
)


def test_computes_money_without_floats() -> None:
    exempt = {ROOT / name for name in WEIGHS_LIKELIHOODS}
    assert all(path.exists() for path in exempt)
    files = [path for path in python_files("budgeting", "payments") if path not in exempt]

    assert len(files) > 20
    assert not [told(path, node) for path in files for node in ast.walk(syntax(path)) if _is_float(node)]


def _is_float(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    return isinstance(node, ast.Name) and node.id == "float"
