"""What happened is told once by paper, page or text message, as chosen, and a text message betrays nothing."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accessibility.choosing import UNWRITTEN, choose_channels
from accessibility.languages import LANGUAGES
from accessibility.models import TextMessage
from accessibility.texts import NotDelivered, send_texts, write_texts
from budgeting.actions.agreements import change_amount
from budgeting.models import Resident
from payments.actions.batches import approve_batch, release_batch
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentOrder
from tests import databases, factories
from tests.one_file import assemble_batch

# The database's own clock says when an amount was changed.
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def dearer(home: factories.House, *, by_text: bool = True, language: str = "nl") -> Resident:
    """A resident with a telephone, whose rent goes from 600 to 640."""
    who = factories.resident(home, language=language, phone="0612345678")
    if by_text:
        choose_channels(resident=who, channels={"amount_changed": "text"}, now=NOW, by=who.user)
    rent = factories.charge(home, who, amount="600.00")
    change_amount(agreement=rent, amount=Decimal("640.00"), valid_from=date(2099, 1, 1), by=home.case_worker)
    return who


class Phones(list[tuple[str, str]]):
    """What was handed to the provider."""

    def deliver(self, phone: str, words: str) -> None:
        self.append((phone, words))


@pytest.mark.django_db
def test_says_by_text_that_an_amount_changes_and_not_which() -> None:
    dearer(factories.house())
    assert write_texts(on=TODAY, now=NOW) == 1
    assert TextMessage.objects.get().words == (
        "Huishoudboekje Voorbeeldstad: Een bedrag verandert. Kijk op uw pagina of bel ons."
    )


@pytest.mark.django_db
def test_writes_no_text_to_who_did_not_choose_it() -> None:
    dearer(factories.house(), by_text=False)
    assert write_texts(on=TODAY, now=NOW) == 0


@pytest.mark.django_db
def test_writes_each_text_once_however_often_the_day_is_run() -> None:
    dearer(factories.house())
    assert [write_texts(on=TODAY + timedelta(days=day), now=NOW) for day in (0, 0, 1, 2)] == [1, 0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_says_nothing_in_a_text_that_another_may_not_read(language: str) -> None:
    who = dearer(factories.house(), language=language)
    write_texts(on=TODAY, now=NOW)
    words = TextMessage.objects.get(resident=who).words
    assert not any(sign.isdigit() or sign in "€/" for sign in words)
    assert who.last_name not in words
    assert (language == "nl") == ("bedrag verandert" in words)


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["€ 12", "Kijk op www.voorbeeld.nl", "https://voorbeeld", "op 5 december"])
def test_keeps_amounts_and_links_out_in_the_database_itself(words: str) -> None:
    who = factories.resident(factories.house())
    row = TextMessage(resident=who, kind="payout", about="x", phone="06", words=words, written_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.django_db
def test_says_on_the_day_itself_that_money_comes() -> None:
    home = factories.house()
    who = factories.resident(home, money="900.00", phone="0612345678")
    choose_channels(resident=who, channels={"payout": "text"}, now=NOW, by=who.user)
    order = _payout(home, who)
    assert [write_texts(on=day, now=NOW) for day in (order.execute_on - timedelta(days=1), order.execute_on)] == [0, 1]
    assert TextMessage.objects.get().words.endswith("U krijgt vandaag geld.")


@pytest.mark.django_db
def test_wipes_words_and_number_once_a_text_is_sent() -> None:
    dearer(factories.house())
    write_texts(on=TODAY, now=NOW)
    phones = Phones()
    assert send_texts(phones.deliver, now=NOW).sent == 1
    assert [phone for phone, _ in phones] == ["0612345678"]
    row = TextMessage.objects.get()
    assert (row.phone, row.words, row.sent_at) == ("", "", NOW)
    assert send_texts(phones.deliver, now=NOW).sent == 0


@pytest.mark.django_db
def test_tries_again_what_the_provider_did_not_take() -> None:
    home = factories.house()
    dearer(home), dearer(home)
    write_texts(on=TODAY, now=NOW)

    def refuse(phone: str, words: str) -> None:
        raise NotDelivered

    assert (send_texts(refuse, now=NOW).sent, TextMessage.objects.filter(sent_at=None).count()) == (0, 2)
    assert send_texts(Phones().deliver, now=NOW).sent == 2


@pytest.mark.django_db
def test_sends_nothing_that_was_written_before_we_heard_of_a_death() -> None:
    who = dearer(factories.house())
    write_texts(on=TODAY, now=NOW)
    Resident.objects.filter(pk=who.pk).update(stopped_because=next(iter(UNWRITTEN)))
    phones = Phones()
    assert send_texts(phones.deliver, now=NOW).sent == 0
    assert phones == []


def test_sends_each_text_once_when_two_rounds_run_at_once(own_database: databases.OwnDatabase) -> None:
    home = factories.house()
    for _ in range(6):
        dearer(home)
    write_texts(on=TODAY, now=NOW)
    phones = Phones()

    def round_() -> None:
        send_texts(phones.deliver, now=NOW)
        connection.close()

    rounds = [threading.Thread(target=round_) for _ in range(4)]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    assert len(phones) == 6


@pytest.mark.django_db
def test_hands_a_text_over_as_a_file_that_is_whole(settings: Any, tmp_path: Path) -> None:
    settings.TEXT_OUTBOX = str(tmp_path)
    dearer(factories.house())
    said = StringIO()
    call_command("daily_run", "--on", str(TODAY), "--json", stdout=said)
    assert json.loads(said.getvalue())["steps"]["text_residents"] == {"written": 1, "sent": 1, "waiting": 0}
    (file,) = tmp_path.iterdir()
    assert file.suffix == ".json"
    assert json.loads(file.read_text(encoding="utf-8"))["to"] == "0612345678"


@pytest.mark.django_db
def test_keeps_texts_waiting_while_the_town_has_no_way_out(settings: Any, tmp_path: Path) -> None:
    dearer(factories.house())
    for outbox in ("", str(tmp_path / "nowhere")):
        settings.TEXT_OUTBOX = outbox
        said = StringIO()
        call_command("daily_run", "--on", str(TODAY), "--json", stdout=said)
        assert json.loads(said.getvalue())["steps"]["text_residents"]["waiting"] == 1


@pytest.mark.django_db
def test_tells_on_the_page_what_the_letter_tells() -> None:
    who = dearer(factories.house(), by_text=False)
    client = Client(headers={"Accept-Language": "nl"})
    client.force_login(who.user)
    page = client.get(reverse("news")).content.decode()
    assert "Een bedrag verandert" in page
    assert "€\u00a0640,00" in page
    assert "€\u00a0600,00" in page
    assert reverse("news") in client.get(reverse("resident_home")).content.decode()


@pytest.mark.django_db
def test_tells_no_old_news() -> None:
    who = dearer(factories.house())
    client = Client(headers={"Accept-Language": "nl"})
    with time_machine.travel(NOW + timedelta(days=40)):
        client.force_login(who.user)
        assert "Er zijn geen nieuwe berichten" in client.get(reverse("news")).content.decode()


def _payout(home: factories.House, who: Resident) -> PaymentOrder:
    factories.income(home, who)
    plan_orders(on=factories.ON, first=factories.ON)
    plan_remainders(on=factories.ON, first=factories.ON)
    order = PaymentOrder.objects.filter(resident=who, kind="remainder").earliest("execute_on")
    batch = assemble_batch(bank_account=home.account, on=factories.ON, first=order.execute_on, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=factories.ON, by=home.approver)
    release_batch(batch=batch, now=datetime(2026, 11, 2, 9, tzinfo=UTC), by=home.approver)
    return order
