"""The remainder command answers a scenario as agreed, tells it in easy words, and refuses what is no scenario."""

import io
import json
import re
import sys

import pytest
from django.core.management import CommandError, call_command

from accessibility.catalogue import is_translated, wording
from accessibility.languages import LANGUAGES
from accessibility.remaining import remainder_sentences
from accessibility.telling import Reader, text_of
from accessibility.words import FORESIGHT
from payments.core.remainder import remainder
from tests.accessibility.reading import WORD, Reading
from tests.payments.core.fairest import TODAY, made_up

SCENARIO = {
    "on": "2026-11-25",
    "balance": "800.00",
    "buffer": "25.00",
    "pay_days": ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18"],
    "income": [{"date": "2026-12-23", "amount": "1345.00", "certainty": "cautious"}],
    "charges": [
        {"date": "2026-12-01", "amount": "540.00", "name": "rent"},
        {"date": "2026-12-05", "amount": "35.01", "name": "Sportclub"},
    ],
    "advance_limit": "1500.00",
    "advance_used": "0.00",
}


def asked(tmp_path, capsys, scenario, *options):
    file = tmp_path / "scenario.json"
    file.write_text(scenario if isinstance(scenario, str) else json.dumps(scenario))
    call_command("remainder", f"--scenario={file}", *options)
    return capsys.readouterr().out


def refused(tmp_path, capsys, scenario):
    with pytest.raises(CommandError) as raised:
        asked(tmp_path, capsys, scenario, "--json")
    assert raised.value.returncode == 1
    return json.loads(capsys.readouterr().out)["refused"]


def test_answers_with_payouts_reasons_and_one_easy_sentence(tmp_path, capsys):
    answer = json.loads(asked(tmp_path, capsys, SCENARIO, "--json"))

    assert [payout["amount"] for payout in answer["payouts"]] == ["49.99", "50.00", "50.00", "50.00"]
    assert answer["binding"][0]["pay_day"] == "2026-11-27"
    assert answer["binding"][0]["because"]["name"] == "rent"
    assert answer["lowest"] == {"date": "2026-12-18", "balance": "25.00"}
    assert answer["short"] == []
    assert answer["sentence"] == (
        "U krijgt € 49,99 op vrijdag 27 november. Daarna krijgt u steeds zo veel. "
        "Op 1 december betalen wij: huur. Op 23 december komt er weer geld."
    )


def test_reads_a_scenario_from_its_input_and_tells_it_to_people(monkeypatch, capsys):
    written = io.TextIOWrapper(io.BytesIO(json.dumps(SCENARIO).encode()))
    monkeypatch.setattr(sys, "stdin", written)

    call_command("remainder", "--scenario=-", "--language=en")

    told = capsys.readouterr().out
    assert "2026-12-18       50.00" in told
    assert "You get € 49,99 on Friday 27 November." in told


def test_says_what_is_short_and_pays_nothing_then(tmp_path, capsys):
    poor = SCENARIO | {"balance": "-20.00", "advance_limit": "100.00"}

    answer = json.loads(asked(tmp_path, capsys, poor, "--json"))

    assert {payout["amount"] for payout in answer["payouts"]} == {"0.00"}
    assert answer["short"][0] == {"date": "2026-12-01", "name": "rent", "missing": "460.00"}
    assert answer["sentence"].startswith("Er is nu niets over voor u. Op 1 december betalen wij: huur.")
    assert answer["sentence"].endswith("Er is niet genoeg voor alles. Wij zoeken een oplossing.")


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"balance": 12.5}, "balance", "type"),
        ({"balance": "1e3"}, "balance", "amount"),
        ({"on": "25-11-2026"}, "on", "date"),
        ({"pay_days": ["2026-11-24"]}, "pay_days", "past"),
        ({"charges": [{"date": "2099-01-01", "amount": "1.00", "name": "x"}]}, "charges", "too_far"),
        ({"buffer": "-1.00"}, "buffer", "negative"),
    ],
)
def test_names_the_field_that_is_wrong(tmp_path, capsys, change, field, reason):
    assert refused(tmp_path, capsys, SCENARIO | change) == {"field": field, "reason": reason}


@pytest.mark.parametrize(
    "written", ["", "{", "\x00", '{"on": NaN}', "[" * 5000, '{"on": "2026-11-25", "on": "2026-11-26"}']
)
def test_refuses_what_is_no_json_or_says_a_thing_twice(tmp_path, capsys, written):
    assert refused(tmp_path, capsys, written)["reason"] in {"not_json", "amount", "twice"}


def test_says_that_a_file_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="cannot open") as raised:
        call_command("remainder", f"--scenario={tmp_path / 'none.json'}")
    assert raised.value.returncode == 2


def test_tells_every_remainder_in_short_sentences():
    reader = Reader(LANGUAGES["nl"], TODAY)
    told = [text_of(one, reader) for seed in range(300) for one in remainder_sentences(remainder(made_up(seed)))]

    assert len(told) > 300
    assert max(len(text.split()) for text in told) <= 12


def test_uses_easy_dutch_words_for_what_is_left():
    texts = [wording(message, LANGUAGES["nl"]).text for message in FORESIGHT]
    own = Reading(tuple(" ".join(WORD.findall(re.sub(r"{.*?}", "", text))) for text in texts))

    assert [message for message in FORESIGHT if not is_translated(message, LANGUAGES["nl"])] == []
    assert own.longest <= 12
    assert own.flesch_douma >= 85
