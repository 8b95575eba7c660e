"""A participation ends when all is settled, repaid and paid out; what still comes goes on to the resident, once."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from budgeting.actions.ledger import advances_used, post, resident_balances
from budgeting.core import ledger
from budgeting.core.endings import Left, what_is_left
from budgeting.core.ledger import Movement
from budgeting.models import AuditEvent, Entry, ParticipationEnd, Resident, User
from payments.actions.batches import approve_batch, release_batch
from payments.actions.books import verify
from payments.actions.day import run_day
from payments.actions.leaving import (
    AlreadyEnding,
    EndsTooEarly,
    NoReason,
    NotEnding,
    SomethingIsLeft,
    begin_ending,
    end_participation,
    pay_last,
    pay_on,
    withdraw_ending,
)
from payments.actions.settle import take_in_statement
from payments.models import PaymentOrder
from tests import factories
from tests.faults.bank import Bank, came_back, came_in, paid
from tests.faults.races import Job, race
from tests.one_file import assemble_batch

MONDAY, TUESDAY, FRIDAY = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 6)
ZERO = Decimal("0.00")


class Town:
    """A house with a bank, in which orders go all the way."""

    def __init__(self) -> None:
        self.home = factories.house()
        self.bank = Bank(self.home.account.iban, Decimal("5000.00"))
        self.hear(MONDAY - timedelta(days=3))

    def hear(self, day: date, *lines: object) -> tuple[int, ...]:
        data = self.bank.day(day, *lines)
        taken = take_in_statement(data=data, name="a.xml", by=self.home.case_worker, on=day)
        assert taken.result.status == "imported", taken
        return taken.result.entry_ids

    def end(self, who: Resident, ends_on: date = MONDAY) -> ParticipationEnd:
        facts = {"why": "own_wish", "reason": "Kan het weer zelf", "on": MONDAY, "by": self.home.case_worker}
        return begin_ending(resident=who, ends_on=ends_on, **facts)

    def pay(self, on: date = MONDAY, first: date = TUESDAY) -> list[PaymentOrder]:
        """Everything ready goes out and is booked."""
        by, now = self.home.approver, datetime(on.year, on.month, on.day, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
        batch = assemble_batch(bank_account=self.home.account, on=on, first=first, by=self.home.case_worker)
        batch = approve_batch(batch=batch, digest=batch.digest, on=on, by=by)
        release_batch(batch=batch, now=now, by=by)
        orders = list(batch.orders.order_by("pk"))
        self.hear(first, *(paid(order, first) for order in orders))
        return orders

    def last(self, ending: ParticipationEnd, on: date = MONDAY, first: date = TUESDAY) -> PaymentOrder:
        return pay_last(ending=ending, on=on, first=first, by=self.home.case_worker)

    def done(self, ending: ParticipationEnd, on: date = MONDAY) -> ParticipationEnd:
        return end_participation(ending=ending, on=on, by=self.home.case_worker)


@pytest.fixture
def town(db):
    return Town()


def holds() -> bool:
    return all(finding.ok for finding in verify())


def purse(who: Resident) -> Decimal:
    return resident_balances([who.pk])[who.pk]


def test_names_what_is_left_in_the_order_in_which_it_is_dealt_with() -> None:
    left = Left(Decimal("5.00"), Decimal("1.00"), 2, 1)

    assert what_is_left(left, ends_on=FRIDAY, on=MONDAY) == (
        "day_to_come", "orders_to_send", "orders_sent", "lent", "money",
    )  # fmt: skip
    assert what_is_left(Left(ZERO, ZERO, 0, 0), ends_on=MONDAY, on=MONDAY) == ()


def test_stops_what_is_due_from_the_day_on_and_nothing_before(town) -> None:
    who = factories.resident(town.home, money="900.00")
    early = factories.charge(town.home, who, amount="100.00", day=4)
    late = factories.charge(town.home, who, amount="200.00", day=20)
    run_day(on=MONDAY, first=TUESDAY)

    town.end(who, ends_on=FRIDAY)
    run_day(on=MONDAY, first=TUESDAY)

    charges = PaymentOrder.objects.filter(kind="charge").order_by("due_on")
    told = [(order.agreement_id, order.due_on, order.state) for order in charges]
    assert told[:2] == [(early.pk, date(2026, 11, 4), "planned"), (late.pk, date(2026, 11, 20), "cancelled")]
    assert {state for _, _, state in told[2:]} == {"cancelled"}
    assert not PaymentOrder.objects.filter(resident=who, state="planned", due_on__gte=FRIDAY).exists()


def test_ends_when_the_last_money_is_paid_out_and_booked(town) -> None:
    who = factories.resident(town.home, money="312.45")
    ending = town.end(who)
    with pytest.raises(SomethingIsLeft, match="money"):
        town.done(ending)

    order = town.last(ending)
    assert (order.amount, order.kind, order.iban) == (Decimal("312.45"), "remainder", who.accounts.get().iban)
    with pytest.raises(SomethingIsLeft, match="orders_to_send, money"):
        town.done(ending)
    assert [one.pk for one in town.pay()] == [order.pk]

    assert town.done(ending, on=TUESDAY).state == "ended"
    assert purse(who) == ZERO
    assert holds()
    events = AuditEvent.objects.filter(resident_id=who.pk, action__startswith="participation.").order_by("id")
    assert [event.action.split(".")[1] for event in events] == ["ending", "paid_out", "ended"]


def test_waits_for_what_is_on_its_way(town) -> None:
    who = factories.resident(town.home, money="700.00")
    factories.charge(town.home, who, amount="100.00", day=3)
    ending = town.end(who, ends_on=date(2026, 11, 4))
    run_day(on=MONDAY, first=TUESDAY)
    day = date(2026, 11, 4)

    with pytest.raises(SomethingIsLeft) as refused:
        town.last(ending, on=day, first=day)
    assert set(refused.value.reasons) == {"orders_to_send"}
    town.pay()
    assert town.last(ending, on=day, first=day).amount == Decimal("600.00")


def test_repays_what_is_lent_before_it_pays_out(town) -> None:
    who = factories.resident(town.home, money="50.00", limit="300.00")
    post([Movement("advance", MONDAY, "lent", ledger.given(who.pk, Decimal("80.00")))], by=None)
    ending = town.end(who)

    order = town.last(ending)

    assert order.amount == Decimal("50.00")
    assert advances_used([who.pk])[who.pk] == ZERO
    town.pay()
    assert town.done(ending).state == "ended"


def test_does_not_end_while_something_is_lent(town) -> None:
    who = factories.resident(town.home, limit="300.00")
    post([Movement("advance", MONDAY, "lent", ledger.given(who.pk, Decimal("80.00")))], by=None)
    lines = ledger.moved(Decimal("80.00"), debit=ledger.resident(who.pk), credit=ledger.OWN)
    post([Movement("allocation", MONDAY, "spent", lines)], by=None)
    ending = town.end(who)

    with pytest.raises(SomethingIsLeft, match="nothing_to_pay"):
        town.last(ending)
    with pytest.raises(SomethingIsLeft, match="lent"):
        town.done(ending)


def test_lets_income_after_the_end_wait_and_pays_it_on_once(town) -> None:
    who = factories.resident(town.home)
    benefit = factories.income(town.home, who, amount="500.00", day=5)
    ending = town.done(town.end(who))
    payer = benefit.counterparty.accounts.get()
    day = date(2026, 11, 5)
    line = came_in("500.00", day, iban=payer.iban, name=payer.name, remittance="uitkering november")
    entry = Entry.objects.get(pk=town.hear(day, line)[0])
    assert entry.waiting.closed_at is None
    assert [one.get("agreement") for one in entry.waiting.suggestions] == [None, benefit.pk]
    assert ParticipationEnd.objects.get().state == "ended"

    pay_on(entry=entry, ending=ending, on=day, first=FRIDAY, by=town.home.case_worker)

    again = ParticipationEnd.objects.get()
    assert (again.state, again.again_because) == ("ending", "money")
    town.pay(on=day, first=FRIDAY)
    town.done(again, on=FRIDAY)
    assert purse(who) == ZERO
    assert holds()


def test_begins_to_end_again_when_the_last_money_comes_back(town) -> None:
    who = factories.resident(town.home, money="40.00")
    ending = town.end(who)
    town.last(ending)
    order = town.pay()[0]
    town.done(ending)

    town.hear(FRIDAY, came_back(order, FRIDAY, "MS03"))

    ending.refresh_from_db()
    assert (ending.state, purse(who)) == ("ending", Decimal("40.00"))
    again = town.last(ending, on=FRIDAY, first=date(2026, 11, 9))
    assert again.end_to_end_id != order.end_to_end_id
    assert holds()


def test_stays_after_all(town) -> None:
    who = factories.resident(town.home, money="900.00")
    factories.charge(town.home, who, amount="100.00", day=20)
    run_day(on=MONDAY, first=TUESDAY)
    ending = town.end(who, ends_on=FRIDAY)

    withdraw_ending(ending=ending, on=MONDAY, by=town.home.case_worker)
    run_day(on=MONDAY, first=TUESDAY)

    assert PaymentOrder.objects.filter(kind="charge", state="planned").count() == 1
    with pytest.raises(NotEnding):
        withdraw_ending(ending=ending, on=MONDAY, by=town.home.case_worker)
    assert town.end(who, ends_on=FRIDAY).state == "ending"


def test_replaces_a_last_payment_that_did_not_go(town) -> None:
    who = factories.resident(town.home, money="40.00")
    ending = town.end(who)
    first = town.last(ending)
    factories.give(town.home, who, "2.00")

    second = town.last(ending)

    first.refresh_from_db()
    assert (first.state, first.reason, second.amount) == ("cancelled", "replaced", Decimal("42.00"))


def test_refuses_what_cannot_be(town) -> None:
    who = factories.resident(town.home)
    facts = {"resident": who, "why": "moved", "on": MONDAY, "by": town.home.case_worker}
    with pytest.raises(NoReason):
        begin_ending(reason=" ", ends_on=MONDAY, **facts)
    with pytest.raises(EndsTooEarly):
        begin_ending(reason="x", ends_on=MONDAY - timedelta(days=1), **facts)
    town.end(who)
    with pytest.raises(AlreadyEnding):
        town.end(who)


ATTACKS = {
    "money for who has ended": (
        "INSERT INTO journal_entry (id, kind, booked_on, key, reason) VALUES (900001, 'allocation', "
        "'2026-11-09', 'x', ''); INSERT INTO posting (journal_entry_id, account_id, amount, end_to_end_id) "
        "SELECT 900001, id, 1, '' FROM "
        "ledger_account WHERE kind = 'resident'"
    ),
    "ended with money": "UPDATE participation_end SET state = 'ended', ended_on = '2026-11-09', "
    "ended_by_id = opened_by_id",
    "ended from the start": (
        "INSERT INTO participation_end (resident_id, why, reason, ends_on, state, opened_on, opened_by_id, ended_on, "
        "ended_by_id, again_because) SELECT id, 'moved', 'x', '2026-11-02', 'ended', '2026-11-02', 1, '2026-11-02', 1, "
        "'' FROM resident"
    ),
    "another reason": "UPDATE participation_end SET reason = 'anders'",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_refuses_raw_sql_of_its_own_application(town, attack: str) -> None:
    who = factories.resident(town.home, money="9.00")
    if attack != "ended from the start":
        ending = town.end(who)
    if attack == "money for who has ended":
        town.last(ending)
        town.pay()
        town.done(ending)

    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(ATTACKS[attack])


def test_pays_out_and_ends_once_however_many_do_it_at_once(own_database) -> None:
    town = Town()
    who = factories.resident(town.home, money="75.00")
    by = town.home.case_worker
    facts = {"resident": who, "why": "moved", "reason": "x", "ends_on": MONDAY, "on": MONDAY, "by": by}
    found = race(Job("begin", lambda _: begin_ending(**facts), (AlreadyEnding,)), 8)
    ending = ParticipationEnd.objects.get()
    found += race(Job("pay last", lambda _: town.last(ending), (SomethingIsLeft,), None), 8)
    live = PaymentOrder.objects.live()
    assert [(order.amount, order.kind) for order in live] == [(Decimal("75.00"), "remainder")]
    town.pay()
    found += race(Job("end", lambda _: town.done(ending), (NotEnding,)), 8)

    assert not found
    assert holds()


def test_lets_no_money_slip_in_while_a_participation_ends(own_database) -> None:
    town = Town()
    who = factories.resident(town.home)
    ending = town.end(who)

    def work(number: int) -> object:
        if number == 0:
            return town.done(ending)
        lines = ledger.moved(Decimal("1.00"), debit=ledger.OWN, credit=ledger.resident(who.pk))
        return post([Movement("allocation", MONDAY, f"slip:{number}", lines)], by=None)

    found = race(Job("end and pay in", work, (SomethingIsLeft,), None), 8)

    assert not found
    assert ParticipationEnd.objects.get().state == "ending"
    assert purse(who) == Decimal("7.00")
    assert holds()
    assert User.objects.get(resident=who).is_active
