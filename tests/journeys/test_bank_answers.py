"""What a bank we did not write may do with our payments: accept, refuse in part, bring back, be silent, forget."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from backend.example.desk import Desk, NotTakenIn
from backend.example.events import Credit
from backend.example.load import Loaded, load_or_find
from backend.example.loopback_bank import LoopbackBank, loopback_bank
from backend.example.play import play
from backend.example.script import Script
from backend.example.town import EXAMPLE_TOWN
from backend.example.troubles import Refusal, Trouble
from budgeting.actions.ledger import advances_used, resident_balances
from budgeting.models import AccountStop, Entry, StatementDay, StatementImport
from payments.actions import books
from payments.actions.settle import take_in_statement
from payments.models import BankAnswer, PaymentBatch, PaymentOrder
from tests.databases import OwnDatabase

pytestmark = pytest.mark.journey

# Kevin Postma, and Rachid El Idrissi whose rent of 718.60 runs from the first day on.
TOWN = replace(EXAMPLE_TOWN, households=tuple(h for h in EXAMPLE_TOWN.households if h.name in {"Postma", "El Idrissi"}))
KEVIN, RACHID = TOWN.residents
START, UNTIL = date(2026, 9, 1), date(2026, 9, 12)
RENT = TOWN.agreements["r11-rent-3"]
LANDLORD = TOWN.counterparties[RENT.counterparty].iban


def wage(key: str, on: date) -> Credit:
    agreement = TOWN.agreements[key]
    payer = TOWN.counterparties[agreement.counterparty]
    text = f"SALARIS {agreement.mark}"
    return Credit(on, agreement.amount, payer.name, payer.iban, text, key, agreement.resident)


WAGES = (wage("r03-wages-1", date(2026, 9, 2)), wage("r11-wages-1", date(2026, 9, 2)))


@dataclass
class Town:
    """The two residents, the desk and the bank, before anything has happened."""

    loaded: Loaded
    desk: Desk
    bank: LoopbackBank

    def balance(self, key: str) -> Decimal:
        number = self.loaded.residents[key].pk
        return resident_balances([number])[number]

    def lent(self, key: str) -> Decimal:
        number = self.loaded.residents[key].pk
        return advances_used([number])[number]

    def orders(self, key: str, **wanted: object) -> list[PaymentOrder]:
        rows = PaymentOrder.objects.filter(resident=self.loaded.residents[key], **wanted)
        return list(rows.exclude(state__in=["planned", "cancelled"]).order_by("due_on"))


@contextmanager
def town(*refusals: Refusal, desk: type[Desk] = Desk) -> Iterator[Town]:
    script = Script(TOWN, START, UNTIL, WAGES, refusals)
    loaded = load_or_find(TOWN, on=START)
    told = {"iban": TOWN.account_iban, "owner": TOWN.account_name, "balance": TOWN.opening_balance}
    with loopback_bank(start=START, refusals=refusals, **told) as bank:
        yield Town(loaded, desk(script, loaded), bank)
    assert [one for one in books.verify() if not one.ok] == []


def test_books_what_the_bank_accepts(own_database: OwnDatabase) -> None:
    with town() as here:
        play(here.desk, here.bank)
    assert {(order.state, order.reason) for order in (*here.orders("r03"), *here.orders("r11"))} == {("booked", "")}
    assert [order.booked_on for order in here.orders("r11", kind="charge")] == [START]
    files = BankAnswer.objects.filter(order=None)
    assert {answer.status for answer in files} == {"ACCP"}
    assert files.count() == PaymentBatch.objects.filter(state="closed").count() > 1


def test_gives_back_what_the_bank_refuses_and_pays_the_rest_of_the_file(own_database: OwnDatabase) -> None:
    closed = Refusal(Trouble.REJECTED, KEVIN.iban, START, UNTIL)
    with town(closed) as here:
        play(here.desk, here.bank)
    (refused,) = here.orders("r03", kind="remainder")
    (paid,) = here.orders("r11", kind="remainder")
    assert refused.batch_id == paid.batch_id
    assert (refused.state, refused.reason, paid.state) == ("rejected", "AC04", "booked")
    assert refused.batch.state == "closed"
    assert BankAnswer.objects.get(order=None, batch=refused.batch).status == "PART"
    assert here.balance("r03") == WAGES[0].amount


def test_gives_back_what_came_back_days_later_exactly_once(own_database: OwnDatabase) -> None:
    closed = Refusal(Trouble.RETURNED, LANDLORD, START, UNTIL, amount=RENT.amount, days=3)
    with town(closed) as here:
        play(here.desk, here.bank)
    (rent,) = here.orders("r11", kind="charge")
    assert (rent.state, rent.reason) == ("returned", "AC04")
    # Nothing more goes to an account that a bank says is closed, until a person has asked.
    stop = AccountStop.objects.get(iban=LANDLORD)
    assert stop.lifted_on is not None
    assert (stop.code, stop.lifted_on >= stop.stopped_on + timedelta(days=2)) == ("AC04", True)
    out, back = Entry.objects.filter(end_to_end_id=rent.end_to_end_id).order_by("booking_date")
    assert (out.amount, out.booking_date) == (-RENT.amount, START)
    assert (back.amount, back.booking_date, back.return_reason) == (RENT.amount, date(2026, 9, 4), "AC04")
    paid_out = sum(order.amount for order in here.orders("r11", kind="remainder"))
    assert here.balance("r11") - here.lent("r11") == WAGES[1].amount - paid_out


def test_waits_for_no_answer(own_database: OwnDatabase) -> None:
    with town() as here:
        here.bank.behave("silent")
        play(here.desk, here.bank)
    assert BankAnswer.objects.count() == 0
    assert {order.state for order in (*here.orders("r03"), *here.orders("r11"))} == {"booked"}


def test_holds_a_statement_that_left_an_entry_off(own_database: OwnDatabase) -> None:
    with town() as here:
        here.bank.behave("statement-gap")
        with pytest.raises(NotTakenIn) as stopped:
            play(here.desk, here.bank)
        assert stopped.value.status == "held"
        assert Entry.objects.count() == StatementDay.objects.count() == 0
        assert StatementImport.objects.get().status == "held"
        assert {order.state for order in here.orders("r11")} == {"released"}


class LosesAStatement(Desk):
    """A desk at which the statement of one day is lost, and found when the next one was held."""

    lost: bytes | None = None
    held = 0

    def take_in(self, on: date, statement: bytes) -> None:
        if on == START + timedelta(days=2):  # of the day the wages came
            self.lost = statement
            return
        if self.lost is not None:
            self.find(on, statement)
        super().take_in(on, statement)

    def find(self, on: date, statement: bytes) -> None:
        result = take_in_statement(data=statement, name="next.xml", by=self.worker, on=on).result
        assert (result.status, result.new) == ("held", 0)
        self.held += 1
        found, self.lost = self.lost, None
        assert found is not None
        super().take_in(on, found)


def test_holds_what_follows_a_lost_statement_until_it_is_found(own_database: OwnDatabase) -> None:
    with town(desk=LosesAStatement) as here:
        play(here.desk, here.bank)
        assert here.desk.held == 1
    assert StatementDay.objects.count() == 9  # banking days
    assert {order.state for order in (*here.orders("r03"), *here.orders("r11"))} == {"booked"}
