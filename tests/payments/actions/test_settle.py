"""What the bank says of our payments: settled once, returned once, rejected once, and never twice the money."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from budgeting.actions import bulk
from budgeting.actions.ledger import resident_balances
from budgeting.models import BankAccount, WaitingEntry
from payments.actions import books
from payments.actions.answers import NotAnAnswer, take_in_answer
from payments.actions.batches import approve_batch, release_batch
from payments.actions.plan import plan_orders
from payments.actions.settle import take_in_statement
from payments.models import BankAnswer, PaymentBatch, PaymentOrder
from tests import factories
from tests.factories import ON
from tests.faults.bank import Bank, came_back, came_in, drawn, paid, paid_as_one, refusal, with_counts
from tests.one_file import assemble_batch

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 5)
LATER = date(2026, 11, 9)
NOW = datetime(2026, 11, 5, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(autouse=True, params=[bulk.TOGETHER, 1], ids=["whole", "in pieces"])
def together(request, monkeypatch):
    """How many entries of a file are booked and settled together."""
    monkeypatch.setattr(bulk, "TOGETHER", request.param)


@pytest.fixture
def home():
    return factories.house()


@pytest.fixture
def bank(home):
    made = Bank(home.account.iban, Decimal("5000.00"))
    taken_in(home, made.day(ON))
    return made


@pytest.fixture
def batch(home, bank):
    """Two charges of one resident, released."""
    who = factories.resident(home, money="1000.00")
    factories.charge(home, who, amount="600.00")
    factories.charge(home, who, amount="50.00", category="energy")
    plan_orders(on=ON, first=ON)
    draft = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)
    approve_batch(batch=draft, digest=draft.digest, on=DUE, by=home.approver)
    return release_batch(batch=draft, now=NOW, by=home.approver)


def taken_in(home, data):
    told = take_in_statement(data=data, name="camt.xml", by=home.case_worker, on=LATER)
    verified()
    return told


def verified():
    assert [(f.id, f.first_violation, f.difference) for f in books.verify() if not f.ok] == []


def orders(batch):
    return list(PaymentOrder.objects.filter(batch=batch).order_by("pk"))


def states(batch):
    return [order.state for order in orders(batch)]


def balance(batch):
    number = orders(batch)[0].resident_id
    return resident_balances([number])[number]


def test_settles_our_payments_by_their_own_id_and_closes_the_batch(home, bank, batch):
    told = taken_in(home, bank.day(DUE, *(paid(order, DUE) for order in orders(batch))))

    assert (told.settled.booked, told.result.suspense) == (2, 0)
    assert states(batch) == ["booked", "booked"]
    assert [order.booked_on for order in orders(batch)] == [DUE, DUE]
    assert PaymentBatch.objects.get().state == "closed"
    assert balance(batch) == Decimal("350.00")


def test_keeps_the_bytes_of_a_closed_batch(home, bank, batch):
    content = bytes(batch.content)

    taken_in(home, bank.day(DUE, *(paid(order, DUE) for order in orders(batch))))

    assert bytes(PaymentBatch.objects.get().content) == content


def test_settles_a_part_now_and_the_rest_later(home, bank, batch):
    first, second = orders(batch)
    taken_in(home, bank.day(DUE, paid(first, DUE)))
    assert (states(batch), PaymentBatch.objects.get().state) == (["booked", "released"], "released")

    taken_in(home, bank.day(LATER, paid(second, LATER)))

    assert (states(batch), PaymentBatch.objects.get().state) == (["booked", "booked"], "closed")


def test_gives_returned_money_back_once(home, bank, batch):
    first, second = orders(batch)
    taken_in(home, bank.day(DUE, paid(first, DUE), paid(second, DUE)))

    told = taken_in(home, bank.day(LATER, came_back(first, LATER)))
    again = taken_in(home, bank.day(LATER, came_back(first, LATER)))

    assert (told.settled.returned, again.settled.returned) == (1, 0)
    assert (again.result.booked, again.result.suspense) == (0, 1)
    assert balance(batch) == Decimal("350.00") + first.amount
    returned = PaymentOrder.objects.get(pk=first.pk)
    assert (returned.state, returned.reason) == ("returned", "AC04")


def test_gives_money_back_that_was_paid_and_returned_on_one_statement(home, bank, batch):
    first, second = orders(batch)

    told = taken_in(home, bank.day(DUE, paid(first, DUE), paid(second, DUE), came_back(first, DUE)))

    assert (told.settled.booked, told.settled.returned) == (2, 1)
    assert balance(batch) == Decimal("350.00") + first.amount
    assert PaymentBatch.objects.get().state == "closed"


def test_gives_money_back_whatever_the_order_of_the_lines(home, bank, batch):
    first, second = orders(batch)

    taken_in(home, bank.day(DUE, came_back(first, DUE), paid(first, DUE), paid(second, DUE)))

    assert states(batch) == ["returned", "booked"]
    assert balance(batch) == Decimal("350.00") + first.amount


def test_takes_in_a_statement_on_which_the_bank_paid_twice(home, bank, batch):
    first, second = orders(batch)

    told = taken_in(home, bank.day(DUE, paid(first, DUE), paid(first, DUE), paid(second, DUE)))

    assert (told.settled.booked, told.result.suspense) == (2, 1)
    assert states(batch) == ["booked", "booked"]


def test_lets_another_amount_under_our_id_wait_for_a_person(home, bank, batch):
    first, second = orders(batch)
    less = paid(first, DUE, first.amount - Decimal("0.01"))

    told = taken_in(home, bank.day(DUE, less, paid(second, DUE)))

    assert (told.settled.booked, told.result.suspense) == (1, 1)
    assert states(batch) == ["released", "booked"]


def test_settles_a_file_that_the_bank_booked_as_one_line(home, bank, batch):
    line = paid_as_one(batch, DUE)

    told = taken_in(home, with_counts(bank.day(DUE, line), {line.block: 2}))

    assert told.settled.booked == 2
    assert (states(batch), PaymentBatch.objects.get().state) == (["booked", "booked"], "closed")
    assert not WaitingEntry.objects.filter(closed_at=None).exists()


def test_settles_one_line_without_a_count_by_its_sum(home, bank, batch):
    assert taken_in(home, bank.day(DUE, paid_as_one(batch, DUE))).settled.booked == 2


def test_lets_one_line_with_another_count_wait(home, bank, batch):
    line = paid_as_one(batch, DUE)

    told = taken_in(home, with_counts(bank.day(DUE, line), {line.block: 3}))

    assert (told.settled.booked, states(batch)) == (0, ["released", "released"])
    assert WaitingEntry.objects.filter(closed_at=None).count() == 1


def test_lets_one_line_with_another_sum_wait(home, bank, batch):
    line = paid_as_one(batch, DUE, batch.total - Decimal("0.01"))

    assert taken_in(home, bank.day(DUE, line)).settled.booked == 0


def test_settles_a_file_booked_as_one_line_twice_only_once(home, bank, batch):
    line = paid_as_one(batch, DUE)

    taken_in(home, bank.day(DUE, line, line))

    assert states(batch) == ["booked", "booked"]
    assert WaitingEntry.objects.filter(closed_at=None).count() == 1


def test_gives_back_what_was_returned_of_a_file_booked_as_one_line(home, bank, batch):
    first, _ = orders(batch)
    taken_in(home, bank.day(DUE, paid_as_one(batch, DUE)))

    taken_in(home, bank.day(LATER, came_back(first, LATER)))

    assert states(batch) == ["returned", "booked"]
    assert balance(batch) == Decimal("350.00") + first.amount


def test_gives_back_what_was_returned_beside_the_one_line_of_its_file(home, bank, batch):
    first, _ = orders(batch)

    taken_in(home, bank.day(DUE, came_back(first, DUE), paid_as_one(batch, DUE)))

    assert states(batch) == ["returned", "booked"]
    assert balance(batch) == Decimal("350.00") + first.amount


def test_gives_rejected_money_back_once_however_often_the_bank_says_so(home, bank, batch):
    first, _ = orders(batch)
    data = refusal(batch, {first.end_to_end_id: "AC04"}, DUE)

    said = [take_in_answer(data=data, on=DUE, by=None) for _ in range(2)]
    told_again = take_in_answer(data=data.replace(b"T12:00:00", b"T13:00:00"), on=DUE, by=None)

    assert [one.rejected for one in (*said, told_again)] == [1, 0, 0]
    assert balance(batch) == Decimal("350.00") + first.amount
    assert BankAnswer.objects.count() == 6
    verified()


def test_settles_the_rest_of_a_partly_rejected_file_booked_as_one_line(home, bank, batch):
    first, second = orders(batch)
    take_in_answer(data=refusal(batch, {first.end_to_end_id: "AC04"}, DUE), on=DUE, by=None)

    taken_in(home, bank.day(DUE, paid_as_one(batch, DUE, second.amount)))

    assert states(batch) == ["rejected", "booked"]
    assert PaymentBatch.objects.get().state == "closed"


def test_closes_a_batch_of_which_every_order_was_rejected(home, bank, batch):
    reasons = {order.end_to_end_id: "AC04" for order in orders(batch)}

    take_in_answer(data=refusal(batch, reasons, DUE), on=DUE, by=None)

    assert (states(batch), PaymentBatch.objects.get().state) == (["rejected", "rejected"], "closed")
    assert balance(batch) == Decimal("1000.00")
    verified()


def test_lets_a_payment_wait_that_the_bank_rejected_and_then_made(home, bank, batch):
    first, second = orders(batch)
    take_in_answer(data=refusal(batch, {first.end_to_end_id: "AC04"}, DUE), on=DUE, by=None)

    told = taken_in(home, bank.day(DUE, paid(first, DUE), paid(second, DUE)))

    assert (told.settled.booked, told.result.suspense) == (1, 1)
    assert states(batch) == ["rejected", "booked"]


def test_does_not_believe_a_rejection_of_what_was_already_paid(home, bank, batch):
    first, second = orders(batch)
    taken_in(home, bank.day(DUE, paid(first, DUE), paid(second, DUE)))

    said = take_in_answer(data=refusal(batch, {first.end_to_end_id: "AC04"}, DUE), on=DUE, by=None)

    assert said.rejected == 0
    assert balance(batch) == Decimal("350.00")
    verified()


def test_hears_no_answer_to_a_batch_we_never_released(home, bank, batch):
    data = refusal(batch, {}, DUE).replace(batch.message_id.encode(), b"HHBNOTOURS")

    with pytest.raises(NotAnAnswer):
        take_in_answer(data=data, on=DUE, by=None)


def test_ties_out_each_of_several_accounts(home, bank, batch):
    second = BankAccount.objects.create(iban=factories.made_up_iban(2), name="Gemeente Voorbeeldstad")
    other = Bank(second.iban, Decimal("70.00"))

    taken_in(home, other.day(ON, came_in("5.00", ON)))
    taken_in(home, bank.day(DUE, drawn("5.00", DUE)))
