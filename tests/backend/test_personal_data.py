"""Every field of every table is accounted for, so that what the assessment is told cannot go stale."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import ForeignKey, OneToOneField

from backend import personal_data
from backend.personal_data import assessment, not_annotated, our_models, tables, term_in_words
from budgeting.models import Resident, User

HELD_BY_KIND = {"name", "contact", "birth", "number", "account", "identity"}


def test_accounts_for_every_field_of_every_table() -> None:
    assert not_annotated() == [], "say what it is in backend/personal_data.tsv"


def test_notices_a_field_and_a_table_that_nobody_annotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = tmp_path / "personal_data.tsv"
    text = personal_data.ANNOTATED.read_text().replace("phone,street", "street")
    spoilt.write_text("\n".join(line for line in text.splitlines() if "budgeting.Heir" not in line))
    monkeypatch.setattr(personal_data, "ANNOTATED", spoilt)

    assert {"budgeting.Heir", "budgeting.Heir.name", "budgeting.Resident.phone"} <= set(not_annotated())
    with pytest.raises(CommandError, match=r"budgeting\.Heir"):
        call_command("dpia")


def test_says_that_a_row_with_a_resident_in_it_is_about_that_resident() -> None:
    about = {table.model: table.about for table in tables()}
    theirs = [
        model._meta.label
        for model in our_models()
        if any(
            isinstance(field, ForeignKey | OneToOneField) and field.related_model is Resident
            for field in model._meta.concrete_fields
        )
    ]

    assert len(theirs) > 20
    assert not [label for label in theirs if "resident" not in about[label]]


def test_says_of_no_table_with_a_name_or_an_account_that_it_is_about_nobody() -> None:
    assert not [one.model for one in tables() if one.about == ("nobody",) and HELD_BY_KIND & set(one.fields.values())]


def test_has_the_words_for_every_code_and_the_term_of_the_rule_that_destroys() -> None:
    lines = assessment()

    assert len(lines) > 200
    assert all(one.purpose and one.basis and one.term and one.about and one.kind for one in lines)
    number = next(one for one in lines if (one.table, one.field) == ("budgeting.PersonalNumber", "sealed"))
    assert "1 year after the year they stopped" in number.term
    assert term_in_words("books").startswith("7 jaar")


def test_gives_the_same_lines_as_csv_and_as_json() -> None:
    told, table = io.StringIO(), io.StringIO()
    call_command("dpia", "--json", stdout=told)
    call_command("dpia", stdout=table)

    rows = list(csv.DictReader(io.StringIO(table.getvalue()), delimiter=";"))
    assert rows == json.loads(told.getvalue())["lines"]
    assert {row["table"] for row in rows} >= {Resident._meta.label, User._meta.label}
