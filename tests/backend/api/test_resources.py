"""Each resource: read it, change it, be refused by name; the books are those of the desk."""

import hashlib
import io
import json
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from accessibility.languages import LANGUAGES
from budgeting.actions.accounts import note_colleague_account
from budgeting.models import Account, Agreement, Alert, Entry, Posting, Resident, StatementImport
from payments.actions.batches import approve_batch, release_batch
from payments.actions.plan import plan_orders
from payments.models import PaymentBatch, PaymentOrder
from tests import factories
from tests.backend.api.door import Door
from tests.backend.api.test_frame import newcomer, refused
from tests.backend.web.desk import MORNING, ON
from tests.factories import House
from tests.faults.bank import Bank, came_in

RENT = {
    "direction": "out", "category": "rent", "counterparty": "Woonstichting Voorbeeld", "description": "Huur",
    "amount": "612.40", "recurrence": {"unit": "month", "starts_on": "2026-12-01"},
}  # fmt: skip
XML = {"content_type": "application/xml"}


def statement(home: House, *amounts: str) -> bytes:
    return Bank(home.account.iban, Decimal("1000.00")).day(ON, *(came_in(a, ON, name="Niemand") for a in amounts))


def waiting_entry(door: Door, home: House, amount: str = "20.00") -> str:
    door.post("/statements", statement(home, amount), **XML)
    return f"/entries/{door.get('/entries?waits=true').json()['items'][0]['id']}"


def planned(home: House, *, money: str = "900.00") -> Resident:
    who = factories.resident(home, money=money)
    factories.charge(home, who, day=2)
    plan_orders(on=ON, first=ON, by=None)
    return who


def test_registers_a_resident_as_the_desk_does(door: Door, home: House) -> None:
    answer = door.post("/residents", newcomer(home))

    made = answer.json()
    assert answer.status_code == 201
    assert door.get(answer.headers["Location"].removeprefix("/api/v1")).json() == made
    assert made["account"]["iban"] == factories.made_up_iban(77)
    assert made["pay_rhythm"] == {"unit": "week", "every": 1, "starts_on": "2026-11-06"}
    refused(door.post("/residents", newcomer(home)), 409, "known_already")


def test_registers_somebody_in_the_household_of_another(door: Door, home: House) -> None:
    first = door.post("/residents", newcomer(home)).json()

    second = door.post("/residents", newcomer(home, first_names="Bo", member_of=first["number"])).json()

    assert second["household"] == first["household"]
    told = refused(door.post("/residents", newcomer(home, first_names="Al", member_of="R9")), 400, "invalid")
    assert told["invalidParams"][0]["name"] == "member_of"


def test_pays_money_to_live_on_to_no_account_of_the_town(door: Door, home: House) -> None:
    told = refused(door.post("/residents", newcomer(home, iban=home.account.iban)), 400, "invalid")

    assert told["invalidParams"][0] == {
        "name": "iban", "code": "ours", "reason": "This is the account number of the municipality."
    }  # fmt: skip


def test_changes_a_resident_s_account_and_keeps_the_old_one(door: Door, home: House) -> None:
    who = factories.resident(home)
    body = {"iban": factories.made_up_iban(4321), "name": "S. Voorbeeld"}

    answer = door.change(f"/residents/{who.pk}", "accounts", body)

    assert answer.json()["account"] == {**body, "since": "2026-11-02"}
    assert Account.objects.filter(resident=who, until=ON).count() == 1
    refused(door.change(f"/residents/{who.pk}", "accounts", body), 409, "known_already")


def test_finds_residents_by_number_and_by_taking_part(door: Door, home: House) -> None:
    inside, gone = factories.resident(home), factories.resident(home)
    Resident.objects.filter(pk=gone.pk).update(ends_on=ON)

    def found(question: str) -> list[int]:
        return [row["id"] for row in door.get(f"/residents?{question}").json()["items"]]

    assert found(f"number={gone.number}") == [gone.pk]
    assert (found("takes_part=true"), found("takes_part=false")) == ([inside.pk], [gone.pk])


def test_makes_an_agreement_with_a_counterparty_that_is_new(door: Door, home: House) -> None:
    who = factories.resident(home)
    body = RENT | {"resident": who.pk}

    told = refused(door.post("/agreements", body), 400, "invalid")
    made = door.post("/agreements", body | {"iban": factories.made_up_iban(12)}).json()
    again = door.post("/agreements", body | {"description": "Garage"}).json()

    assert told["invalidParams"][0]["name"] == "iban"
    assert (made["iban"], made["amounts"]) == (
        factories.made_up_iban(12),
        [{"valid_from": "2026-12-01", "amount": "612.40"}],
    )
    assert again["iban"] == made["iban"]
    assert [row["id"] for row in door.get(f"/agreements?resident={who.pk}&category=rent").json()["items"]] == [
        made["id"], again["id"]
    ]  # fmt: skip


