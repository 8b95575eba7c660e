"""What is told of recognition was measured with the rules that run."""

import pytest

from budgeting.core.measured import NotMeasured, fingerprint, measured, of_json
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


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"whole": 3}'])
def test_refuses_what_is_no_measurement(text):
    with pytest.raises(NotMeasured):
        of_json(text)
