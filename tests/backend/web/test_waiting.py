"""The waiting list: one click on a suggestion, another choice, parts, undo, and the next one comes by itself."""

from decimal import Decimal
from typing import Any

import pytest

from budgeting.actions.ledger import resident_balances
from budgeting.models import Allocation, AuditEvent, BankAccount, Entry, Resident, Role, WaitingEntry
from payments.actions.settle import take_in_statement
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.budgeting.core.readers import writing
from tests.factories import House
from tests.faults.bank import Bank, came_in, drawn

STRANGER = factories.made_up_iban(77)


def take_in(home: House, *lines: Any) -> list[Entry]:
    statement = Bank(home.account.iban, Decimal("1000.00")).day(ON, *lines)
    taken = take_in_statement(data=statement, name="maandag.xml", by=home.case_worker, on=ON)
    assert taken.result.suspense == len(lines), taken
    return list(Entry.objects.order_by("n"))


def address(entry: Entry) -> str:
    return f"/bank/wachtend/{entry.pk}/"


def balance(who: Resident) -> Decimal:
    return resident_balances([who.pk])[who.pk]


@pytest.fixture
def looks_like(home: House) -> tuple[Resident, Entry]:
    """A resident's benefit that is twenty euro lower than agreed, so that a person has to look."""
    who = factories.resident(home)
    benefit = factories.income(home, who, amount="1200.00", day=2)
    payer = benefit.counterparty.accounts.get()
    line = came_in("1180.00", ON, name=payer.name, iban=payer.iban, remittance="Uitkering november")
    return who, take_in(home, line)[0]


def test_books_a_suggestion_with_one_click(home: House, looks_like: tuple[Resident, Entry]) -> None:
    who, entry = looks_like
    client = signed_in(home.case_worker)
    page = client.get(address(entry)).content.decode()
    agreement = who.agreements.get()
    assert f'value="agreement:{agreement.pk}"' in page
    assert "hetzelfde rekeningnummer" in page

    answer = client.post(address(entry), {"choose": f"agreement:{agreement.pk}"}, follow=True)

    assert f"Geboekt voor {who}." in answer.content.decode()
    assert balance(who) == Decimal("1180.00")
    assert Allocation.objects.get(entry=entry).agreement == agreement


def test_goes_on_to_the_next_entry_by_itself(home: House) -> None:
    first, second = take_in(home, came_in("1.00", ON, name="A"), came_in("2.00", ON, name="B"))
    client = signed_in(home.case_worker)

    assert client.get("/bank/wachtend/volgende/").headers["Location"] == address(first)
    answer = client.post(address(first), {"choose": "own"})
    assert answer.headers["Location"] == f"{address(second)}?done={first.pk}"
    assert client.get(f"/bank/wachtend/volgende/?after={first.pk}").headers["Location"] == address(second)


def test_undoes_a_decision_and_shows_the_entry_again(home: House, looks_like: tuple[Resident, Entry]) -> None:
    who, entry = looks_like
    client = signed_in(home.case_worker)
    shown = client.post(address(entry), {"choose": f"agreement:{who.agreements.get().pk}"}, follow=True)
    assert f"{address(entry)}terug/" in shown.content.decode()

    answer = client.post(f"{address(entry)}terug/")

    assert answer.headers["Location"] == address(entry)
    assert balance(who) == Decimal("0.00")
    assert WaitingEntry.objects.get(pk=entry.pk).closed_at is None


def test_undoes_only_what_one_decided_oneself(home: House, looks_like: tuple[Resident, Entry]) -> None:
    who, entry = looks_like
    signed_in(home.case_worker).post(address(entry), {"choose": f"agreement:{who.agreements.get().pk}"})

    assert signed_in(factories.user(Role.CASE_WORKER)).post(f"{address(entry)}terug/").status_code == 404
    assert balance(who) == Decimal("1180.00")


def test_gives_an_entry_to_a_resident_found_by_name_with_a_category(home: House) -> None:
    who = factories.resident(home, last_name="Öztürk")
    entry = take_in(home, came_in("20.00", ON, name="Niemand", iban=STRANGER))[0]
    client = signed_in(home.case_worker)

    assert f'value="resident:{who.pk}"' in client.get(f"{address(entry)}?q=ozturk").content.decode()
    client.post(f"{address(entry)}?q=ozturk", {"choose": f"resident:{who.pk}", "category": "other_income"})

    assert balance(who) == Decimal("20.00")


def test_asks_what_it_is_for_and_keeps_what_was_typed(home: House) -> None:
    who = factories.resident(home)
    entry = take_in(home, came_in("20.00", ON, name="Niemand"))[0]

    answer = signed_in(home.case_worker).post(f"{address(entry)}?q={who.last_name}", {"choose": f"resident:{who.pk}"})

    assert answer.status_code == 400
    assert "Kies waarvoor het is." in answer.content.decode()
    assert f'value="{who.last_name}"' in answer.content.decode()
    assert balance(who) == Decimal("0.00")


