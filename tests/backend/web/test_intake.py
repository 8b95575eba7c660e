"""Intake at the desk: a resident's own files become proposals, ticked ones agreements; the history is kept nowhere."""

import re
import tempfile
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from lxml import html

from budgeting.models import Account, Agreement, AuditEvent, Resident, Role
from tests import factories, histories
from tests.backend.web.desk import signed_in
from tests.factories import House


@pytest.fixture
def who(home: House) -> Resident:
    return factories.resident(home)


@pytest.fixture
def client(home: House) -> Client:
    return signed_in(home.case_worker)


def files(*names: str) -> dict[str, Any]:
    facts = histories.household()
    return {"chosen": [SimpleUploadedFile(f"mijn-{name}", histories.WRITERS[name](facts)) for name in names]}


def send(client: Client, who: Resident, *names: str) -> Any:
    return client.post(f"/inwoners/{who.pk}/intake/", files(*names))


def filled_in(page: str) -> dict[str, Any]:
    """The form as a browser would send it back, untouched."""
    form = html.fromstring(page).xpath("//form[contains(@action, '/intake/afspraken/')]")[0]
    return {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}


def make(client: Client, who: Resident, values: dict[str, Any], *, do: str = "make") -> Any:
    return client.post(f"/inwoners/{who.pk}/intake/afspraken/", values | {"do": do}, follow=True)


@pytest.mark.parametrize("name", histories.WRITERS)
def test_finds_income_and_charges_in_every_format(client: Client, who: Resident, name: str) -> None:
    page = send(client, who, name).content.decode()

    assert "Woonstichting Voorbeeld" in page
    assert "elke 4 weken op vrijdag" in page
    assert "We zien geen rekening voor water." in page
    assert page.count('name="p-') > 80


def test_writes_amounts_as_people_do(client: Client, who: Resident) -> None:
    page = send(client, who, "camt").content.decode()

    assert re.search(r"<strong><bdi[^>]*>€\xa01\.240,55</bdi></strong>", page)
    assert 'value="1240,55"' in page


def test_makes_what_is_ticked_and_shows_the_first_budget(client: Client, who: Resident) -> None:
    values = filled_in(send(client, who, "camt", "ing").content.decode())

    page = make(client, who, values).content.decode()

    assert "6 afspraken zijn gemaakt." in page
    assert set(who.agreements.values_list("category", flat=True)) == {
        "wages", "healthcare_allowance", "rent_allowance", "rent", "energy", "health_insurance",
    }  # fmt: skip
    rent = who.agreements.get(category="rent")
    assert (rent.account.iban, rent.amounts.get().amount) == (histories.valid(histories.LANDLORD), Decimal("612.40"))
    assert who.agreements.get(category="rent_allowance").marks == ["330055"]
    assert re.search(r"Over per maand</dt><dd><bdi[^>]*>€\xa0896,42", page)


def test_takes_over_what_was_corrected_and_leaves_what_is_not_ticked(client: Client, who: Resident) -> None:
    values = filled_in(send(client, who, "camt").content.decode())
    rent = next(key for key, value in values.items() if value == "rent").removesuffix("category")
    energy = next(key for key, value in values.items() if value == "energy").removesuffix("category")
    del values[f"{energy}take"]
    values |= {f"{energy}amount": "onzin", f"{rent}amount": "630,00", f"{rent}high": "640", f"{rent}low": "620"}

    make(client, who, values)

    assert not who.agreements.filter(category="energy").exists()
    agreed = who.agreements.get(category="rent")
    assert (agreed.amounts.get().amount, agreed.amount_low, agreed.amount_high) == (630, 620, 640)


def test_works_the_budget_out_again_without_making_anything(client: Client, who: Resident) -> None:
    values = filled_in(send(client, who, "camt").content.decode())
    wages = next(key for key, value in values.items() if value == "wages").removesuffix("category")

    page = make(client, who, values | {f"{wages}amount": "1000,00"}, do="look").content.decode()

    assert "635,83" in page
    assert "We zien geen rekening voor water." in page
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("amount", "veel", "Vul een bedrag in zoals 1234,50."),
        ("amount", "0", "Vul een bedrag boven nul in."),
        ("iban", "NL00", "rekeningnummer"),
        ("low", "9999", "Het bedrag moet tussen het minste en het meeste liggen."),
        ("starts_on", "31-02-2026", "31-12-2026"),
        ("category", "snoep", "Kies"),
        ("name", "", "Vul dit in."),
    ],
)
def test_names_what_is_wrong_and_makes_nothing(
    client: Client, who: Resident, field: str, typed: str, told: str
) -> None:
    values = filled_in(send(client, who, "camt").content.decode())
    rent = next(key for key, value in values.items() if value == "rent").removesuffix("category")

    answer = make(client, who, values | {f"{rent}{field}": typed})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Agreement.objects.exists()


