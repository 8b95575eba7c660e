"""Moving in: every wrong row is named and none is stored, the same rows as one by one, and quick."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.db.models import BinaryField, DateTimeField, ForeignKey

from backend.arriving import table
from backend.arriving.columns import SHEETS
from budgeting.actions.agreements import AgreementTerms, make_agreement
from budgeting.actions.people import ResidentDetails, register_counterparty, register_resident
from budgeting.core.schedule import Recurrence
from budgeting.models import (
    Account,
    Agreement,
    AgreementAmount,
    Assignment,
    AuditEvent,
    Counterparty,
    Household,
    Resident,
    RoleGrant,
    User,
)
from payments.actions.books import verify
from tests import factories
from tests.factories import House

ON = date(2026, 11, 2)


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


def rows(count: int, agreements: int = 1) -> dict[str, list[dict[str, str]]]:
    """A file of so many residents with so many agreements each."""
    person = {column.name: column.example for column in SHEETS["residents"]}
    charge = {column.name: column.example for column in SHEETS["agreements"]}
    return {
        "residents": [
            person
            | {
                "key": f"A{n}",
                "household": f"H{n // 2}",
                "last_name": f"Achternaam{n}",
                "iban": factories.made_up_iban(10_000 + n),
            }
            for n in range(count)
        ],
        "counterparties": [{"key": "W1", "name": "Woonstichting Voorbeeld", "iban": factories.made_up_iban(7)}],
        "agreements": [
            charge | {"resident": f"A{n}", "description": f"Huur {m}"} for n in range(count) for m in range(agreements)
        ],
    }


def written(folder: Path, sheets: dict[str, list[dict[str, str]]]) -> Path:
    """As XLSX, in the template's columns."""
    table.write_template(folder / "in.xlsx")
    book = openpyxl.load_workbook(folder / "in.xlsx")
    for name, lines in sheets.items():
        book[name].delete_rows(2)
        for line in lines:
            book[name].append([line.get(column.name, "") for column in SHEETS[name]])
    book.save(folder / "in.xlsx")
    return folder / "in.xlsx"


def move(home: House, file: Path, *more: str) -> dict[str, Any]:
    told = io.StringIO()
    name = home.case_worker.username
    try:
        call_command(
            "move_in",
            str(file),
            f"--by={name}",
            f"--case-worker={name}",
            "--on=2026-11-02",
            "--json",
            *more,
            stdout=told,
        )
    except SystemExit:
        told.write(" ")  # refused: what was told says why
    found: dict[str, Any] = json.loads(told.getvalue())
    return found


def test_moves_in_what_the_spreadsheet_says(home: House, tmp_path: Path) -> None:
    told = move(home, written(tmp_path, rows(5, 2)))

    assert told == {
        "stored": True,
        "moved": {"residents": 5, "counterparties": 1, "agreements": 10},
        "wrong_rows": 0,
        "problems": [],
    }
    assert Household.objects.count() == 3
    who = Resident.objects.get(last_name="Achternaam0")
    assert (who.number, who.starts_on, who.accounts.get().iban) == ("R000001", ON, factories.made_up_iban(10_000))
    agreement = who.agreements.first()
    assert (agreement.words, str(agreement.amounts.get().amount)) == (["huur", "12345"], "612.40")
    assert AuditEvent.objects.filter(action="agreement.made", resident_id=who.pk).count() == 2
    assert all(finding.ok for finding in verify())


def test_stores_nothing_in_a_dry_run(home: House, tmp_path: Path) -> None:
    told = move(home, written(tmp_path, rows(5)), "--dry-run")

    assert (told["stored"], told["moved"]["residents"]) == (False, 5)
    assert Resident.objects.count() == User.objects.filter(username__startswith="resident").count() == 0


def test_names_every_one_of_fifty_wrong_rows_and_stores_none(home: House, tmp_path: Path) -> None:
    sheets = rows(60)
    wrong = ("iban", "NL00"), ("birth_date", "1-2-1990"), ("first_names", ""), ("language", "xx"), ("pay_unit", "moon")
    for number in range(30):
        column, value = wrong[number % len(wrong)]
        sheets["residents"][number][column] = value
    ways = (
        ("amount", "-5"),
        ("category", "fun"),
        ("direction", "up"),
        ("starts_on", "soon"),
        ("valid_until", "2020-01-01"),
    )
    for number in range(20):
        column, value = ways[number % len(ways)]
        sheets["agreements"][number + 35][column] = value

    told = move(home, written(tmp_path, sheets))

    assert told["wrong_rows"] == 50
    named = {(one["sheet"], one["row"], one["column"]) for one in told["problems"]}
    assert named == {
        *(("residents", n + 2, wrong[n % 5][0]) for n in range(30)),
        *(("agreements", n + 37, ways[n % 5][0]) for n in range(20)),
    }
    assert Resident.objects.count() == Counterparty.objects.count() == 0


