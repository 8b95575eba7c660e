"""More than one file can hold: several files, all or none, and the limits of the town hold for all of them together."""

import os
import signal
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from budgeting.models import BankAccount, Town
from payments.actions import batches, parts
from payments.actions.batches import NothingToPay, approve_batch, assemble_batches, release_batch
from payments.actions.checks import NotToBePaid
from payments.actions.from_account import MoneyIsElsewhere
from payments.actions.held_back import hold_back
from payments.actions.orders import move_orders
from payments.actions.parts import one_after_another
from payments.actions.plan import plan_orders
from payments.core import pain001
from payments.models import PaymentBatch, PaymentOrder, ShortageProposal
from tests import factories
from tests.factories import ON
from tests.faults.kills import counted
from tests.faults.picture import violations
from tests.faults.races import at_once

DUE = date(2026, 11, 5)
NOW = datetime(2026, 11, 5, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(autouse=True)
def three_to_a_file(monkeypatch):
    monkeypatch.setattr(batches, "MOST_TOGETHER", 3)


def town(charges=(1, 1, 1, 1), money="2000.00", amount="600.00"):
    """Residents with so many charges each."""
    home = factories.house()
    for count in charges:
        who = factories.resident(home, money=money)
        for _ in range(count):
            factories.charge(home, who, amount=amount)
    plan_orders(on=ON, first=ON)
    return home


def made(home, **more):
    facts = {"bank_account": home.account, "on": ON, "first": DUE, "by": home.case_worker}
    return assemble_batches(**(facts | more))


def signed(home, batch):
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    return release_batch(batch=batch, now=NOW, by=home.approver)


def states():
    rows = PaymentOrder.objects.filter(execute_on__lte=DUE)
    return Counter(rows.values_list("state", "reason"))


@pytest.mark.django_db
def test_makes_one_file_of_as_much_as_it_holds_and_two_of_one_more():
    home = town((1, 1, 1))
    assert [batch.count for batch in made(home)] == [3]

    for _ in range(4):
        factories.charge(home, factories.resident(home, money="600.00"))
    plan_orders(on=ON, first=ON)
    files = made(home)

    assert [batch.count for batch in files] == [3, 1]
    assert [batch.total for batch in files] == [Decimal("1800.00"), Decimal("600.00")]
    assert len({batch.message_id for batch in files}) == 2
    with pytest.raises(NothingToPay):
        made(home)


@pytest.mark.django_db
def test_puts_nobodys_orders_in_two_files():
    home = town((2, 2, 1, 4, 1), amount="400.00")
    files = made(home)

    assert [batch.count for batch in files] == [2, 3, 4, 1]
    whose = [set(batch.orders.values_list("resident", flat=True)) for batch in files]
    assert sum(len(one) for one in whose) == len(set().union(*whose)) == 5


@pytest.mark.django_db
def test_fills_files_though_some_orders_may_not_go():
    home = town((1,) * 6)
    first = PaymentOrder.objects.order_by("resident", "pk").first()
    PaymentOrder.objects.filter(pk=first.pk).update(amount=Decimal("2000.01"))

    assert [batch.count for batch in made(home)] == [3, 2]
    assert states() == {("batched", ""): 5, ("held", "short"): 1}


@pytest.mark.django_db
def test_holds_over_all_files_what_is_over_the_limit_of_a_day():
    home = town()
    Town.objects.update(day_limit=Decimal("2400.00"))
    assert [batch.count for batch in made(home)] == [3, 1]

    for _ in range(2):
        factories.charge(home, factories.resident(home, money="600.00"))
    plan_orders(on=ON, first=ON)
    Town.objects.update(day_limit=Decimal("3000.00"))
    assert [batch.count for batch in made(home)] == [1]
    assert states() == {("batched", ""): 5, ("held", "over_day_limit"): 1}


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "reason"), [("day_limit", "over_day_limit"), ("batch_limit", "over_batch_limit")])
def test_holds_what_is_over_a_limit_that_falls_within_the_second_file(limit, reason):
    home = town((1,) * 6)
    Town.objects.update(**{limit: Decimal("2400.00")})

    assert [batch.count for batch in made(home)] == [3, 1]
    assert states() == {("batched", ""): 4, ("held", reason): 2}


@pytest.mark.django_db
def test_holds_first_what_matters_least_also_when_it_would_be_in_the_first_file():
    home = town(())
    for category in ("insurance", "insurance", "insurance", "rent"):
        factories.charge(home, factories.resident(home, money="600.00"), category=category)
    plan_orders(on=ON, first=ON)
    Town.objects.update(day_limit=Decimal("1800.00"))

    assert [batch.count for batch in made(home)] == [3]
    held = PaymentOrder.objects.get(state="held")
    assert (held.category, held.reason) == ("insurance", "over_day_limit")


@pytest.mark.django_db
def test_keeps_the_limit_of_a_day_when_the_second_file_is_released():
    home = town()
    first, second = made(home)
    signed(home, first)
    Town.objects.update(day_limit=Decimal("2399.99"))

    with pytest.raises(NotToBePaid) as refused:
        signed(home, second)
    assert refused.value.reason == "over_day_limit"


@pytest.mark.django_db
def test_makes_no_file_when_all_together_take_more_than_the_account_has():
    home = town()
    other = BankAccount.objects.create(iban=factories.made_up_iban(2), name="Gemeente, leefgeld")

    with pytest.raises(MoneyIsElsewhere) as refused:
        made(home, bank_account=other)

    assert (refused.value.free, refused.value.needs) == (Decimal("0.00"), Decimal("2400.00"))
    assert not PaymentBatch.objects.exists()
    assert states() == {("planned", ""): 4}