def test_says_when_nothing_is_ticked(client: Client, who: Resident) -> None:
    values = filled_in(send(client, who, "camt").content.decode())

    answer = make(client, who, {key: value for key, value in values.items() if not key.endswith("-take")})

    assert "Er is niets aangevinkt" in answer.content.decode()


def test_does_not_tick_what_is_agreed_already(client: Client, who: Resident) -> None:
    make(client, who, filled_in(send(client, who, "camt").content.decode()))

    again = send(client, who, "camt").content.decode()

    assert sum("Dit is al afgesproken." in value for value in filled_in(again).values()) == 6
    assert not [key for key in filled_in(again) if key.endswith("-take")]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Het bestand is leeg."),
        (b"Beste inwoner,", "mijn.txt"),
        (b"\xff\xfe\x00" * 400, "mijn.txt"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Document/>', "mijn.txt"),
    ],
    ids=["empty", "a letter", "no text", "an attack"],
)
def test_refuses_what_is_no_bank_file_in_words(client: Client, who: Resident, data: bytes, told: str) -> None:
    answer = client.post(f"/inwoners/{who.pk}/intake/", {"chosen": [SimpleUploadedFile("mijn.txt", data)]})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "Er is niets bewaard." in answer.content.decode()


def test_refuses_all_files_when_one_cannot_be_read(client: Client, who: Resident) -> None:
    chosen = [*files("camt")["chosen"], SimpleUploadedFile("brief.txt", b"Beste inwoner")]

    answer = client.post(f"/inwoners/{who.pk}/intake/", {"chosen": chosen})

    assert answer.status_code == 422
    assert "brief.txt" in answer.content.decode()


def test_keeps_the_history_nowhere(client: Client, who: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("a file was made")

    for name in ("mkstemp", "mkdtemp", "TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("os.open", refuse)
    large = {"chosen": [*files("camt")["chosen"], SimpleUploadedFile("x.xml", _large())]}

    page = client.post(f"/inwoners/{who.pk}/intake/", large).content.decode()
    assert "Woonstichting" in page
    assert _rows_with("Woonstichting") == []
    make(client, who, filled_in(page))

    assert _rows_with(histories.MARK) == []
    assert set(_rows_with("Woonstichting")) <= {"account", "agreement", "audit_event", "counterparty"}
    assert "session" not in "".join(_rows_with("Woonstichting"))


def _large() -> bytes:
    """The same history in a file of five megabytes, which Django would put on a disk."""
    return histories.WRITERS["camt"](histories.household()).replace(b"</Document>", b" " * 5_000_000 + b"</Document>")


def _rows_with(text: str) -> list[str]:
    """The tables of the whole database in which a row says this."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s LIMIT 1', [f"%{text}%"])
            found += [table] if cursor.fetchone() else []
    return found


def test_writes_that_it_was_read_and_by_whom_but_not_what_it_says(client: Client, who: Resident) -> None:
    send(client, who, "camt")

    event = AuditEvent.objects.get(action="intake.read")
    assert (event.resident_id, event.body) == (who.pk, '{"facts":{"entries":42,"files":1}}')


def test_does_not_pay_a_new_account_on_one_persons_word(client: Client, who: Resident, home: House) -> None:
    make(client, who, filled_in(send(client, who, "camt").content.decode()))

    account = Account.objects.get(iban=histories.valid(histories.LANDLORD))
    assert account.added_by == home.case_worker


def test_opens_for_the_case_worker_of_the_resident_only(home: House, who: Resident) -> None:
    assert signed_in(factories.user(Role.CASE_WORKER)).get(f"/inwoners/{who.pk}/intake/").status_code == 404
    assert signed_in(home.approver).get(f"/inwoners/{who.pk}/intake/").status_code == 403
    assert signed_in(factories.user(Role.FRONT_DESK)).get(f"/inwoners/{who.pk}/begroting/").status_code == 200
