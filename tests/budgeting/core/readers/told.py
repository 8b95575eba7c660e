"""A reading written down whole, to be held against a sample: `python -m tests.budgeting.core.readers.told FILE`.

Fields that say nothing (their default) are left out; amounts and days are text, so that nothing is rounded.
"""

import json
import sys
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from budgeting.core.readers import read
from budgeting.core.statement import Reading

ON = date(2026, 11, 20)
"""The day on which the samples are read."""


def told(reading: Reading) -> dict[str, Any]:
    """All that a reading holds, as JSON has it."""
    plain: dict[str, Any] = json.loads(json.dumps(_plain(reading), sort_keys=True))
    return plain


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if _says(value, one)}
    if isinstance(value, (Decimal, date)):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if hasattr(value, "items") else value


def _says(value: object, one: Any) -> bool:
    silent = one.default_factory() if one.default_factory is not MISSING else one.default
    return bool(getattr(value, one.name) != silent)


def main() -> None:
    """Prints the reading of each file."""
    for name in sys.argv[1:]:
        print(json.dumps(told(read(Path(name).read_bytes(), on=ON)), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
