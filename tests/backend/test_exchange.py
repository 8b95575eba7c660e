"""The bank's folders: whole files only, each once, with what became of it beside it."""

import contextlib
import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from backend import exchange
from backend.models import PlacedFile
from budgeting.models import AuditEvent, Entry, StatementImport
from payments.actions.batches import approve_batch, release_batch
from payments.models import PaymentBatch
from tests import factories
from tests.backend.web.desk import MORNING, ON, batch_of
from tests.factories import House
from tests.faults.bank import Bank, came_in


@pytest.fixture(autouse=True)
def monday_morning() -> Any:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


def put(folder: Path, name: str, data: bytes, digest: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    (folder / f"{name}.sha256").write_text(f"{digest or hashlib.sha256(data).hexdigest()}  {name}\n")


def day(home: House, bank: Bank | None = None, on: Any = ON) -> bytes:
    return (bank or Bank(home.account.iban, Decimal("1000.00"))).day(on, came_in("20.00", on, name="Niemand"))


def take_in(inbox: Path, *, later: int = 0) -> exchange.Exchanged:
    return exchange.take_in(inbox, on=ON + timedelta(days=7), now=MORNING + timedelta(minutes=later))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def test_takes_in_whole_files_in_the_order_of_their_names(home: House, tmp_path: Path) -> None:
    bank = Bank(home.account.iban, Decimal("1000.00"))
    for name, on in (("a.xml", ON), ("b.xml", ON + timedelta(days=1))):
        put(tmp_path, name, day(home, bank, on))

    did = take_in(tmp_path)

    assert [(one["file"][16:], one["status"], one["new"]) for one in did.taken] == [
        ("a.xml", "imported", 1), ("b.xml", "imported", 1)
    ]  # fmt: skip
    assert names(tmp_path) == names(tmp_path / "working") == []
    assert len(names(tmp_path / "done")) == 6
    assert json.loads((tmp_path / "done" / f"{did.taken[0]['file']}.json").read_text())["status"] == "imported"


@pytest.mark.parametrize("half", ["no digest", "half a file", "another digest", "hidden", "part"])
def test_leaves_a_file_that_is_not_whole(home: House, tmp_path: Path, half: str) -> None:
    data = day(home)
    put(tmp_path, {"hidden": ".a.xml", "part": "a.xml.part"}.get(half, "a.xml"), data)
    if half == "no digest":
        (tmp_path / "a.xml.sha256").unlink()
    elif half == "half a file":
        (tmp_path / "a.xml").write_bytes(data[: len(data) // 2])
    elif half == "another digest":
        put(tmp_path, "a.xml", data, digest="0" * 64)

    did = take_in(tmp_path)

    assert did.taken == []
    assert Entry.objects.count() == 0
    put(tmp_path, "a.xml", data)
    assert [one["status"] for one in take_in(tmp_path).taken] == ["imported"]


def test_puts_what_is_no_statement_aside_and_says_why(home: House, tmp_path: Path) -> None:
    put(tmp_path, "brief.txt", b"Beste collega,")
    put(tmp_path, "scheef.xml", day(home).replace(b">1020.00<", b">1021.00<"))

    did = take_in(tmp_path)

    assert [(one["status"], one["problems"][0]["code"]) for one in did.taken] == [
        ("refused", "not_recognised"), ("held", "does_not_balance")
    ]  # fmt: skip
    assert len(names(tmp_path / "refused")) == 6
    assert names(tmp_path / "done") == []


def test_takes_nothing_in_twice(home: House, tmp_path: Path) -> None:
    put(tmp_path, "a.xml", day(home))
    take_in(tmp_path)
    put(tmp_path, "a.xml", day(home))

    did = take_in(tmp_path, later=1)

    assert [one["status"] for one in did.taken] == ["already_imported"]
    assert Entry.objects.count() == 1


def test_finishes_what_a_killed_run_left_behind(home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.xml", day(home))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            take_in(tmp_path)
    assert Entry.objects.count() == 1
    assert len(names(tmp_path / "working")) == 2

    assert [one["status"] for one in take_in(tmp_path, later=5).taken] == ["already_imported"]
    assert Entry.objects.count() == 1
    assert names(tmp_path / "working") == []


def test_tries_again_what_broke_off(home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.xml", day(home))
    with monkeypatch.context() as patched:
        patched.setattr(exchange, "take_in_statement", lambda **_: 1 / 0)
        assert [one["status"] for one in take_in(tmp_path).taken] == ["broke_off"]
    assert StatementImport.objects.count() == 0

    assert [one["status"] for one in take_in(tmp_path, later=5).taken] == ["imported"]


def test_follows_no_link_out_of_the_folder(home: House, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "a.xml", day(home))
    (tmp_path / "inbox").mkdir()
    for name in ("a.xml", "a.xml.sha256"):
        (tmp_path / "inbox" / name).symlink_to(tmp_path / "elsewhere" / name)

    assert take_in(tmp_path / "inbox").taken == []


def released(home: House) -> PaymentBatch:
    who = factories.resident(home, money="900.00")
    factories.charge(home, who)
    batch = batch_of(home)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    return release_batch(batch=batch, now=MORNING, by=home.approver)


def place(outbox: Path) -> list[str]:
    return exchange.place(outbox, now=MORNING).placed


def test_places_what_two_people_released_once_and_whole(home: House, tmp_path: Path) -> None:
    batch = released(home)

    assert place(tmp_path) == [f"{batch.message_id}.xml"]
    assert names(tmp_path) == [f"{batch.message_id}.xml", f"{batch.message_id}.xml.sha256"]
    data = (tmp_path / f"{batch.message_id}.xml").read_bytes()
    assert data == bytes(batch.content)
    assert (tmp_path / f"{batch.message_id}.xml.sha256").read_text().split()[0] == hashlib.sha256(data).hexdigest()
    assert AuditEvent.objects.filter(action="batch.placed").count() == 1
    (tmp_path / f"{batch.message_id}.xml").unlink()  # the bank's client took it
    assert place(tmp_path) == []
    assert not list(tmp_path.glob("*.xml"))


def test_places_nothing_that_nobody_released(home: House, tmp_path: Path) -> None:
    who = factories.resident(home, money="900.00")
    factories.charge(home, who)
    batch = batch_of(home)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)

    assert place(tmp_path) == []
    assert PlacedFile.objects.count() == 0


@pytest.mark.parametrize("moment", range(6))
def test_places_it_once_wherever_a_run_is_killed(
    home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    batch = released(home)
    calls = iter(range(100))

    def or_killed(real: Any) -> Any:
        def called(*arguments: Any, **named: Any) -> Any:
            if next(calls) == moment:
                raise KeyboardInterrupt
            return real(*arguments, **named)

        return called

    with monkeypatch.context() as patched:
        patched.setattr(exchange, "_write", or_killed(exchange._write))
        patched.setattr(exchange, "record", or_killed(exchange.record))
        patched.setattr(Path, "replace", or_killed(Path.replace))
        patched.setattr(PlacedFile, "save", or_killed(PlacedFile.save))
        with contextlib.suppress(KeyboardInterrupt):
            place(tmp_path)
    seen = (tmp_path / f"{batch.message_id}.xml").exists()
    if seen:
        (tmp_path / f"{batch.message_id}.xml").unlink()  # the bank's client is quick

    place(tmp_path)

    assert (tmp_path / f"{batch.message_id}.xml").exists() == (not seen)
    assert PlacedFile.objects.get().placed_at is not None
    assert place(tmp_path) == []
