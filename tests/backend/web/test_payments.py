"""Betalen: made by one, approved by another with a fresh code, sent once, the same bytes for ever."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from budgeting.actions.agreements import change_amount
from budgeting.actions.people import change_account
from budgeting.models import AuditEvent, Role
from payments.actions import batches
from payments.actions.answers import take_in_answer
from payments.actions.batches import approve_batch, release_batch
from payments.actions.day import run_day
from payments.models import PaymentBatch, PaymentOrder
from tests import factories
from tests.backend.web.desk import MORNING, ON, batch_of, code, signed_in
from tests.factories import House
from tests.faults.bank import refusal


@pytest.fixture
def draft(home: House) -> PaymentBatch:
    factories.charge(home, factories.resident(home, money="700.00"), amount="612.40")
    return batch_of(home)


@pytest.fixture
def released(home: House, draft: PaymentBatch) -> PaymentBatch:
    approve_batch(batch=draft, digest=draft.digest, on=ON, by=home.approver)
    return release_batch(batch=draft, now=MORNING, by=home.approver)


def address(batch: PaymentBatch, step: str = "") -> str:
    return f"/betalen/bestand/{batch.pk}/{step}"


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_walks_a_file_from_one_person_to_the_next_and_to_the_bank(home: House) -> None:
    factories.charge(home, factories.resident(home, money="700.00"), amount="612.40", day=2)
    run_day(on=ON, first=ON)
    maker, second = signed_in(home.case_worker), signed_in(home.approver)

    made = maker.post("/betalen/maken/", {"bank_account": home.account.pk}, follow=True)
    batch = PaymentBatch.objects.get()
    assert "U heeft dit bestand gemaakt. Iemand anders moet het goedkeuren." in text_of(made)

    approved = second.post(
        address(batch, "goedkeuren/"), {"digest": batch.digest, "code": code(home.approver)}, follow=True
    )
    assert "Goedgekeurd. Het bestand kan nu naar de bank." in text_of(approved)
    assert "Code van uw app" not in text_of(approved), "the code of a moment ago is fresh enough"

    sent = second.post(address(batch, "versturen/"), {"digest": batch.digest}, follow=True)
    assert "Het bestand voor de bank is klaar." in text_of(sent)
    batch.refresh_from_db()
    assert batch.state == "released"


def test_gives_the_same_bytes_every_time_and_writes_who_took_them(home: House, released: PaymentBatch) -> None:
    client = signed_in(home.approver)

    first, second = (client.get(address(released, "bestand.xml")) for _ in range(2))

    assert first.content == second.content == bytes(released.content or b"")
    assert first.headers["Content-Disposition"] == f'attachment; filename="{released.message_id}.xml"'
    assert AuditEvent.objects.filter(action="batch.downloaded").count() == 2


def test_refuses_the_maker_also_under_a_second_account(home: House, draft: PaymentBatch) -> None:
    twin = factories.user(Role.APPROVER, person=home.case_worker.person_number)

    answer = signed_in(twin, fresh=True).post(address(draft, "goedkeuren/"), {"digest": draft.digest}, follow=True)

    assert "Iemand anders moet het goedkeuren." in text_of(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("given", ["", "000000", "abc"])
def test_asks_for_a_right_code_before_anything_is_approved(home: House, draft: PaymentBatch, given: str) -> None:
    answer = signed_in(home.approver).post(address(draft, "goedkeuren/"), {"digest": draft.digest, "code": given})

    assert answer.status_code == 422
    assert "Deze code klopt niet." in text_of(answer)
    assert 'href="#id_code"' in text_of(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_takes_a_code_of_six_minutes_ago_for_stale(
    home: House, draft: PaymentBatch, monday_morning: time_machine.Traveller
) -> None:
    client = signed_in(home.approver, fresh=True)
    assert "Code van uw app" not in text_of(client.get(address(draft)))
    monday_morning.shift(timedelta(minutes=6))

    assert "Code van uw app" in text_of(client.get(address(draft)))
    assert client.post(address(draft, "goedkeuren/"), {"digest": draft.digest}).status_code == 422


def test_tells_that_the_file_is_not_what_was_seen(home: House, draft: PaymentBatch) -> None:
    answer = signed_in(home.approver, fresh=True).post(address(draft, "goedkeuren/"), {"digest": "0" * 64}, follow=True)

    assert "Het bestand is niet meer wat u zag." in text_of(answer)


def test_tells_the_second_of_two_approvers_that_a_colleague_was_first(home: House, draft: PaymentBatch) -> None:
    for who in (home.approver, factories.user(Role.APPROVER)):
        answer = signed_in(who, fresh=True).post(address(draft, "goedkeuren/"), {"digest": draft.digest}, follow=True)

    assert "Een collega was u voor." in text_of(answer)


def test_lets_a_case_worker_neither_approve_nor_send_nor_download(home: House, released: PaymentBatch) -> None:
    client = signed_in(home.case_worker, fresh=True)

    assert client.post(address(released, "goedkeuren/"), {"digest": released.digest}).status_code == 403
    assert client.post(address(released, "versturen/"), {"digest": released.digest}).status_code == 403
    assert client.get(address(released, "bestand.xml")).status_code == 403


def test_cancels_a_file_with_a_reason_and_plans_its_payments_again(home: House, draft: PaymentBatch) -> None:
    client = signed_in(home.case_worker)

    assert client.post(address(draft, "annuleren/"), {"reason": ""}).status_code == 422
    answer = client.post(address(draft, "annuleren/"), {"reason": "Verkeerde week"}, follow=True)

    assert "De betalingen staan weer gepland." in text_of(answer)
    assert set(PaymentOrder.objects.values_list("state", flat=True)) == {"planned"}


def test_lets_only_an_approver_cancel_what_was_approved(home: House, draft: PaymentBatch) -> None:
    approve_batch(batch=draft, digest=draft.digest, on=ON, by=home.approver)

    answer = signed_in(home.case_worker).post(address(draft, "annuleren/"), {"reason": "Toch niet"}, follow=True)

    assert "Uw rol mag dit niet." in text_of(answer)
    draft.refresh_from_db()
    assert draft.state == "approved"


def test_warns_when_the_day_of_payment_has_passed(
    home: House, draft: PaymentBatch, monday_morning: time_machine.Traveller
) -> None:
    monday_morning.shift(timedelta(days=7))

    page = text_of(signed_in(home.approver).get(address(draft)))

    assert "De betaaldag is voorbij" in page
    assert "Keur deze betalingen goed" not in page


def test_shows_what_changed_since_the_month_before(home: House) -> None:
    who = factories.resident(home, money="5000.00")
    same, higher, moved = (factories.charge(home, who, amount="100.00", day=2) for _ in range(3))
    run_day(on=ON, first=ON)
    client = signed_in(home.case_worker)
    client.post("/betalen/maken/", {"bank_account": home.account.pk})
    batch = PaymentBatch.objects.get()
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    release_batch(batch=batch, now=MORNING, by=home.approver)
    december = ON.replace(month=12, day=1)
    change_amount(agreement=higher, amount=Decimal("112.50"), valid_from=december, by=home.case_worker)
    assert moved.account is not None
    new = change_account(old=moved.account, iban=factories.made_up_iban(4), name="Nieuw", on=ON, by=home.case_worker)
    factories.vouch(home, new)

    with time_machine.travel(MORNING.replace(month=12, day=2), tick=False):
        client = signed_in(home.case_worker)
        run_day(on=december + timedelta(days=1), first=december + timedelta(days=1))
        client.post("/betalen/maken/", {"bank_account": home.account.pk})
        page = text_of(client.get(address(PaymentBatch.objects.latest("pk"))))

    changed = page[page.index("Anders dan vorige maand") : page.index("Alle betalingen in dit bestand")]
    assert 'Hoger, was <bdi dir="ltr" translate="no">€ 100,00</bdi>' in changed
    assert "Ander rekeningnummer" in changed
    assert str(same.account.name if same.account else "") not in changed


def test_shows_planned_and_held_orders_with_their_reason(home: House) -> None:
    factories.charge(home, factories.resident(home))
    factories.charge(home, factories.resident(home, money="900.00"))
    run_day(on=ON, first=ON + timedelta(days=3))

    page = text_of(signed_in(home.case_worker).get("/betalen/"))

    assert "Te weinig geld" in page
    assert "donderdag 5 november" in page
    assert PaymentOrder.objects.filter(state="held").count() == 1


def test_shows_one_order_and_the_orders_of_a_day(home: House) -> None:
    factories.charge(home, factories.resident(home, money="900.00"), amount="612.40")
    run_day(on=ON, first=ON)
    order = PaymentOrder.objects.filter(kind="charge").earliest("due_on")
    client = signed_in(home.case_worker)

    assert "€ 612,40" in text_of(client.get(f"/betalen/opdracht/{order.pk}/"))
    assert "€ 612,40" in text_of(client.get(f"/betalen/dag/{order.execute_on}/"))
    assert client.get("/betalen/dag/morgen/").status_code == 404
    assert client.get("/betalen/opdracht/99999/").status_code == 404


def test_says_that_there_is_nothing_to_pay(home: House) -> None:
    answer = signed_in(home.case_worker).post("/betalen/maken/", {"bank_account": home.account.pk}, follow=True)

    assert "Er is nu niets te betalen." in text_of(answer)
    assert PaymentBatch.objects.count() == 0


def test_says_how_many_files_were_made_of_more_than_one_holds(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_TOGETHER", 2)
    for _ in range(5):
        factories.charge(home, factories.resident(home, money="700.00"), day=2)
    run_day(on=ON, first=ON)

    answer = signed_in(home.case_worker).post("/betalen/maken/", {"bank_account": home.account.pk}, follow=True)

    assert "er zijn 3 bestanden gemaakt. Elk bestand wacht op een tweede persoon." in text_of(answer)
    assert all(f'href="{address(batch)}"' in answer.content.decode() for batch in PaymentBatch.objects.all())


def test_takes_in_what_the_bank_refuses(home: House, released: PaymentBatch) -> None:
    order = released.orders.get()
    data = refusal(released, {order.end_to_end_id: "AC04"}, ON)
    file = SimpleUploadedFile("pain002.xml", data)

    answer = signed_in(home.case_worker).post("/betalen/antwoord/", {"file": file}, follow=True)

    assert "De bank weigert 1 betaling." in text_of(answer)
    order.refresh_from_db()
    assert order.state == "rejected"


def test_pays_once_more_what_the_bank_refused_and_only_once(home: House, released: PaymentBatch) -> None:
    order = released.orders.get()
    take_in_answer(data=refusal(released, {order.end_to_end_id: "AC04"}, ON), on=ON, by=None)
    client = signed_in(home.case_worker)
    place = f"/betalen/opdracht/{order.pk}/"
    assert "Betaal opnieuw" in text_of(client.get(place))

    first, second = (client.post(f"{place}opnieuw/", follow=True) for _ in range(2))

    assert "Opnieuw gepland." in text_of(first)
    assert "Dit wordt al betaald, of hoeft niet opnieuw." in text_of(second)
    assert "Betaal opnieuw" not in text_of(client.get(place))
    assert signed_in(factories.user(Role.CASE_WORKER)).post(f"{place}opnieuw/").status_code == 404


def test_says_what_is_wrong_with_an_answer_and_changes_nothing(home: House, released: PaymentBatch) -> None:
    file = SimpleUploadedFile("vakantie.xml", b"<Document/>")

    answer = signed_in(home.case_worker).post("/betalen/antwoord/", {"file": file})

    assert answer.status_code == 422
    assert "vakantie.xml" in text_of(answer)
    assert "Dit is geen antwoord van de bank op een betaalbestand." in text_of(answer)


def test_asks_few_questions_of_the_database(
    home: House, draft: PaymentBatch, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(home.approver)
    order = draft.orders.get()

    for page in ("/betalen/", address(draft), f"/betalen/opdracht/{order.pk}/", f"/betalen/dag/{order.execute_on}/"):
        with django_assert_max_num_queries(15):
            assert client.get(page).status_code == 200
