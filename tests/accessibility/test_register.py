"""The entries for the algorithm register tell of the rules that run, and keep the standard."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from accessibility.register import ALGORITHMS, Publisher, register_entries
from accessibility.register_standard import FIELDS, wrong_with
from budgeting.core import matching, recognition
from budgeting.core.knowledge.rules import dutch
from budgeting.core.measured import measured
from payments.core.shortage import DEFAULT_ORDER

TOWN = Publisher("Gemeente Voorbeeldstad", "vragen@voorbeeldstad.example", "https://geld.example/herkennen/", None)


def entries(publisher=TOWN, learnt=3):
    return {str(entry["source_id"]): entry for entry in register_entries(publisher, measured(), learnt=learnt)}


def test_writes_one_entry_per_algorithm_that_keeps_the_standard():
    found = entries()

    assert list(found) == [f"huishoudboekje-{name}" for name in ALGORITHMS]
    assert {name: wrong_with(entry) for name, entry in found.items() if wrong_with(entry)} == {}


def test_tells_every_field_that_readers_of_the_register_see():
    shown = {"goal", "proportionality", "human_intervention", "risks", "source_data", "methods_and_models", "provider"}

    assert [name for name, entry in entries().items() if not all(entry.get(field) for field in shown)] == []


def test_tells_the_versions_numbers_and_limits_of_the_running_rules():
    how = {name: str(entry["methods_and_models"]) for name, entry in entries().items()}

    assert recognition.RULE_VERSION in how["huishoudboekje-recognition"]
    assert f"{len(dutch().rules)} geschreven regels" in how["huishoudboekje-recognition"]
    assert "(3 aan)" in how["huishoudboekje-recognition"]
    assert matching.RULE_VERSION in how["huishoudboekje-matching"]
    assert len(DEFAULT_ORDER) == how["huishoudboekje-remainder"].partition("volgorde")[2].count(";") + 1
    assert all("niet zelflerend" in text for text in how.values())


def test_says_since_when_only_when_it_is_used():
    used = entries(Publisher("Gemeente A", "a@b.nl", "", date(2026, 11, 2)))["huishoudboekje-matching"]

    assert (used["status"], used["begin_date"]) == ("In gebruik", "2026-11")
    assert "begin_date" not in entries()["huishoudboekje-matching"]
    assert "website" not in used


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": ""}, "missing"),
        ({"name": "x" * 100}, "too_long"),
        ({"description_short": "x" * 350}, "too_long"),
        ({"methods_and_models": "x" * 5000}, "too_long"),
        ({"status": "Aan"}, "not_a_choice"),
        ({"publication_category": "Impactvol"}, "not_a_choice"),
        ({"category": ["Geld"]}, "not_a_choice"),
        ({"begin_date": "2026-13"}, "not_a_month"),
        ({"contact_email": "bel ons"}, "not_an_address"),
        ({"website": "http://geld.example/"}, "not_an_address"),
        ({"lawful_basis_grouping": [{"link": "https://a.nl"}]}, "links"),
        ({"lang": "nl"}, "not_a_choice"),
        ({"goal": 3}, "not_text"),
        ({"department": "Schuldhulp"}, "no_such_field"),
    ],
)
def test_refuses_what_the_standard_does_not_know(change, reason):
    entry = entries()["huishoudboekje-recognition"] | change

    assert [(wrong.field, wrong.reason) for wrong in wrong_with(entry)] == [(next(iter(change)), reason)]


def test_knows_every_field_once():
    assert len({field.name for field in FIELDS}) == len(FIELDS)


@pytest.mark.django_db
def test_prints_the_entries_as_one_json_object():
    out = StringIO()
    call_command("algorithm_register", "--json", stdout=out)
    answer = json.loads(out.getvalue())

    assert answer["standard"] == "1.0"
    assert len(answer["entries"]) == len(ALGORITHMS)


@pytest.mark.django_db
def test_refuses_entries_without_somewhere_to_ask():
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("algorithm_register", "--contact", "", stdout=StringIO(), stderr=said)

    assert ended.value.code == 1
    assert "contact_email missing" in said.getvalue()
