"""What is told of recognition was measured with the rules that run."""

import pytest

from budgeting.core import measured as kept_with
from budgeting.core.measured import KEPT, NotMeasured, fingerprint, measured, of_json
from budgeting.core.recognition import RULE_VERSION


def test_keeps_a_measurement_of_the_rules_that_run():
    kept = measured()

    assert (kept.rule_version, kept.fingerprint) == (RULE_VERSION, fingerprint()), "run bench.left_out --keep"
    assert kept.whole.n >= 1000
    assert {"names", "household", "income", "difficulty", "creditor"} == set(kept.parts)


def test_counts_every_line_once_in_each_split():
    kept = measured()

    assert {name: sum(part.n for part in parts.values()) for name, parts in kept.parts.items()} == dict.fromkeys(
        kept.parts, kept.whole.n
    )


def test_reads_back_what_it_wrote():
    assert of_json(measured().as_json()) == measured()


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"whole": 3}', '{"whole": {"n": 1}}'])
def test_refuses_what_is_no_measurement(text):
    with pytest.raises(NotMeasured, match=r"^measured\.json$"):
        of_json(text)


def test_refuses_a_measurement_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_with, "KEPT", tmp_path / "elsewhere.json")
    with pytest.raises(NotMeasured, match=r"^elsewhere\.json$"):
        measured.__wrapped__()


def test_writes_a_measurement_as_it_is_kept():
    assert measured().as_json() == KEPT.read_text(encoding="utf-8")


@pytest.mark.parametrize("changed", ["groups.tsv", "rules.tsv", "version"])
def test_takes_rules_that_differ_in_anything_for_other_rules(changed, tmp_path, monkeypatch):
    for name in ("groups.tsv", "rules.tsv"):
        (tmp_path / name).write_bytes((KEPT.parent / name).read_bytes() + (b"x" if name == changed else b""))
    before = fingerprint()
    monkeypatch.setattr(kept_with, "_HERE", tmp_path)
    if changed == "version":
        assert fingerprint() == before
        monkeypatch.setattr(kept_with, "RULE_VERSION", "another")
    assert fingerprint() != before
    assert len(before) == 16