def test_moves_in_the_rows_that_are_right_when_asked(home: House, tmp_path: Path) -> None:
    sheets = rows(4)
    sheets["residents"][1]["iban"] = "NL00"

    told = move(home, written(tmp_path, sheets), "--leave-out-wrong")

    assert told["moved"] == {"residents": 3, "counterparties": 1, "agreements": 3}
    assert [one["column"] for one in told["problems"]] == ["iban"]


def test_names_who_is_registered_already_twice_in_the_file_or_not_in_it(home: House, tmp_path: Path) -> None:
    file = written(tmp_path, rows(2))
    move(home, file)
    again = move(home, file)
    sheets = rows(3)
    sheets["residents"][1]["key"] = "A0"
    sheets["residents"][2] |= {"case_worker": "niemand", "iban": home.account.iban}
    sheets["agreements"][2]["counterparty"] = "W9"
    other = move(
        home, written(tmp_path, {**sheets, "residents": [r | {"first_names": "Anders"} for r in sheets["residents"]]})
    )

    assert {(one["row"], one["code"]) for one in again["problems"]} == {(2, "registered"), (3, "registered")}
    codes = {(one["sheet"], one["row"], one["code"]) for one in other["problems"]}
    assert codes == {
        ("residents", 3, "twice"), ("residents", 4, "ours"), ("agreements", 3, "not_in_file"),
        ("agreements", 4, "not_in_file"),
    }  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "semicolons"])
def test_reads_csv_as_well(home: House, tmp_path: Path, form: str) -> None:
    table.write_template(tmp_path / "folder")
    for name in SHEETS:
        path = tmp_path / "folder" / f"{name}.csv"
        if form == "semicolons":
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b'"huur, 12345"', b"huur").replace(b",", b";"))

    assert move(home, tmp_path / "folder")["moved"] == {"residents": 1, "counterparties": 1, "agreements": 1}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("in.xlsx", b"not a workbook", "not_a_table"),
        ("in.json", b"{", "not_json"),
        ("in.json", b'{"burgers": 3}', "another_shape"),
        ("residents.csv", b"\xff\xfe", "not_utf8"),
        ("residents.csv", b"key,colour\n1,2\n", "column_unknown"),
    ],
)
def test_says_why_a_file_is_none_of_ours(home: House, tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)

    assert code in {one["code"] for one in move(home, tmp_path / name)["problems"]}


def their_file() -> str:
    """Two people of one household, as the other Huishoudboekje keeps them."""
    rent = {"rubriek": {"naam": "Huur of hypotheek"}, "organisatie": {"kvknummer": "12345678"}, "omschrijving": "Huur"}
    pay = {
        "rubriek": {"naam": "Inkomsten"},
        "organisatie": {"kvknummer": "12345678"},
        "omschrijving": "Loon",
        "bedrag": 1200.1,
    }
    living = {
        "rubriek": {"naam": "Privé-opname"},
        "omschrijving": "Leefgeld",
        "bedrag": 900,
        "credit": False,
        "validFrom": "2026-01-01",
    }
    quarter = {"byMonth": [1, 4, 7, 10], "byMonthDay": [15], "startDate": "2026-01-15"}
    ends = {"validThrough": "2026-12-31", "betaalinstructie": quarter}
    monthly = {"byMonth": list(range(1, 13)), "byMonthDay": [10], "startDate": "2026-01-01"}
    person = {
        "bsn": "999990019", "voornamen": "Sam", "achternaam": "Voorbeeld", "geboortedatum": "1990-02-01",
        "straatnaam": "Dorpsweg", "huisnummer": "1a", "postcode": "1234AB", "plaatsnaam": "Voorbeeldstad",
        "rekeningen": [{"iban": factories.made_up_iban(31), "rekeninghouder": "S. Voorbeeld"}],
        "afspraken": [
            {**rent, "bedrag": 612.4, "credit": False, "validFrom": "2026-01-01", "zoektermen": ["huur"], **ends},
            {**pay, "credit": True, "validFrom": "2026-01-24", "zoektermen": ["Loon", "31"]},
            {**living, "betaalinstructie": monthly},
        ],
    }  # fmt: skip
    other = {**person, "bsn": "999990020", "voornamen": "Bo", "afspraken": []}
    firm = {
        "naam": "Woonbedrijf",
        "kvknummer": "12345678",
        "afdelingen": [{"naam": "a", "rekeningen": [{"iban": factories.made_up_iban(32), "rekeninghouder": "WB"}]}],
    }
    homes = [{"burgers": [{"bsn": "999990019"}, {"bsn": "999990020"}]}]
    return json.dumps({"burgers": [person, other], "huishoudens": homes, "organisaties": [firm], "rubrieken": []})


