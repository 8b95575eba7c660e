"""What every door for machines does: who comes in, in which form refusals come, which version answers, and once."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from accessibility.who_looked import looked_facts_of
from backend.api.access_keys import NotAKey, Wanted, add_key, stop_key
from backend.desk.resident_file import timeline
from backend.models import ApiKey
from budgeting.models import Account, Agreement, AuditEvent, Resident
from tests import factories
from tests.backend.api.door import Door
from tests.backend.web.desk import MORNING, ON
from tests.factories import House

SHORT = {"first_names": "Sam", "last_name": "Nieuwkomer", "birth_date": "1990-02-01", "street": "Dorpsweg 1"}


def newcomer(home: House, **facts: Any) -> dict[str, Any]:
    rhythm = {"unit": "week", "starts_on": "2026-11-06"}
    more = {"postcode": "1234 AB", "town": "Voorbeeldstad", "iban": factories.made_up_iban(77), "pay_rhythm": rhythm}
    return {**SHORT, **more, "case_worker": home.case_worker.username, **facts}


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["API-Version"] == "1.0.0"
    body: dict[str, Any] = json.loads(answer.content)
    assert (body["code"], body["status"]) == (code, status)
    return body


def test_asks_who_has_no_key_for_one(home: House) -> None:
    answer = Client().get("/api/v1/residents", headers={"Accept-Language": "nl"})

    told = refused(answer, 401, "not_known")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert told["title"] == "Geef een geldige sleutel: Authorization: Bearer."


@pytest.mark.parametrize("text", ["hhb_aaaaaaaa_b", "hhb__", "x", "é", "hhb_" + "a" * 200, "Bearer twice"])
def test_keeps_out_what_is_no_key(door: Door, text: str) -> None:
    answer = Client().get("/api/v1/health", headers={"Authorization": f"Bearer {text}"})

    refused(answer, 401, "not_known")


def test_keeps_only_a_digest_of_a_key(door: Door) -> None:
    secret = door.text.split("_", 2)[2]

    assert secret not in str(ApiKey.objects.values())


def test_shuts_a_key_that_was_stopped_or_is_over(
    door: Door, home: House, monday_morning: time_machine.Traveller
) -> None:
    other = Door.of(home, system="portaal")
    stop_key(label=other.key.label, now=MORNING, by=home.case_worker)

    refused(other.get("/residents"), 401, "not_known")
    monday_morning.shift(timedelta(days=60))
    refused(door.get("/residents"), 401, "not_known")
    assert AuditEvent.objects.filter(action="api_key.stopped").count() == 1


def test_shuts_out_a_system_that_is_switched_off(door: Door) -> None:
    door.key.system.is_active = False
    door.key.system.save()

    refused(door.get("/residents"), 401, "not_known")


def test_refuses_a_key_that_nobody_is_responsible_for(home: House) -> None:
    resident = factories.resident(home)
    wanted = Wanted("portaal", ("story:read",), ("portaal",), ON + timedelta(days=1))

    with pytest.raises(NotAKey):
        add_key(wanted=wanted, responsible=resident.user, on=ON)


def test_needs_the_scope_of_what_is_asked(home: House) -> None:
    door = Door.of(home, "agreements:read")

    told = refused(door.get("/residents"), 403, "scope_missing")
    assert "residents:read" in told["title"]
    refused(door.post("/agreements", {}), 403, "scope_missing")


def test_needs_a_purpose_the_key_is_for(door: Door) -> None:
    door.purpose = ""
    told = refused(door.get("/residents"), 400, "purpose_missing")
    assert told["invalidParams"][0]["name"] == "X-Doelbinding"
    door.purpose = "nieuwsgierigheid"

    refused(door.get("/residents"), 403, "purpose_not_allowed")


def test_writes_who_looked_and_what_for(door: Door, home: House) -> None:
    who = factories.resident(home)

    door.get(f"/residents/{who.pk}")

    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor, event.resident_id) == ("looked", "systeem zaaksysteem", who.pk)
    assert json.loads(event.body)["purpose"] == "inkomensbeheer"


def test_shows_nothing_when_it_cannot_write_who_looked(
    door: Door, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = factories.resident(home)
    monkeypatch.setattr("budgeting.actions.looks.record", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        door.get(f"/residents/{who.pk}")


def test_tells_a_fault_of_its_own_as_a_problem_too(door: Door, home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    who = factories.resident(home)
    monkeypatch.setattr("budgeting.actions.looks.record", lambda **_: 1 / 0)
    client = Client(raise_request_exception=False)

    answer = client.get(f"/api/v1/residents/{who.pk}", headers=door.headers())

    refused(answer, 500, "broken")
    assert b"division" not in answer.content


def test_asks_to_send_it_again_when_the_database_is_away(
    door: Door, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = factories.resident(home)
    monkeypatch.setattr("budgeting.actions.looks.record", _is_away)

    answer = Client(raise_request_exception=False).get(f"/api/v1/residents/{who.pk}", headers=door.headers())

    refused(answer, 503, "away")
    assert answer.headers["Retry-After"] == "10"
    assert b"10.1.2.3" not in answer.content


def _is_away(**_: object) -> None:
    raise OperationalError("connection to 10.1.2.3 refused")


@pytest.mark.parametrize("address", ["/nowhere", "/residents/", "/residents/0", "/residents/99999999999999999999999"])
def test_answers_the_same_for_what_is_not_there(door: Door, address: str) -> None:
    refused(door.get(address), 404, "not_found")


def test_answers_what_cannot_be_done_here(door: Door) -> None:
    answer = Client().delete("/api/v1/residents", headers=door.headers())

    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST, HEAD"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "JSON"),
        (b"[]", "not an object"),
        (b'"x"', "not an object"),
        (b"\xff", "UTF-8"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 100_000, "too deep"),
    ],
)
def test_says_what_is_wrong_with_a_body(door: Door, body: bytes, why: str) -> None:
    assert why in refused(door.post("/residents", body), 400, "not_readable")["title"]


def test_refuses_a_body_that_is_too_large(door: Door) -> None:
    refused(door.post("/residents", b" " * 10_000_000), 413, "too_large")
    refused(door.post("/statements", b" " * 10_000_000, content_type="application/xml"), 413, "too_large")


def test_refuses_another_kind_of_body(door: Door) -> None:
    refused(door.post("/residents", b"a=1", content_type="application/x-www-form-urlencoded"), 415, "media_type")


def test_names_every_field_that_is_wrong(door: Door, home: House) -> None:
    wrong = newcomer(home, iban="NL00TEST0000000000", birth_date="1-2-1990", interpreter_needed="yes", colour="red")
    wrong["pay_rhythm"] = {"unit": "week", "starts_on": "2026-11-06", "weekdays": [9]}
    del wrong["street"]

    unknown = refused(door.post("/residents", wrong), 400, "invalid")
    del wrong["colour"]
    told = refused(door.post("/residents", wrong), 400, "invalid")

    assert {one["name"]: one["code"] for one in unknown["invalidParams"]} == {"colour": "unknown"}
    found = {one["name"]: one["code"] for one in told["invalidParams"]}
    assert found == {
        "iban": "not_an_iban", "birth_date": "invalid", "interpreter_needed": "invalid",
        "pay_rhythm.weekdays.0": "max_value", "street": "required",
    }  # fmt: skip
    assert Resident.objects.count() == 0


@pytest.mark.parametrize("value", [1, True, None, ["x"], {"a": 1}, "a\x00b", "a\nb", "\ud800"])
def test_takes_text_for_text_only(door: Door, home: House, value: object) -> None:
    told = refused(door.post("/residents", newcomer(home, first_names=value)), 400, "invalid")

    assert told["invalidParams"][0]["name"] == "first_names"


@pytest.mark.parametrize("value", [600, 600.0, "600", "600.0", "-600.00", "0.00", "6e2", "600,00", "٦٠٠.٠٠", None])
def test_takes_amounts_as_strings_with_two_decimals(door: Door, home: House, value: object) -> None:
    who = factories.resident(home)
    row = f"/agreements/{factories.charge(home, who).pk}"

    told = refused(door.change(row, "amounts", {"amount": value, "valid_from": "2026-12-01"}), 400, "invalid")

    assert [one["name"] for one in told["invalidParams"]] == ["amount"]


def test_speaks_dutch_when_asked(door: Door, home: House) -> None:
    door.language = "nl-NL,nl;q=0.9"

    told = refused(door.post("/residents", newcomer(home, iban="x")), 400, "invalid")

    assert told["title"] == "Er klopt iets niet in het verzoek. Kijk bij de velden."
    assert told["invalidParams"][0]["reason"].startswith("Dit is geen IBAN")


def test_does_the_same_request_once_and_answers_it_again(door: Door, home: House) -> None:
    first = door.post("/residents", newcomer(home), key="een-sleutel")
    again = door.post("/residents", newcomer(home), key="een-sleutel")

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"] == f"/api/v1/residents/{first.json()['id']}"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert Resident.objects.count() == 1


def test_refuses_a_key_that_was_used_for_something_else(door: Door, home: House) -> None:
    door.post("/residents", newcomer(home), key="een-sleutel")

    refused(door.post("/residents", newcomer(home, last_name="Anders"), key="een-sleutel"), 409, "key_used_otherwise")
    assert Resident.objects.count() == 1


def test_lets_another_system_use_the_same_key(door: Door, home: House) -> None:
    other = Door.of(home, system="portaal")
    door.post("/residents", newcomer(home), key="een-sleutel")

    answer = other.post("/residents", newcomer(home, last_name="Anders"), key="een-sleutel")

    assert answer.status_code == 201


def test_lets_a_refused_request_be_tried_again(door: Door, home: House) -> None:
    refused(door.post("/residents", newcomer(home, town=""), key="een-sleutel"), 400, "invalid")

    assert door.post("/residents", newcomer(home), key="een-sleutel").status_code == 201


def test_asks_for_an_idempotency_key(door: Door, home: House) -> None:
    told = refused(door.post("/residents", newcomer(home), idempotency_key=""), 400, "idempotency_key_missing")

    assert told["invalidParams"][0]["name"] == "Idempotency-Key"
    refused(door.post("/residents", newcomer(home), key="kort"), 400, "idempotency_key_invalid")


def test_changes_only_the_version_that_was_read(door: Door, home: House) -> None:
    row = f"/agreements/{factories.charge(home, factories.resident(home)).pk}"
    read = door.get(row)
    body = {"amount": "650.00", "valid_from": "2026-12-01"}

    refused(door.post(f"{row}/amounts", body), 428, "if_match_missing")
    changed = door.post(f"{row}/amounts", body, if_match=read.headers["ETag"])
    stale = door.post(f"{row}/amounts", body | {"valid_from": "2027-01-01"}, if_match=read.headers["ETag"])

    assert changed.status_code == 201
    assert changed.headers["ETag"] == door.get(row).headers["ETag"] != read.headers["ETag"]
    refused(stale, 412, "changed_meanwhile")
    assert Agreement.objects.get().amounts.count() == 2


def test_sends_nothing_again_to_who_has_it(door: Door, home: House) -> None:
    row = f"/residents/{factories.resident(home).pk}"
    tag = door.get(row).headers["ETag"]

    answer = door.get(row, if_none_match=tag)

    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)


def test_shows_only_the_fields_that_are_asked(door: Door, home: House) -> None:
    who = factories.resident(home)

    assert door.get(f"/residents/{who.pk}?fields=number,account").json() == {
        "number": who.number,
        "account": {"iban": Account.objects.get().iban, "name": str(who), "since": "2026-01-01"},
    }
    assert list(door.get("/residents?fields=id").json()["items"][0]) == ["id"]
    refused(door.get("/residents?fields=shoe_size"), 400, "invalid")


def test_pages_by_key_without_losing_or_repeating(door: Door, home: House) -> None:
    made = [factories.resident(home).pk for _ in range(7)]

    found, address = [], "/residents?limit=3&fields=id"
    while address:
        answer = door.get(address)
        found += [row["id"] for row in answer.json()["items"]]
        address = (answer.json()["next"] or "").removeprefix("/api/v1")
        assert bool(address) == ('rel="next"' in answer.headers.get("Link", ""))

    assert found == made


@pytest.mark.parametrize("question", ["limit=0", "limit=101", "limit=x", "after=-1", "colour=red", "limit=1&limit=2"])
def test_refuses_a_question_it_does_not_understand(door: Door, question: str) -> None:
    refused(door.get(f"/residents?{question}"), 400, "invalid")


def test_lets_no_key_ask_more_often_than_agreed(home: House) -> None:
    door = Door.of(home, per_minute=3)

    answers = [door.get("/health") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["Retry-After"]) in range(1, 21)


def test_tells_the_resident_which_system_looked_and_what_for(door: Door, home: House) -> None:
    who = factories.resident(home)
    door.get(f"/residents/{who.pk}")
    door.purpose = "schuldhulp"
    door.get(f"/residents/{who.pk}")

    looks = looked_facts_of(who, on=ON).looks

    assert {look.name for look in looks} == {"Systeem zaaksysteem, inkomensbeheer", "Systeem zaaksysteem, schuldhulp"}
    assert {line.actor for line in timeline(who) if line.what != "resident.registered"} >= {
        "systeem zaaksysteem, schuldhulp"
    }
