"""Where the collection of bank files and labels lies that stands beside the project, when it is there."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("HHB_SHARED", Path(__file__).resolve().parents[2] / "shared"))
needs_shared = pytest.mark.skipif(
    not (SHARED / "statements" / "MANIFEST.tsv").exists(),
    reason="the collection of bank files beside the project (../shared) is not here",
)
