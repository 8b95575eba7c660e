"""The payment day, done by people at browsers and by whichever host runs the day; and the same day without any fault.

Statement in, daily run, file made by one, approved and sent by another, downloaded, the bank's next statement in, and
the file downloaded again.
"""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command

from backend.models import Upload
from backend.operate.away import patiently
from budgeting.models import StatementDay
from payments.actions.batches import approve_batch, release_batch
from payments.actions.settle import take_in_statement
from payments.core.banking_days import first_execution_day
from payments.models import PaymentBatch, PaymentOrder
from tests.cluster.hosts import Host
from tests.cluster.people import Person
from tests.faults.bank import paid
from tests.faults.picture import Picture, picture, violations
from tests.faults.scene import FIRST, Scene, _sent_first
from tests.one_file import assemble_batch

# The day after the first statement's: it is in the bank's hands by now.
NOW = datetime(2026, 11, 3, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
STEPS = ("statement", "day", "file", "approval", "release", "download", "settlement", "again")
# What is the same however often a person had to ask, and whoever did it.
COMPARED = ("balances", "postings", "entries", "days", "orders", "waiting", "allocations")
# What a file may be once people were told that it was approved, or released.
AFTER = {"approved": {"approved", "released", "closed"}, "released": {"released", "closed"}}
PATIENCE = 90.0


def undisturbed(scene: Scene) -> Picture:
    """The whole day in this process, in the database we are in; the books at its end."""
    home = scene.home
    take_in_statement(data=_sent_first(scene), name="camt.xml", by=home.case_worker, on=FIRST)
    call_command("daily_run", on=FIRST, json=True, patience=0, stdout=io.StringIO())
    first = first_execution_day(FIRST, clock(10, 0), home.town.cut_off)
    batch = assemble_batch(bank_account=home.account, on=FIRST, first=first, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=FIRST, by=home.approver)
    release_batch(batch=batch, now=NOW, by=home.approver)
    take_in_statement(data=_settling(scene), name="camt.xml", by=home.case_worker, on=FIRST)
    assert not violations()
    return kept(picture())


def kept(found: Picture) -> Picture:
    """Of the books, what does not depend on who did it and on how often they had to ask."""
    same = {name: found[name] for name in COMPARED}
    same["orders"] = [row[:-1] for row in found["orders"]]  # without the file's own reference
    return same


@dataclass
class Day:
    """The day on the cluster; `acknowledged` are things people were told are done, as questions to ask at the end."""

    scene: Scene
    maker: Person
    second: Person
    hosts: list[Host]
    home: Path
    acknowledged: dict[str, Callable[[], bool]] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    number: int = 0

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Every step by name, in order; each may be waited for and is done once."""
        for name in STEPS:
            yield name, getattr(self, f"_{name}")

    def _statement(self) -> None:
        self._upload(self.scene.sent["import"])
        self.acknowledged["statement"] = lambda: StatementDay.objects.standing().count() >= 1

    def _day(self) -> None:
        """Until some host ran the whole day after the statement came in."""
        began = time.time()
        (self.home / "the-day-has-begun").touch()
        _wait_for(lambda: any(_is_whole(one, began) for host in self.hosts for one in host.days()))
        self.acknowledged["day"] = PaymentOrder.objects.exists

    def _file(self) -> None:
        while not (numbers := patiently(_batches, seconds=PATIENCE)):
            told = self.maker.post("/betalen/maken/", {"bank_account": str(self.scene.home.account.pk)})
            assert told.status_code == 302, told.text[:500]
            if "/bestand/" in told.headers["Location"]:
                self.number = int(told.headers["Location"].rstrip("/").rsplit("/", 1)[-1])
                self.acknowledged["file"] = lambda number=self.number: number in _batches()
        self.number = self.number or numbers[0]

    def _approval(self) -> None:
        self._sign("goedkeuren", "approved")

    def _release(self) -> None:
        self._sign("versturen", "released")

    def _download(self) -> None:
        told = self.second.get(f"/betalen/bestand/{self.number}/bestand.xml")
        assert told.status_code == 200, told.status_code
        self.files.append(told.content)

    _again = _download

    def _settlement(self) -> None:
        self._upload(self.scene.sent["settlement"])
        self.acknowledged["settlement"] = lambda: StatementDay.objects.standing().count() >= 2

    def _sign(self, step: str, state: str) -> None:
        """The second person's yes, once more as long as the file does not say so."""
        while patiently(lambda: _state(self.number), seconds=PATIENCE) not in AFTER[state]:
            digest = patiently(lambda: PaymentBatch.objects.get(pk=self.number).digest, seconds=PATIENCE)
            told = self.second.post(f"/betalen/bestand/{self.number}/{step}/", {"digest": digest})
            assert told.status_code == 302, told.text[:500]
        said = PaymentBatch.objects.filter(pk=self.number, state__in=AFTER[state])
        self.acknowledged[state] = said.all().exists

    def _upload(self, data: bytes) -> None:
        """Until the page says what became of the file; one that broke off is chosen again."""
        while True:
            told = self.maker.post("/bank/", {}, chosen=data)
            assert told.status_code == 302, told.text[:500]
            page = told.headers["Location"]
            _wait_for(lambda: self._is_done(page))  # noqa: B023 - asked before the next time round
            if patiently(lambda: _became_of(page), seconds=PATIENCE) != "broke_off":  # noqa: B023 - as above
                return

    def _is_done(self, page: str) -> bool:
        told = self.maker.get(page)
        assert told.status_code == 200, (page, told.status_code)
        return "Refresh" not in told.headers


def _settling(scene: Scene) -> bytes:
    orders = PaymentOrder.objects.exclude(batch=None).order_by("end_to_end_id")
    return scene.once("settlement", lambda: scene.bank.day(FIRST, *(paid(order, FIRST) for order in orders)))


def _is_whole(run: dict[str, Any], began: float) -> bool:
    return run["began"] >= began and "broke_off" not in run


def _became_of(page: str) -> str:
    upload = Upload.objects.get(bundle=page.rstrip("/").rsplit("/", 1)[-1])
    return str(upload.told["status"])


def _batches() -> list[int]:
    return list(PaymentBatch.objects.order_by("pk").values_list("pk", flat=True))


def _state(number: int) -> str:
    return PaymentBatch.objects.values_list("state", flat=True).get(pk=number)


def _wait_for(happened: Callable[[], bool]) -> None:
    patience = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > patience:
            raise TimeoutError("the step did not come to its end")
        time.sleep(0.2)
