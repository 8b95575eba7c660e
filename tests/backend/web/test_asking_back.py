"""Asking money back at the desk: a payment, a direct debit on our account, and an account that a bank refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from budgeting.actions.debits import (
    AlreadyAnswered,
    AlreadyDisputed,
    NoReason,
    NotADirectDebit,
    TooLate,
    answer_dispute,
    debit_came_back,
    dispute_debit,
)
from budgeting.actions.entries import NotWaiting, PartsDoNotAddUp
from budgeting.core.debits import dispute_until, is_direct_debit
from budgeting.models import AccountStop, DebitDispute, Entry, Recall, Role, WaitingEntry
from payments.actions.books import verify
from tests import factories
from tests.backend.web.desk import signed_in
from tests.faults.bank import came_back, came_in, drawn
from tests.faults.races import Job, race
from tests.payments.actions.test_leaving import FRIDAY, MONDAY, TUESDAY, Town
from tests.payments.actions.test_stops import WEDNESDAY, a_paid_rent, holds, purse


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def desk(town: Town) -> Client:
    return signed_in(town.home.case_worker)


def told(client: Client, address: str, **given: str) -> str:
    answer = client.post(address, given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def a_debit(town: Town, amount: str = "35.00") -> Entry:
    """Somebody draws money from our account."""
    return Entry.objects.get(
        pk=town.hear(MONDAY, drawn(amount, MONDAY, name="Sportschool", remittance="abonnement"))[0]
    )


def test_knows_a_direct_debit_and_until_when_it_can_be_asked_back() -> None:
    plain = {"bank_code": "PMNT-RDDT-ESDD", "mandate": "", "creditor": ""}

    assert is_direct_debit(Decimal("-1.00"), **plain)
    assert is_direct_debit(Decimal("-1.00"), bank_code="", mandate="M1", creditor="")
    assert not is_direct_debit(Decimal("1.00"), **plain)
    assert not is_direct_debit(Decimal("-1.00"), bank_code="PMNT-ICDT-ESCT", mandate="", creditor="")
    assert dispute_until(MONDAY, "no_questions") == date(2026, 12, 28)
    assert dispute_until(date(2027, 1, 31), "no_mandate") == date(2028, 2, 29)
    assert dispute_until(MONDAY, "no_mandate") == date(2027, 12, 2)


def test_asks_a_direct_debit_back_and_matches_the_money_that_comes(town: Town, desk: Client) -> None:
    entry = a_debit(town)
    page = f"/bank/wachtend/{entry.pk}/"
    assert "Iemand heeft dit van onze rekening afgeschreven" in desk.get(page).content.decode()
    assert "Zeg waarom" in told(desk, f"{page}betwisten/", ground="no_questions", reason="")

    assert "Teruggevraagd bij de bank" in told(desk, f"{page}betwisten/", ground="no_questions", reason="Niet van ons")
    dispute = DebitDispute.objects.get()
    back = Entry.objects.get(pk=town.hear(TUESDAY, came_in("35.00", TUESDAY, name="Bank"))[0])
    assert "Dit is het geld" in desk.get(page).content.decode()
    told(desk, f"/bank/betwist/{dispute.pk}/terug/", entry=str(back.pk))

    dispute.refresh_from_db()
    assert (dispute.answer, dispute.back_entry) == ("yes", back)
    assert not WaitingEntry.objects.filter(closed_at=None).exists()
    assert holds()


def test_leaves_a_direct_debit_to_a_person_when_the_bank_says_no(town: Town, desk: Client) -> None:
    entry = a_debit(town)
    told(desk, f"/bank/wachtend/{entry.pk}/betwisten/", ground="no_mandate", reason="Geen machtiging")
    dispute = DebitDispute.objects.get()

    assert "de bank zei nee" in told(desk, f"/bank/betwist/{dispute.pk}/antwoord/", answer="no")

    assert WaitingEntry.objects.get(pk=entry.pk).closed_at is None
    with pytest.raises(AlreadyAnswered):
        answer_dispute(dispute=dispute, answer="yes", on=MONDAY, by=town.home.case_worker)


def test_refuses_a_dispute_that_cannot_be(town: Town) -> None:
    entry, by = a_debit(town), town.home.case_worker
    facts = {"entry": entry, "ground": "no_questions", "reason": "x", "on": MONDAY, "by": by}
    late = MONDAY + timedelta(days=57)
    with pytest.raises(TooLate):
        dispute_debit(**(facts | {"on": late}))
    with pytest.raises(NoReason):
        dispute_debit(**(facts | {"reason": " "}))
    income = Entry.objects.get(pk=town.hear(TUESDAY, came_in("35.00", TUESDAY, name="X"))[0])
    with pytest.raises(NotADirectDebit):
        dispute_debit(**(facts | {"entry": income}))
    dispute = dispute_debit(**facts)
    with pytest.raises(AlreadyDisputed):
        dispute_debit(**facts)
    other = Entry.objects.get(pk=town.hear(FRIDAY, came_in("34.99", FRIDAY, name="Bank"))[0])
    with pytest.raises(PartsDoNotAddUp):
        debit_came_back(dispute=dispute, back=other, on=FRIDAY, by=by)


def test_matches_a_direct_debit_once_however_many_do_it_at_once(own_database: object) -> None:
    town = Town()
    entry, by = a_debit(town), town.home.case_worker
    facts = {"entry": entry, "ground": "no_questions", "reason": "x", "on": MONDAY, "by": by}
    found = race(Job("dispute", lambda _: dispute_debit(**facts), (AlreadyDisputed,)), 8)
    dispute = DebitDispute.objects.get()
    back = Entry.objects.get(pk=town.hear(TUESDAY, came_in("35.00", TUESDAY, name="Bank"))[0])
    polite = (AlreadyAnswered, NotWaiting)
    match = {"dispute": dispute, "back": back, "on": TUESDAY, "by": by}
    found += race(Job("match", lambda _: debit_came_back(**match), polite), 8)

    assert not found
    assert all(finding.ok for finding in verify())


def test_asks_a_payment_back_and_points_at_the_money(town: Town, desk: Client) -> None:
    who, rent = a_paid_rent(town)
    page = f"/betalen/opdracht/{rent.pk}/"
    assert "Deze betaling terugvragen" in desk.get(page).content.decode()

    assert "nog geen antwoord" in told(desk, f"{page}terugvragen/", why="DUPL", reason="Dubbel")
    recall = Recall.objects.get()
    assert "Het geld komt terug" in told(desk, f"/betalen/terugvraag/{recall.pk}/antwoord/", answer="yes")
    entry = Entry.objects.get(pk=town.hear(FRIDAY, came_in("300.00", FRIDAY, name="Bank"))[0])
    back = told(desk, f"/betalen/terugvraag/{recall.pk}/terug/", entry=str(entry.pk))

    assert "Teruggevraagd, en het is terug" in back
    assert purse(who) == Decimal("900.00")
    assert holds()


def test_shows_why_a_bank_refuses_an_account_and_lets_it_be_paid_again(town: Town, desk: Client) -> None:
    _, rent = a_paid_rent(town)
    town.hear(WEDNESDAY, came_back(rent, WEDNESDAY, "AC04"))
    page = f"/betalen/opdracht/{rent.pk}/"
    assert "Een bank weigert deze rekening" in desk.get(page).content.decode()
    stop = AccountStop.objects.get()

    told(desk, f"/betalen/rekening/{stop.pk}/vrijgeven/", reason="Gebeld")

    stop.refresh_from_db()
    assert stop.lifted_because == "Gebeld"
    assert "Een bank weigert" not in desk.get(page).content.decode()


def test_hides_it_from_who_may_not(town: Town) -> None:
    _, rent = a_paid_rent(town)
    address = f"/betalen/opdracht/{rent.pk}/terugvragen/"

    stranger = signed_in(factories.user(Role.CASE_WORKER))
    assert stranger.post(address, {"why": "DUPL", "reason": "x"}).status_code == 404
    assert signed_in(town.home.case_worker).post(address, {"why": "anders"}).status_code == 404
    assert signed_in(town.home.approver).post(address, {"why": "DUPL"}).status_code == 403
    assert not Recall.objects.exists()
