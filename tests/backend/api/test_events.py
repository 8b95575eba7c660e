"""Events out: in order, signed, at least once, with ids to know them by; nothing is lost while nobody listens."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.api import signatures
from backend.api.events import KINDS, NotASubscriber, Sent, cloud_events, send_all, subscribe
from backend.models import Subscriber
from budgeting.actions.alerts import put_away_alert
from budgeting.models import Alert, AuditEvent, Role
from payments.actions.batches import approve_batch, release_batch
from payments.models import PaymentOrder
from tests import factories
from tests.backend.api.receiver import Receiver, listening
from tests.backend.web.desk import MORNING, ON, batch_of
from tests.factories import House

WANTED = ("batch.released", "order.booked", "story.changed", "alert.opened")


@pytest.fixture
def receiver(home: House) -> Iterator[Receiver]:
    with listening(now=int(MORNING.timestamp())) as made:
        _, secret = subscribe(name="portaal", url=made.url, kinds=WANTED, by=home.case_worker)
        made.secret = secret.encode()
        yield made


def send(*, later: timedelta = timedelta()) -> Sent:
    return send_all(now=MORNING + later)[0]


def released(home: House) -> Any:
    who = factories.resident(home, money="900.00")
    factories.charge(home, who)
    batch = batch_of(home)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    return release_batch(batch=batch, now=MORNING, by=home.approver)


def test_tells_what_happened_in_order_and_says_nothing_of_its_content(home: House, receiver: Receiver) -> None:
    batch = released(home)
    order = PaymentOrder.objects.filter(batch=batch).get()

    sent = send()

    assert sent == Sent("portaal", len(receiver.events), "")
    assert receiver.kinds()[-2:] == ["batch.released", "story.changed"]
    event = list(receiver.events.values())[-2]
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": "urn:nld:gemeente:voorbeeldstad:systeem:huishoudboekje",
        "type": "nl.huishoudboekje.batch.released",
        "subject": f"batch:{batch.pk}",
        "time": event["time"],
        "datacontenttype": "application/json",
        "data": {"subject": f"batch:{batch.pk}"},
    }
    assert list(receiver.events.values())[-1]["subject"] == f"resident:{order.resident_id}"
    assert order.iban not in json.dumps(receiver.events)


def test_tells_everything_once_when_all_goes_well(home: House, receiver: Receiver) -> None:
    released(home)
    send()
    first = list(receiver.times)

    assert send() == Sent("portaal", 0, "")
    assert receiver.times == first
    assert len(set(first)) == len(first)


def test_tells_later_what_nobody_took_and_loses_nothing(home: House, receiver: Receiver) -> None:
    released(home)
    receiver.answers = [204, 500]

    broken = send()
    assert broken.error == "_Refused: answered 500"
    assert send_all(now=MORNING + timedelta(seconds=59)) == []
    send(later=timedelta(seconds=61))

    with_break = list(receiver.events)
    assert Subscriber.objects.get().wrong == 0
    again = [one["id"] for event in AuditEvent.objects.order_by("id") for one in cloud_events(event, WANTED)]
    assert [number for number in again if number in with_break] == with_break
    assert set(again) - set(with_break) == set()


def test_waits_ever_longer_for_who_is_not_there(home: House) -> None:
    subscribe(name="weg", url="http://127.0.0.1:9/x", kinds=WANTED, by=home.case_worker)
    released(home)
    now, waits = MORNING, []
    for _ in range(12):
        assert "ConnectionRefusedError" in send_all(now=now)[0].error
        until = Subscriber.objects.get().wait_until
        waits.append((until - now) // timedelta(minutes=1))
        now = until

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


def test_tells_an_opened_alert_only_to_who_asked(home: House, receiver: Receiver) -> None:
    alert = Alert.objects.create(resident=factories.resident(home), kind="balance_low", opened_on=ON)
    put_away_alert(alert=alert, reason="Besproken", on=ON, by=home.case_worker)

    assert send().events == 0
    assert list(cloud_events(AuditEvent.objects.latest("id"), WANTED)) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda h, b: (h, b + b" "), "digest"),
        (lambda h, b: (h.replace("v1=", "v1=0")[:-1], b), "digest"),
        (lambda h, b: ("", b), "shape"),
        (lambda h, b: (h.replace("t=", "t=x"), b), "shape"),
    ],
)
def test_is_not_believed_when_anything_was_changed(change: Any, reason: str) -> None:
    header, body = signatures.sign(b"{}", secret=b"geheim", at=1000), b"{}"

    with pytest.raises(signatures.NotSigned) as refused:
        signatures.check(*change(header, body), secret=b"geheim", now=1000)
    assert refused.value.reason == reason


@pytest.mark.parametrize(("skew", "believed"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_allows_clocks_to_differ_by_five_minutes(home: House, receiver: Receiver, skew: int, believed: bool) -> None:
    released(home)
    receiver.now += skew

    sent = send()

    assert (sent.error == "") == believed
    assert receiver.not_believed == ([] if believed else ["time"])


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://example.org", "https://", "file:///etc/passwd", ""])
def test_tells_only_who_can_be_reached_safely(home: House, url: str) -> None:
    with pytest.raises(NotASubscriber):
        subscribe(name="portaal", url=url, kinds=WANTED, by=home.case_worker)


def test_knows_every_action_it_tells(home: House, receiver: Receiver) -> None:
    """An action that is written under another name would never be told."""
    from pathlib import Path  # noqa: PLC0415

    sources = "".join(path.read_text() for room in ("budgeting", "payments") for path in Path(room).rglob("*.py"))
    made = {
        'f"order.{to}"': "order.",
        'f"batch.{to}"': "batch.",
        'f"alert.{what}"': "alert.",
        'f"statement.{': "statement.",
    }
    for action in KINDS:
        prefix = action.partition(".")[0] + "."
        assert f'"{action}"' in sources or any(text in sources and start == prefix for text, start in made.items()), (
            action
        )


def test_is_added_listed_and_stopped_by_command(home: House) -> None:
    manager = factories.user(Role.APPLICATION_MANAGER)

    def command(*arguments: str) -> Any:
        told = StringIO()
        call_command(*arguments, "--json", stdout=told)
        return json.loads(told.getvalue())

    added = ("subscriber", "add", "portaal", "--url=https://example.org/x", "--kind=order.booked")
    made = command(*added, f"--by={manager.username}")
    with pytest.raises(CommandError, match="application manager"):
        command(*added, f"--by={home.case_worker.username}")

    assert made["secret"] not in json.dumps(command("subscriber", "list"))
    assert command("subscriber", "stop", "portaal", f"--by={manager.username}")["stopped"]
    assert command("send_events") == {"subscribers": []}
