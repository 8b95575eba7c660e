"""What the tests of recognition share: knowledge made up for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from budgeting.core.knowledge import rules
from budgeting.core.knowledge.rules import Knowledge, dutch


@pytest.fixture
def knowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Knowledge]:
    """Reads knowledge from these lines of rules and groups, columns parted by spaces: nothing that ships."""

    def read(said: str, groups: str = "") -> Knowledge:
        columns = {"rules.tsv": (said, 2), "groups.tsv": (groups, 1)}
        for name, (text, parted) in columns.items():
            lines = ("\t".join(line.split(None, parted)) for line in text.splitlines())
            (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        with monkeypatch.context() as patched:
            patched.setattr(rules, "_HERE", tmp_path)
            return dutch.__wrapped__()

    return read
