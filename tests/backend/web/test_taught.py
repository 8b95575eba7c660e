"""Learnt rules at the desk: from a decision to a preview to a rule, in two keystrokes, and off again."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from budgeting.models import Allocation, Entry, LearntRule, Resident, Role
from payments.actions.settle import take_in_statement
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in

GRANDMA = factories.made_up_iban(4242)


@pytest.fixture
def lines(home: House) -> list[Entry]:
    """Four lines of one grandmother that wait."""
    line = came_in("25.00", ON, name="T. Ruiter", iban=GRANDMA, remittance="zwemles van oma")
    statement = Bank(home.account.iban, Decimal("1000.00")).day(ON, *[line] * 4)
    take_in_statement(data=statement, name="maandag.xml", by=home.case_worker, on=ON)
    return list(Entry.objects.order_by("n"))


@pytest.fixture
def who(home: House) -> Resident:
    return factories.resident(home)


@pytest.fixture
def client(home: House) -> Client:
    return signed_in(home.case_worker)


def decide(client: Client, entry: Entry, who: Resident, category: str) -> Any:
    address = f"/bank/wachtend/{entry.pk}/?q={who.last_name}"
    return client.post(address, {"choose": f"resident:{who.pk}", "category": category}, follow=True)


def keep(client: Client, entry: Entry, **more: object) -> Any:
    given = {"do": "keep", "by": "account", "category": "gifts_donations"} | more
    return client.post(f"/bank/regels/nieuw/{entry.pk}/", given, follow=True)


def test_proposes_a_category_for_what_waits_with_its_reason(client: Client, lines: list[Entry]) -> None:
    page = client.get(f"/bank/wachtend/{lines[0].pk}/").content.decode()

    assert "Het is waarschijnlijk:" in page
    assert "in de tekst staat “van oma”" in page


def test_asks_after_a_decision_whether_to_remember_it(client: Client, lines: list[Entry], who: Resident) -> None:
    page = decide(client, lines[0], who, "gifts_donations").content.decode()

    assert f'href="/bank/regels/nieuw/{lines[0].pk}/"' in page
    assert 'data-key="r"' in page


def test_shows_what_a_rule_would_have_done_before_it_is_kept(client: Client, lines: list[Entry], who: Resident) -> None:
    for entry, category in zip(lines, ("gifts_donations", "gifts_donations", "leisure"), strict=False):
        decide(client, entry, who, category)

    page = client.get(f"/bank/regels/nieuw/{lines[0].pk}/").content.decode()

    assert "2 eerdere beslissingen zeggen hetzelfde." in page
    assert "1 zou fout zijn." in page
    assert "1 boeking die wacht krijgt dit voorstel." in page
    assert str(who) in page
    assert LearntRule.objects.count() == 0


def test_looks_again_with_other_words_without_keeping(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")
    given = {"do": "look", "by": "name", "words": ["zwemles"], "category": "leisure"}

    answer = client.post(f"/bank/regels/nieuw/{lines[0].pk}/", given)

    assert "1 zou fout zijn." in answer.content.decode()
    assert LearntRule.objects.count() == 0


def test_uses_a_kept_rule_for_the_next_entry(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")
    keep(client, lines[0])

    page = client.get(f"/bank/wachtend/{lines[1].pk}/?q={who.last_name}").content.decode()

    assert "regel 1 van deze gemeente" in page
    assert '<option value="gifts_donations" selected>' in page


def test_changes_a_rule_and_keeps_its_earlier_version(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")
    keep(client, lines[0])
    first = LearntRule.objects.get()
    given = {"do": "keep", "by": "account", "words": ["zwemles"], "category": "leisure"}

    page = client.post(f"/bank/regels/{first.pk}/anders/", given, follow=True).content.decode()

    assert "Versie 2" in page
    assert f'href="/bank/regels/{first.pk}/"' in page
    assert LearntRule.objects.on().get().words == ["zwemles"]


def test_gives_ticked_entries_the_category_and_gives_it_back(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")
    decide(client, lines[1], who, "leisure")
    keep(client, lines[0])
    row, past = LearntRule.objects.get(), Allocation.objects.get(category="leisure")

    client.post(f"/bank/regels/{row.pk}/eerder/", {"past": past.pk})
    assert Allocation.objects.standing().filter(category="gifts_donations").count() == 2
    page = client.post(f"/bank/regels/{row.pk}/terug/", follow=True).content.decode()

    assert "1 boeking heeft de eerdere rubriek terug." in page
    assert Allocation.objects.standing().filter(category="leisure").count() == 1


def test_switches_a_rule_off_with_a_reason(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")
    keep(client, lines[0])
    row = LearntRule.objects.get()

    assert client.post(f"/bank/regels/{row.pk}/uit/", {}).status_code == 422
    client.post(f"/bank/regels/{row.pk}/uit/", {"reason": "klopt niet meer"})

    assert LearntRule.objects.on().count() == 0
    assert "klopt niet meer" in client.get(f"/bank/regels/{row.pk}/").content.decode()
    assert "Uit" in client.get("/bank/regels/").content.decode()


def test_tells_when_a_colleague_was_first(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")
    keep(client, lines[0])

    assert "Er is al een regel die precies hierop let." in keep(client, lines[0]).content.decode()


def test_refuses_a_rule_that_goes_by_one_word_alone(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")

    answer = keep(client, lines[0], by="words", words=["zwemles"])

    assert answer.status_code == 422
    assert "Dit is te weinig om op te letten" in answer.content.decode()


def test_teaches_nothing_from_what_waits_or_belongs_to_a_colleague(
    client: Client, lines: list[Entry], who: Resident
) -> None:
    assert client.get(f"/bank/regels/nieuw/{lines[0].pk}/").status_code == 404
    decide(client, lines[0], who, "gifts_donations")

    other = signed_in(factories.user(Role.CASE_WORKER))

    assert other.get(f"/bank/regels/nieuw/{lines[0].pk}/").status_code == 404


def test_shows_a_colleague_counts_but_no_residents(client: Client, lines: list[Entry], who: Resident) -> None:
    decide(client, lines[0], who, "gifts_donations")
    keep(client, lines[0])

    page = signed_in(factories.user(Role.CASE_WORKER)).get(f"/bank/regels/{LearntRule.objects.get().pk}/")

    assert "1 is van een inwoner van een collega" in page.content.decode()
    assert str(who) not in page.content.decode()


def test_asks_few_questions_of_the_database(
    client: Client, lines: list[Entry], who: Resident, django_assert_max_num_queries: Any
) -> None:
    decide(client, lines[0], who, "gifts_donations")
    keep(client, lines[0])

    rule = LearntRule.objects.get().pk
    for page in (f"/bank/regels/{rule}/", f"/bank/regels/{rule}/anders/"):
        with django_assert_max_num_queries(15):
            client.get(page)
    with django_assert_max_num_queries(10):
        client.get("/bank/regels/")