def test_changes_pauses_skips_and_ends_an_agreement(door: Door, home: House) -> None:
    row = f"/agreements/{factories.charge(home, factories.resident(home)).pk}"

    door.change(row, "amounts", {"amount": "650.00", "valid_from": "2026-12-01"})
    door.change(row, "pauses", {"valid_from": "2027-01-01", "reason": "Verhuizing"})
    door.change(row, "exceptions", {"due_on": "2026-12-05", "reason": "Al betaald"})
    ended = door.change(row, "endings", {"valid_until": "2027-06-01"}).json()

    assert [one["amount"] for one in ended["amounts"]] == ["600.00", "650.00"]
    assert ended["pauses"] == [{"valid_from": "2027-01-01", "valid_until": None, "reason": "Verhuizing"}]
    assert ended["exceptions"] == [{"due_on": "2026-12-05", "reason": "Al betaald"}]
    assert ended["valid_until"] == "2027-06-01"
    again = {"amount": "700.00", "valid_from": "2026-12-01"}
    refused(door.change(row, "amounts", again), 409, "known_already")
    told = refused(door.change(row, "endings", {"valid_until": "2020-01-01"}), 400, "invalid")
    assert told["invalidParams"][0]["name"] == "valid_until"


def test_takes_in_a_statement_once_and_says_what_became_of_it(door: Door, home: House) -> None:
    file = statement(home, "20.00", "5.00")

    first, again = door.post("/statements", file, **XML), door.post("/statements", file, **XML)

    assert (first.status_code, first.json()["status"], first.json()["new"]) == (201, "imported", 2)
    assert (again.status_code, again.json()["status"], again.json()["new"]) == (200, "already_imported", 0)
    assert Entry.objects.count() == 2


def test_holds_a_statement_that_does_not_balance(door: Door, home: House) -> None:
    held = door.post("/statements", statement(home, "20.00").replace(b">1020.00<", b">1021.00<"), **XML).json()

    assert held["status"] == "held"
    assert held["problems"][0]["code"] == "does_not_balance"
    assert "1.021,00" in held["problems"][0]["message"]
    assert Entry.objects.count() == 0


def test_refuses_what_is_no_statement_and_keeps_nothing(door: Door, home: House) -> None:
    told = refused(door.post("/statements", b"Beste collega,", **XML), 422, "statement_refused")

    assert told["problems"][0]["code"] == "not_recognised"
    assert not StatementImport.objects.exists()


def test_takes_the_latest_statement_back(door: Door, home: House) -> None:
    made = door.post("/statements", statement(home, "20.00"), **XML).json()
    row = f"/statements/{made['id']}/reversals"

    back = door.post(row, {"reason": "Verkeerd bestand"}).json()

    assert (made["undone"], back["undone"]) == (False, True)
    told = refused(door.post(row, {"reason": "Nog eens"}), 409, "decided_already")
    assert "already_undone" in told["title"]


def test_decides_an_entry_and_takes_that_back(door: Door, home: House) -> None:
    who = factories.resident(home)
    row = waiting_entry(door, home)
    parts = [{"amount": "15.00", "resident": who.pk, "category": "benefit"}, {"amount": "5.00"}]

    decided = door.change(row, "decisions", {"parts": parts}).json()
    back = door.change(row, "withdrawals", {"reason": "Toch niet"}).json()

    assert (decided["waits"], back["waits"], back["parts"]) == (False, True, [])
    assert decided["parts"] == [
        {"amount": "15.00", "resident": who.pk, "agreement": None, "category": "benefit"},
        {"amount": "5.00", "resident": None, "agreement": None, "category": ""},
    ]
    assert not sum(Posting.objects.values_list("amount", flat=True))


def test_says_why_an_entry_is_not_decided_so(door: Door, home: House) -> None:
    one, other = factories.resident(home), factories.resident(home)
    theirs = factories.income(home, other).pk
    row = waiting_entry(door, home)

    def code(*parts: dict[str, Any]) -> str:
        told = refused(door.change(row, "decisions", {"parts": parts}), 400, "invalid")["invalidParams"][0]
        return f"{told['name']}: {told['code']}"

    assert code({"amount": "19.00"}) == "parts: sum"
    assert code({"amount": "20.00", "resident": one.pk}) == "parts.0.category: required"
    assert code({"amount": "20.00", "resident": 987654, "category": "rent"}) == "parts.0.resident: unknown"
    assert code({"amount": "20.00", "resident": one.pk, "agreement": theirs}) == "parts: agreement"
    door.change(row, "decisions", {"parts": [{"amount": "20.00", "agreement": theirs}]})
    refused(door.change(row, "decisions", {"parts": [{"amount": "20.00"}]}), 409, "decided_already")