@pytest.mark.django_db
def test_signs_each_file_for_itself():
    home = town((1, 2, 1, 1))
    files = [signed(home, batch) for batch in made(home)]

    paid = [set(batch.orders.values_list("end_to_end_id", flat=True)) for batch in files]
    assert [len(ids) for ids in paid] == [3, 2]
    for batch, ids in zip(files, paid, strict=True):
        assert pain001.schema_problems(bytes(batch.content)) == ()
        assert all(one.encode() in batch.content for one in ids)
    assert states() == {("released", ""): 5}
    assert violations() == []


@given(counts=st.lists(st.integers(1, 6), max_size=30), cut=st.integers(1, 7))
def test_packs_all_orders_once_in_as_few_files_as_residents_allow(counts, cut):
    orders = [SimpleNamespace(resident_id=who, pk=(who, n)) for who, count in enumerate(counts) for n in range(count)]
    stretches = [orders[i : i + cut] for i in range(0, len(orders), cut)]
    packed = list(batches._packed(stretches))

    assert [order for file in packed for order in file] == orders
    files = [Counter(order.resident_id for order in file) for file in packed]
    assert all(len(file) <= 3 or len(whose) == 1 for file, whose in zip(packed, files, strict=True))
    for before, after in pairwise(files):
        assert not before.keys() & after.keys()
        assert before.total() + after[min(after)] > 3, "the next resident fitted"


def test_puts_each_order_in_one_file_though_two_make_files_at_once(own_database):
    home = town((1,) * 7)

    outcomes = at_once([partial(made, home)] * 3)

    assert sorted(outcomes) == ["NothingToPay", "NothingToPay", "effect"]
    assert sorted(PaymentBatch.objects.values_list("count", flat=True)) == [1, 3, 3]
    assert states() == {("batched", ""): 7}
    assert violations() == []


def test_leaves_all_files_or_none_wherever_it_is_killed(own_database):
    home = town()
    points, between = 0, set()
    while not PaymentBatch.objects.exists():
        points += 5
        died = _killed(points, partial(made, home))
        between.add(PaymentBatch.objects.count())
    assert points > 40
    assert between == {0, 2}, "never one of the two"
    if died:
        with pytest.raises(NothingToPay):
            made(home)
    assert states() == {("batched", ""): 4}
    assert violations() == []


def test_sends_what_is_left_when_it_is_killed_between_two_releases(own_database):
    home = town()
    first, second = made(home)
    points = 0
    while PaymentBatch.objects.get(pk=first.pk).state != "released":
        points += 7
        _killed(points, partial(_sign_both, home))
        assert PaymentBatch.objects.get(pk=second.pk).state == "draft"
    before = bytes(PaymentBatch.objects.get(pk=first.pk).content)

    _sign_both(home)

    assert bytes(PaymentBatch.objects.get(pk=first.pk).content) == before
    assert states() == {("released", ""): 4}
    assert violations() == []


def _sign_both(home):
    for batch in PaymentBatch.objects.filter(state__in=["draft", "approved"]).order_by("pk"):
        if batch.state == "draft":
            approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
        release_batch(batch=batch, now=NOW, by=home.approver)


def _killed(k, work):
    """Does the work in a child that dies at its k-th round trip to the database; whether it died."""
    connection.close()
    child = os.fork()
    if child == 0:
        connection.ensure_connection()
        with counted(k):
            work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db
def test_holds_back_in_parts_what_it_holds_back_at_once(monkeypatch):
    home = town((1, 2, 1), money="700.00")
    a_person_holds = PaymentOrder.objects.filter(execute_on__lte=DUE).order_by("pk").last()
    move_orders([a_person_holds], "held", by=home.case_worker, reason="by_hand")
    seen = []
    for size in (1, 1000, 1):
        monkeypatch.setattr(parts, "PART", size)
        seen.append((hold_back(on=ON, first=DUE, spread=one_after_another), states()))
        found = list(ShortageProposal.objects.order_by("resident").values_list("resident", "missing", "state"))
        assert [(missing, state) for _, missing, state in found] == [(Decimal("500.00"), "open")]

    assert seen[0][0][0] == seen[1][0][0] == seen[2][0][0] == {"short": 1}
    assert (seen[0][0][1].proposed, seen[1][0][1].proposed) == (1, 0)
    assert seen[0][1] == seen[1][1] == seen[2][1] == {("held", "by_hand"): 1, ("held", "short"): 1, ("planned", ""): 2}


@pytest.mark.django_db
def test_holds_back_at_once_where_a_limit_is_near(monkeypatch):
    town()
    monkeypatch.setattr(parts, "PART", 1)
    Town.objects.update(day_limit=Decimal("2399.99"))

    def never(work, day):
        raise AssertionError(work)

    held, _ = hold_back(on=ON, first=DUE, spread=never)
    assert held == {"over_day_limit": 1}


@pytest.mark.django_db
def test_asks_as_much_for_a_file_of_many_as_of_few(monkeypatch):
    home = town((1, 1))
    monkeypatch.setattr(batches, "MOST_TOGETHER", 10)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as making:
            (batch,) = made(home)
        with CaptureQueriesContext(connection) as signing:
            signed(home, batch)
        asked.append((len(making), len(signing)))
        for _ in range(8):
            factories.charge(home, factories.resident(home, money="600.00"))
        plan_orders(on=ON, first=ON)

    assert all(later <= earlier for earlier, later in zip(*asked, strict=True))


@pytest.mark.django_db
def test_asks_as_much_to_hold_back_for_many_as_for_few():
    home = town((1, 1))
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as holding:
            hold_back(on=ON, first=DUE)
        asked.append(len(holding))
        for _ in range(8):
            factories.charge(home, factories.resident(home, money="600.00"))
        plan_orders(on=ON, first=ON)

    assert asked[1] <= asked[0]