def test_takes_over_from_the_other_huishoudboekje(home: House, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(their_file())

    told = move(home, tmp_path / "in.json")

    assert told["problems"] == []
    assert told["moved"] == {"residents": 2, "counterparties": 1, "agreements": 2}
    sam = Resident.objects.get(first_names="Sam")
    assert sam.pay_rhythm == {"unit": "month", "every": 1, "starts_on": "2026-12-10"}
    assert sam.household_id == Resident.objects.get(first_names="Bo").household_id
    rented, paid = Agreement.objects.order_by("pk")
    assert rented.recurrence == {
        "unit": "year",
        "every": 1,
        "starts_on": "2026-01-15",
        "days": [15],
        "months": [1, 4, 7, 10],
    }
    assert (rented.category, rented.valid_until, rented.account.iban) == (
        "rent",
        date(2027, 1, 1),
        factories.made_up_iban(32),
    )
    assert (paid.category, paid.direction, str(paid.amounts.get().amount)) == ("wages", "in", "1200.10")
    assert "999990019" not in json.dumps(list(AuditEvent.objects.values_list("body", flat=True)))


def test_makes_the_rows_that_are_made_one_by_one(home: House, tmp_path: Path) -> None:
    move(home, written(tmp_path, rows(1)))
    person = rows(1)["residents"][0]
    names = ("first_names", "last_name", "language", "phone", "street", "postcode", "town")
    details = {name: person[name] for name in names} | {"birth_date": date(1990, 2, 1)}
    who = register_resident(
        household=Household.objects.create(name="Achternaam0"),
        details=ResidentDetails(**details, pay_rhythm=Recurrence("week", date(2026, 12, 4))),
        iban=person["iban"], case_worker=home.case_worker, on=ON, by=home.case_worker,
    )  # fmt: skip
    firm = register_counterparty(
        name="Woonstichting Voorbeeld", iban=factories.made_up_iban(7), on=ON, by=home.case_worker
    )
    terms = AgreementTerms(
        "out",
        "rent",
        "Huur 0",
        factories.Decimal("612.40"),
        Recurrence("month", date(2026, 12, 1), days=(1,)),
        date(2026, 12, 1),
        words=("huur", "12345"),
    )
    make_agreement(resident=who, counterparty=firm, account=firm.accounts.get(), terms=terms, by=home.case_worker)

    for model in (Household, Resident, Account, Assignment, Counterparty, Agreement, AgreementAmount, RoleGrant):
        moved, made = map(_shape, model._base_manager.order_by("-pk")[:2] if model is not Account else _accounts())
        assert moved == made, model
    events = AuditEvent.objects.exclude(action="role.granted").order_by("id")
    told = [(event.action, json.loads(event.body), event.actor) for event in events]
    assert told[:3] == told[3:6]


def _accounts() -> Any:
    return Account.objects.filter(resident__isnull=False).order_by("pk")


def _shape(row: Any) -> dict[str, Any]:
    fields = [f for f in row._meta.concrete_fields if not isinstance(f, DateTimeField | BinaryField)]
    own = {"id", "number", "key", "resident", "user", "household", "counterparty", "account", "agreement"}
    return {f.name: f.value_from_object(row) for f in fields if f.name not in own and not isinstance(f, ForeignKey)}


def test_asks_the_database_in_bulk(home: House, tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    file = written(tmp_path, rows(120, 2))

    with django_assert_max_num_queries(60):
        assert move(home, file)["moved"]["agreements"] == 240