def test_finds_entries_by_what_they_are(door: Door, home: House) -> None:
    made = door.post("/statements", statement(home, "20.00", "5.00"), **XML).json()

    def amounts(question: str) -> list[str]:
        return [row["amount"] for row in door.get(f"/entries?{question}").json()["items"]]

    assert amounts(f"statement={made['id']}") == ["20.00", "5.00"]
    assert amounts("booked_from=2026-11-03") == amounts("booked_until=2026-11-02") == []
    assert amounts("waits=false") == []


def test_puts_what_is_ready_in_a_file_that_people_approve(door: Door, home: House) -> None:
    planned(home)

    made = door.post("/batches", {"iban": home.account.iban}).json()
    refused(door.get(f"/batches/{made['id']}/file"), 404, "not_found")
    batch = PaymentBatch.objects.get(pk=made["id"])
    approve_batch(batch=batch, digest=made["digest"], on=ON, by=home.approver)
    release_batch(batch=batch, now=MORNING, by=home.approver)
    file = door.get(f"/batches/{made['id']}/file", accept="application/xml")

    assert (made["state"], made["count"], made["total"]) == ("draft", 1, "600.00")
    assert made["assembled_by"] == "systeem zaaksysteem"
    row = door.get(f"/batches/{made['id']}").json()
    assert (row["state"], row["approved_by"]) == ("released", home.approver.username)
    assert file.headers["ETag"] == f'"{row["sha256"]}"'
    assert b"pain.001" in file.content


@pytest.mark.parametrize("what", ["approvals", "releases", "approval", "release"])
def test_has_no_door_for_approving_or_releasing(door: Door, home: House, what: str) -> None:
    planned(home)
    made = door.post("/batches", {"iban": home.account.iban}).json()

    refused(door.post(f"/batches/{made['id']}/{what}", {}), 404, "not_found")


def test_says_that_there_is_nothing_to_pay_and_keeps_why(door: Door, home: House) -> None:
    planned(home, money="0.00")

    refused(door.post("/batches", {"iban": home.account.iban}), 409, "nothing_to_pay")

    held = door.get("/orders?state=held").json()["items"]
    assert [(row["state"], row["reason"]) for row in held] == [("held", "short")]


def test_lets_a_draft_go(door: Door, home: House) -> None:
    planned(home)
    made = door.post("/batches", {"iban": home.account.iban}).json()

    gone = door.change(f"/batches/{made['id']}", "cancellations", {"reason": "Te vroeg"}).json()

    assert (gone["state"], gone["reason"]) == ("cancelled", "Te vroeg")
    assert door.get("/orders").json()["items"][0]["state"] == "planned"
    again = door.change(f"/batches/{made['id']}", "cancellations", {"reason": "Nog eens"})
    refused(again, 409, "decided_already")


def test_pays_once_more_only_what_came_back(door: Door, home: House) -> None:
    planned(home)
    order = PaymentOrder.objects.order_by("pk").first()

    told = refused(door.change(f"/orders/{order.pk}", "attempts", {}), 409, "decided_already")

    assert "planned" in told["title"]


def test_puts_an_alert_off_and_away(door: Door, home: House) -> None:
    who = factories.resident(home)
    row = f"/alerts/{Alert.objects.create(resident=who, kind='balance_low', opened_on=ON).pk}"

    told = refused(door.change(row, "snoozes", {"until": "2026-11-02", "reason": "Wacht"}), 400, "invalid")
    off = door.change(row, "snoozes", {"until": "2026-11-09", "reason": "Belt terug"}).json()
    away = door.change(row, "closings", {"reason": "Besproken"}).json()

    assert told["invalidParams"][0]["name"] == "until"
    assert (off["snoozed_until"], away["closed_because"]) == ("2026-11-09", "seen")
    assert door.get("/alerts?standing=true").json()["items"] == []
    refused(door.change(row, "closings", {"reason": "Nog eens"}), 409, "decided_already")


