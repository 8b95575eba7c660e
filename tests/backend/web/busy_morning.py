"""Every kind of page of the desk as it is sent on a busy morning, also with what somebody typed wrong."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from budgeting.actions.people import register_counterparty
from budgeting.models import Account, Counterparty, LearntRule, Resident, Role
from payments.actions.day import run_day
from payments.actions.settle import take_in_statement
from payments.models import PaymentBatch, PaymentOrder
from tests import factories, histories
from tests.backend.web.desk import ON, batch_of, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in


def busy_morning(home: House) -> dict[str, str]:
    """Pages by what they show, wrong forms among them. The clock stands on `MORNING`."""
    who = factories.resident(home, language="ti", interpreter_needed=True, birth_date=ON - timedelta(days=12000))
    rent = factories.charge(home, who, amount="612.40")
    benefit = factories.income(home, who, day=2)
    factories.charge(home, factories.resident(home, money="900.00"))
    payer = benefit.counterparty.accounts.get()
    lines = [
        came_in("1180.00", ON, name=payer.name, iban=payer.iban, remittance="Uitkering november"),
        came_in("20.00", ON, name="Niemand", iban=factories.made_up_iban(77), remittance="bedankt " * 20),
    ]
    statement = Bank(home.account.iban, Decimal("1000.00")).day(ON, *lines)
    taken = take_in_statement(data=statement, name="maandag.xml", by=home.case_worker, on=ON).result
    entry, second = taken.entry_ids[:2]
    run_day(on=ON, first=ON + timedelta(days=3))
    worker, approver = signed_in(home.case_worker), signed_in(home.approver)
    shown = {
        "today": worker.get("/vandaag/"),
        "approver's today": approver.get("/vandaag/"),
        "residents": worker.get("/inwoners/"),
        "resident": worker.get(f"/inwoners/{who.pk}/"),
        "register": worker.get("/inwoners/nieuw/"),
        "register with errors": worker.post("/inwoners/nieuw/", {"iban": "NL00"}),
        "make agreement": worker.get(f"/inwoners/{who.pk}/afspraak/"),
        "agreement": worker.get(f"/afspraken/{rent.pk}/"),
        "agreement with errors": worker.post(f"/afspraken/{rent.pk}/pause/", {}),
        "account": worker.get(f"/inwoners/{who.pk}/rekening/"),
        "letter": worker.post(f"/inwoners/{who.pk}/brief/"),
        "bank": worker.get("/bank/"),
        "bank with errors": worker.post("/bank/", {}),
        "waiting": worker.get("/bank/wachtend/"),
        "all entries": worker.get("/bank/boekingen/"),
        "what was done": signed_in(factories.user(Role.AUDITOR)).get("/boeken/gebeurtenissen/"),
        "entry": worker.get(f"/bank/wachtend/{entry}/"),
        "entry with a search": worker.get(f"/bank/wachtend/{entry}/?q=voorbeeld"),
        **_paying(worker, approver, batch_of(home)),
        **_intake(worker, who),
        **_directory(worker, home, rent.counterparty),
        **_rules(worker, second),
        "books": signed_in(factories.user(Role.AUDITOR)).get("/boeken/"),
        **_guards(approver, payer),
    }
    return {name: answer.content.decode() for name, answer in shown.items()}


def _paying(worker: Client, approver: Client, batch: PaymentBatch) -> dict[str, Any]:
    """What goes out, an order that is held, and a batch that waits for the second person."""
    order = PaymentOrder.objects.filter(state="held").first()
    assert order is not None
    wrong = {"digest": batch.digest, "code": "1"}
    return {
        "payments": worker.get("/betalen/"),
        "order": worker.get(f"/betalen/opdracht/{order.pk}/"),
        "day": worker.get(f"/betalen/dag/{order.execute_on}/"),
        "batch to approve": approver.get(f"/betalen/bestand/{batch.pk}/"),
        "batch with a wrong code": approver.post(f"/betalen/bestand/{batch.pk}/goedkeuren/", wrong),
        "answer": worker.get("/betalen/antwoord/"),
    }


def _intake(worker: Client, who: Resident) -> dict[str, Any]:
    """From the files to the first budget."""
    address = f"/inwoners/{who.pk}/intake/"
    found = worker.post(address, {"chosen": _history()})
    values = {"p-TOTAL_FORMS": "1", "p-INITIAL_FORMS": "0", "p-0-take": "on", "p-0-direction": "in", "do": "make"}
    return {
        "intake": worker.get(address),
        "intake with a letter": worker.post(address, {"chosen": SimpleUploadedFile("brief.txt", b"Beste")}),
        "intake, found": found,
        "intake with errors": worker.post(f"{address}afspraken/", values),
        "budget": worker.get(f"/inwoners/{who.pk}/begroting/"),
    }


def _history() -> SimpleUploadedFile:
    return SimpleUploadedFile("mijn.xml", histories.WRITERS["camt"](histories.household()))


def _guards(approver: Client, account: Account) -> dict[str, Any]:
    """The pages of who vouches for an account and of the limits."""
    return {
        "account numbers": approver.get("/betalen/rekeningen/"),
        "account number": approver.get(f"/betalen/rekeningen/{account.pk}/"),
        "limits with errors": approver.post("/betalen/grenzen/", {}),
        "colleagues": signed_in(factories.user(Role.APPLICATION_MANAGER)).get("/betalen/rekeningen/collegas/"),
    }


def _directory(worker: Client, home: House, one: Counterparty) -> dict[str, Any]:
    """An organisation, another with a name like it, and the two merged."""
    by = home.case_worker
    two = register_counterparty(name=f"{one.name} en meer", iban=factories.made_up_iban(78), on=ON, by=by)
    address = f"/tegenpartijen/{two.pk}/"
    shown = {
        "organisations": worker.get("/tegenpartijen/"),
        "organisation with errors": worker.post(f"{address}creditor/", {"value": "x"}),
        "merge of organisations": worker.get(f"{address}met/{one.pk}/"),
    }
    worker.post(f"{address}met/{one.pk}/")
    return shown | {"organisation": worker.get(address)}


def _rules(worker: Client, entry: int) -> dict[str, Any]:
    """A decision, the rule it could become, and that rule once it is kept."""
    who = Resident.objects.order_by("pk").first()
    assert who is not None
    given = {"choose": f"resident:{who.pk}", "category": "other_income"}
    worker.post(f"/bank/wachtend/{entry}/?q=voorbeeld", given)
    address = f"/bank/regels/nieuw/{entry}/"
    lesson = worker.get(address)
    worker.post(address, {"do": "keep", "by": "account", "category": "leisure"})
    rule = f"/bank/regels/{LearntRule.objects.get().pk}/"
    return {
        "lesson of a decision": lesson,
        "lesson with errors": worker.post(address, {"do": "keep", "by": "words", "category": "leisure"}),
        "rules": worker.get("/bank/regels/"),
        "rule": worker.get(rule),
        "lesson that changes": worker.get(f"{rule}anders/"),
    }