def parts(*rows: tuple[str, str, str]) -> dict[str, str]:
    form = {"choose": "split", "part-TOTAL_FORMS": "3", "part-INITIAL_FORMS": "0"}
    for place, (amount, number, category) in enumerate(rows):
        form |= {f"part-{place}-amount": amount, f"part-{place}-resident": number, f"part-{place}-category": category}
    return form


def test_divides_an_entry_over_residents_and_the_municipality(home: House) -> None:
    one, two = factories.resident(home), factories.resident(home)
    entry = take_in(home, came_in("100.00", ON, name="Niemand"))[0]
    given = parts(("60,50", one.number, "other_income"), ("30", two.number, "tax_refund"), ("9,50", "", ""))

    signed_in(home.case_worker).post(address(entry), given)

    assert (balance(one), balance(two)) == (Decimal("60.50"), Decimal("30.00"))


def test_divides_money_that_went_out_with_its_sign(home: House) -> None:
    who = factories.resident(home, money="100.00")
    entry = take_in(home, drawn("40.00", ON, name="Incassant"))[0]

    signed_in(home.case_worker).post(address(entry), parts(("40", who.number, "telecom")))

    assert balance(who) == Decimal("60.00")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("60,00", "", "")], "De delen zijn samen niet het hele bedrag."),
        ([("1.000", "", "")], "Vul een bedrag in zoals 1234,50."),
        ([("100", "R999999", "rent")], "Er is geen inwoner met dit nummer die u mag zien."),
        ([], "De delen zijn samen niet het hele bedrag."),
    ],
)
def test_refuses_parts_that_are_not_the_whole(home: House, rows: list[tuple[str, str, str]], told: str) -> None:
    entry = take_in(home, came_in("100.00", ON, name="Niemand"))[0]

    answer = signed_in(home.case_worker).post(address(entry), parts(*rows))

    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert WaitingEntry.objects.get(pk=entry.pk).closed_at is None


def test_offers_and_books_nothing_for_residents_of_a_colleague(home: House, looks_like: tuple[Resident, Entry]) -> None:
    who, entry = looks_like
    client = signed_in(factories.user(Role.CASE_WORKER))

    page = client.get(address(entry)).content.decode()
    answer = client.post(address(entry), {"choose": f"agreement:{who.agreements.get().pk}"})

    assert str(who) not in page
    assert "Laat het aan hen over." in page
    assert answer.status_code == 400
    assert balance(who) == Decimal("0.00")


def test_says_politely_that_a_colleague_was_first(home: House, looks_like: tuple[Resident, Entry]) -> None:
    _, entry = looks_like
    signed_in(home.case_worker).post(address(entry), {"choose": "own"})

    answer = signed_in(factories.user(Role.CASE_WORKER)).post(address(entry), {"choose": "own"}, follow=True)

    assert f"{home.case_worker} heeft deze boeking al toegewezen." in answer.content.decode()
    assert Allocation.objects.count() == 1


def test_finds_a_waiting_entry_by_a_word(home: House) -> None:
    take_in(home, came_in("1.00", ON, name="Bakker", remittance="brood"), came_in("2.00", ON, name="Slager"))
    client = signed_in(home.case_worker)

    page = client.get("/bank/wachtend/?q=BROOD").content.decode()

    assert "Bakker" in page
    assert "Slager" not in page


def test_shows_an_entry_with_few_questions_of_the_database(
    home: House, looks_like: tuple[Resident, Entry], django_assert_max_num_queries: Any
) -> None:
    who, entry = looks_like
    client = signed_in(home.case_worker)

    with django_assert_max_num_queries(14):
        client.get(address(entry))
    with django_assert_max_num_queries(15):
        client.get(f"{address(entry)}?q={who.last_name}")


def test_asks_where_a_doubted_entry_was_seen_before_it_is_decided(home: House) -> None:
    BankAccount.objects.filter(pk=home.account.pk).update(iban=writing.OWN)
    pair = [writing.Fact(Decimal("640.00"), day=ON), writing.Fact(Decimal("-640.00"), day=ON)]
    data = writing.mt940(pair).replace(b":60F:C260305", b":60F:C261101").replace(b":62F:C260305", b":62F:C261102")
    number = take_in_statement(data=data, name="a.sta", by=home.case_worker, on=ON).result.entry_ids[0]
    client, place = signed_in(home.case_worker), f"/bank/wachtend/{number}/"

    page = client.get(place).content.decode()
    asked = client.post(place, {"choose": "own"})
    client.post(place, {"choose": "own", "reason": "Staat ook bij internetbankieren"})

    assert "op dit afschrift gaat ook precies" in page
    assert "Waar zag u dat dit klopt?" in page
    assert asked.status_code == 400
    assert WaitingEntry.objects.get(pk=number).closed_by == home.case_worker
    assert "internetbankieren" in AuditEvent.objects.get(action="entry.decided").body