@pytest.mark.parametrize("language", LANGUAGES)
def test_tells_a_resident_s_story_in_every_language(door: Door, home: House, language: str) -> None:
    who = planned(home)

    told = door.get(f"/residents/{who.pk}/story?language={language}").json()

    assert [block["key"] for block in told["blocks"]] == ["payout", "thing", "charges", "money", "help"]
    assert told["direction"] == LANGUAGES[language].direction
    charge = next(block for block in told["blocks"] if block["key"] == "charges")["items"][0]
    assert charge["amount"] == "600.00"
    assert charge["name"]
    assert all(one["text"] for block in told["blocks"] for one in block["sentences"])


def test_makes_the_letter_of_a_month(door: Door, home: House) -> None:
    who = planned(home)

    answer = door.get(f"/residents/{who.pk}/letters/2026-11", accept="application/pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert who.last_name in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    refused(door.get(f"/residents/{who.pk}/letters/2026-12", accept="application/pdf"), 404, "not_found")
    refused(door.get(f"/residents/{who.pk}/letters/2026-13", accept="application/pdf"), 404, "not_found")


def test_foresees_the_coming_weeks(door: Door, home: House) -> None:
    who = planned(home)

    told = door.get(f"/residents/{who.pk}/outlook?weeks=2&language=en").json()

    assert (told["on"], told["until"], len(told["days"])) == ("2026-11-02", "2026-11-16", 14)
    assert told["sentences"][0]["text"]
    refused(door.get(f"/residents/{who.pk}/outlook?weeks=27"), 400, "invalid")


def test_gives_all_that_is_kept_of_one_resident_and_of_no_other(door: Door, home: House) -> None:
    who, other = planned(home), planned(home)
    entry = waiting_entry(door, home)
    door.change(entry, "decisions", {"parts": [{"amount": "20.00", "resident": who.pk, "category": "benefit"}]})

    told = door.get(f"/residents/{who.pk}/own-data").json()

    assert [row["amount"] for row in told["allocation"]] == ["20.00"]
    assert {row["state"] for row in told["payment_order"]} == {"planned"}
    assert told["agreement"][0]["amounts"][0]["amount"] == "600.00"
    assert told["event"][-1]["what"] == "looked"
    text = json.dumps(told)
    assert {"account", "alert", "assignment", "shortage_proposal", "posting"} <= told.keys()
    assert who.last_name in text
    assert other.last_name not in text
    assert other.accounts.get().iban not in text


def test_holds_the_books_against_every_rule(door: Door, home: House) -> None:
    planned(home)

    told = door.get("/books").json()

    assert told["ok"]
    assert len(told["invariants"]) > 10


def test_is_well(door: Door) -> None:
    door.purpose = ""

    assert door.get("/health").json() == {"status": "ok", "version": "1.0.0", "town": "Voorbeeldstad"}


def test_asks_as_many_questions_for_a_full_page_as_for_one(
    door: Door, home: House, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.charge(home, factories.resident(home))
    door.post("/statements", statement(home, "20.00", "5.00"), **XML)

    # The key, the roles, the rows with what hangs on them, and the look that is written.
    for address, most in (("/residents", 6), ("/agreements", 9), ("/entries", 6), ("/orders", 5)):
        with django_assert_max_num_queries(most):
            door.get(f"{address}?limit=1")
        with django_assert_max_num_queries(most):
            door.get(address)


def test_lets_a_far_future_and_a_far_past_break_nothing(door: Door, home: House) -> None:
    row = f"/agreements/{factories.charge(home, factories.resident(home)).pk}"

    for day in ("1900-01-01", "2199-12-31"):
        answer = door.change(row, "amounts", {"amount": "1.00", "valid_from": day})
        assert answer.status_code == 201
    assert Agreement.objects.get().amounts.count() == 3


def test_gives_the_journal_of_a_period_with_its_checksum(door: Door, home: House) -> None:
    planned(home)
    address = "/journal?since=2026-11-01&until=2026-12-01"

    table, file = door.get(address), door.get(address, accept="application/xml")

    assert table.content.startswith(b"journal_entry,booked_on,")
    assert file.content.startswith(b"<?xml")
    assert table.headers["ETag"] == f'"{hashlib.sha256(table.content).hexdigest()}"'
    assert door.get(f"{address}&up_to={table.headers['Journal-Up-To']}").content == table.content
    refused(door.get("/journal?since=2026-11-01&until=2026-11-01"), 400, "invalid")


def test_sends_no_money_of_residents_to_a_colleague(door: Door, home: House) -> None:
    manager = factories.user("application_manager")
    note_colleague_account(user=home.approver, iban=factories.made_up_iban(77), on=ON, by=manager)

    told = refused(door.post("/residents", newcomer(home)), 400, "invalid")

    assert [(one["name"], one["code"]) for one in told["invalidParams"]] == [("iban", "colleagues_iban")]
    assert Resident.objects.count() == 0
