"""Every page of the desk asks the database few questions, however many rows there are.

The pages are those of the URL table, so that a new one is asked here from its first day on.
"""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.models import Upload
from budgeting import access
from budgeting.models import Role, User
from payments.actions.day import run_day
from payments.actions.settle import take_in_statement
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.backend.web.desk_addresses import addresses, asked_for
from tests.factories import House
from tests.faults.bank import Bank, came_in
from tests.one_file import assemble_batch

FEWEST, MOST = 4, 15  # every page asks for the session, the user, the second step and the roles
MANY = 20  # more than `MOST`, so that one question a row is too many
STAFF = (Role.CASE_WORKER, Role.FRONT_DESK, Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR)
# Of these this town has nothing to show. A page that has something to show must not be named here.
NOTHING_THERE = {"batch_file", "change_learnt_rule", "learnt_rule", "objection", "propose_rule", "shortage"}


@pytest.fixture
def whole(home: House) -> User:
    """Somebody with every role, in a town with many of everything that comes in numbers."""
    user = factories.user(*STAFF)
    home.case_worker = user
    town = [factories.resident(home, money=money) for money in ("900.00", "100.00") * (MANY // 2)]
    for who in town:
        factories.charge(home, who, amount="600.00", day=5)
        factories.income(home, who, day=2)
    lines = [came_in(f"{number}.20", ON, name=f"Niemand {number}") for number in range(1, MANY + 1)]
    payers = [agreement for who in town for agreement in who.agreements.filter(direction="in")]
    lines += [came_in("1200.00", ON, name=one.counterparty.name, iban=one.counterparty.accounts.get().iban)
              for one in payers[: MANY // 2]]  # fmt: skip
    statement = Bank(home.account.iban).day(ON, *lines)
    assert take_in_statement(data=statement, name="maandag.xml", by=user, on=ON).result.status == "imported"
    after_a_gap = Bank(home.account.iban, Decimal("77.00")).day(
        ON + timedelta(days=1), came_in("1.00", ON, name="Niemand")
    )
    assert take_in_statement(data=after_a_gap, name="dinsdag.xml", by=user, on=ON).result.status == "held"
    Upload.objects.create(bundle=uuid4(), name="a.xml", size=1, content=b"x", by=user)
    run_day(on=ON, first=ON)
    assemble_batch(bank_account=home.account, on=ON, first=ON + timedelta(days=3), by=user)
    return user


def test_asks_few_questions_for_every_page_of_the_desk(whole: User) -> None:
    visible = access.visible_residents(whole, on=ON)
    client = signed_in(whole)
    seen, wrong = set(), []
    for name, pattern in asked_for():
        for address in addresses(pattern, visible):
            asked, there = _questions(client, address)
            if there:
                seen.add(name)
            if asked > MOST or asked < FEWEST:
                wrong.append(f"{address}: {asked}")

    assert not wrong
    assert {name for name, _ in asked_for()} - seen == NOTHING_THERE


def _questions(client: Client, address: str) -> tuple[int, bool]:
    """How many a page asks when it was opened before, and whether there is such a page here."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    return len(asked), answer.status_code < 400
