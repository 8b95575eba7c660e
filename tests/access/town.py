"""A town with two residents who have nothing to do with each other, someone in every role, and a sample of each thing.

Everything of a resident carries words and numbers that nothing else has (canaries), so that a page that shows them to
the wrong person is found by looking for them.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from accessibility import styles
from accessibility.plain import iban_text
from backend.models import Upload
from budgeting.actions.numbers import keep_number
from budgeting.models import Account, Entry, LetIn, Mode, Resident, Role, StatementImport, Town, User
from payments.actions.day import run_day
from payments.actions.settle import take_in_statement
from payments.models import PaymentOrder
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in
from tests.one_file import assemble_batch

NOBODY = "not logged in"
NUMBERS = ("111222333", "123456782")  # BSNs of nobody: no page may show them unless asked to, by a button
HELPERS = (
    (Role.VOLUNTEER, Mode.ALONG),
    (Role.TRUSTED_PERSON, Mode.TRUSTED),
    (Role.LEGAL_REPRESENTATIVE, Mode.REPRESENTATIVE),
)


@dataclass(frozen=True)
class Canary:
    """What only belongs to one resident."""

    words: tuple[str, ...]

    def seen_in(self, content: bytes) -> list[str]:
        text = content.decode(errors="replace").replace("\u00a0", " ")
        return [word for word in self.words if word in text]


@dataclass
class Walk:
    """The town, who is in it, and what is whose."""

    home: House
    own: Resident
    other: Resident
    people: dict[str, User]
    canaries: dict[int, Canary] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)
    samples: dict[str, dict[str, Any]] = field(default_factory=dict)

    def browser(self, role: str) -> Client:
        """One browser a role; what it does is undone after each request."""
        if role == NOBODY:
            return Client()
        if role not in self.browsers:
            self.browsers[role] = signed_in(self.people[role])
        return self.browsers[role]

    def ask(self, role: str, method: str, address: str) -> Any:
        """One request that leaves nothing behind, neither in the database nor in the browser."""
        browser = self.browser(role)
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        with transaction.atomic():
            answer = browser.generic(method, address, b"", "application/x-www-form-urlencoded")
            b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        browser.cookies.clear()
        browser.cookies.load(cookies)
        return answer

    def ask_the_view(self, role: str, method: str, address: str) -> Any:
        """The same without what stands before the view, for what never comes further than its guard."""
        request = RequestFactory().generic(method, address)
        request.user, request.session = self.people.get(role) or AnonymousUser(), SessionStore()
        found = resolve(address)
        try:
            answer = found.func(request, *found.args, **found.kwargs)
            return answer.render() if isinstance(answer, SimpleTemplateResponse) else answer
        except PermissionDenied:
            return HttpResponse(status=403)


def walk_in() -> Walk:
    """The whole town."""
    home = factories.house()
    Town.objects.update(passkeys=True)
    own, other = _resident(home, "Kanarie", 4101), _resident(home, "Zwaluw", 4102)
    elsewhere = factories.user(Role.CASE_WORKER)
    other.assignments.update(case_worker=elsewhere)
    people = {role: factories.user(role) for role in Role if role != Role.RESIDENT}
    people |= {Role.CASE_WORKER: home.case_worker, Role.RESIDENT: own.user}
    walk = Walk(home, own, other, people)
    walk.canaries = {who.pk: _canary(who) for who in (own, other)}
    for who, number in zip((own, other), NUMBERS, strict=True):
        keep_number(resident=who, number=number, basis="Participatiewet", now=timezone.now(), by=home.case_worker)
    walk.samples = _samples(walk)
    return walk


def _resident(home: House, name: str, number: int) -> Resident:
    who = factories.resident(
        home, money="900.00", first_names=f"{name}mees", last_name=f"{name}vogel", street=f"{name}laan 7"
    )
    Account.objects.filter(resident=who).update(iban=factories.made_up_iban(number))
    factories.charge(home, who, amount="600.00", day=2)
    factories.income(home, who, day=2)
    return who


def _canary(who: Resident) -> Canary:
    iban = who.accounts.get().iban
    return Canary((who.first_names, who.last_name, who.street, iban, iban_text(iban)))


def _let_in(walk: Walk, role: Role, mode: Mode) -> LetIn:
    now = timezone.now()
    return LetIn.objects.create(
        resident=walk.own,
        helper=walk.people[role],
        mode=mode,
        reason="C/16/1",
        asked_at=now,
        begun_at=now,
        until=now + timedelta(minutes=20),
    )


def _samples(walk: Walk) -> dict[str, dict[str, Any]]:
    home, own = walk.home, walk.own
    run_day(on=ON, first=ON)
    statement = Bank(home.account.iban, Decimal("1000.00")).day(ON, came_in("20.00", ON, name="Niemand"))
    take_in_statement(data=statement, name="maandag.xml", by=home.case_worker, on=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=ON + timedelta(days=1), by=home.case_worker)
    order = PaymentOrder.objects.filter(resident=own, kind="charge").latest("pk")
    bundle = uuid.uuid4()
    Upload.objects.create(bundle=bundle, name="a.xml", size=1, content=b"x", by=home.case_worker)
    entry = Entry.objects.latest("pk")
    numbers = {
        "afspraken/<": own.agreements.first().pk,
        "betalen/opdracht/<": order.pk,
        "betalen/bestand/<": batch.pk,
        "bank/ongedaan": StatementImport.objects.latest("pk").pk,
        "bank/wachtend/<": entry.pk,
        "inwoners/<": own.pk,
        "mijn-geld/betaling": order.pk,
        "api/": own.pk,
    }
    along, trusted, represented = (_let_in(walk, role, mode) for role, mode in HELPERS)
    return {
        "number": numbers,
        "day": {"": ON.isoformat()},
        "address": {"": f"{ON:%Y-%m}"},
        "name": {"": "home"},
        "what": {"": "pause"},
        "bundle": {"": bundle},
        "kind": {"": "desk"},
        "let_in": {
            "helpen": along.pk,
            "meekijken@trusted_person": trusted.pk,
            "meekijken": represented.pk,
            "inwoners": along.pk,
        },
        "month": {"": f"{ON:%Y-%m}"},
        "rest": {"": "nergens"},
        "digest": {"": styles.sheet("desk", "").digest},
    }
