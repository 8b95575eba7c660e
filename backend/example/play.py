"""Plays a script day by day through the real actions: the statement of yesterday, the plan, the batch, the bank.

A day of the municipality: take in what the bank told, let a case worker decide what waits, hear of new rents, plan,
assemble, let a second person approve and release, hand the file to the bank. Every step may be repeated. Days that an
earlier play has been through are only played at the bank, whose statement must then say what is in the books already.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from backend.example.bank import Bank
from backend.example.events import Credit
from backend.example.load import Loaded
from backend.example.script import Script
from budgeting.actions.agreements import change_amount
from budgeting.actions.entries import Part, decide_entry
from budgeting.core.readers import read
from budgeting.models import AgreementAmount, Entry, StatementDay, WaitingEntry
from payments.actions.answers import take_in_answer
from payments.actions.batches import (
    NothingToPay,
    NotTheSecondPerson,
    approve_batch,
    assemble_batch,
    release_batch,
)
from payments.actions.day import run_day
from payments.actions.settle import take_in_statement
from payments.core.banking_days import first_execution_day, is_banking_day
from payments.models import PaymentBatch

_DAY = timedelta(days=1)
_AT_WORK = time(10, 0)
# A case worker looks at what waits after this many days; what came in last is still open when the play stops.
_DECIDED_AFTER = timedelta(days=2)


class PlayedDifferently(RuntimeError):
    """The bank tells another story of a day than the books: this database was not made by this script."""


class NotTakenIn(RuntimeError):
    """The product did not take in a statement that the play needs; `status` and `problems` say why."""

    def __init__(self, day: date, status: str, problems: tuple[str, ...]) -> None:
        super().__init__(f"{day}: {status} {' '.join(problems)}".rstrip())
        self.status = status
        self.problems = problems


@dataclass(slots=True)
class Played:
    """What a play did: days gone through at the bank, of those known before, and what was new."""

    days: int = 0
    known: int = 0
    statements: int = 0
    entries: int = 0
    released: int = 0
    decided: int = 0


def play(script: Script, loaded: Loaded, bank: Bank, *, tell: Callable[[date], None] | None = None) -> Played:
    """Plays every day from the script's first to the one before `until`, and the desk's morning of `until` itself."""
    players = _Players(script, loaded, bank, known_until=_last_known_day(loaded))
    yesterday: bytes | None = None
    while bank.today < script.until:
        yesterday = players.day(bank.today, yesterday)
        if tell:
            tell(bank.today)
    players.hear(script.until, yesterday)
    players.morning(script.until)
    return players.played


def _last_known_day(loaded: Loaded) -> date:
    days = StatementDay.objects.filter(bank_account=loaded.bank_account).order_by("-day").values_list("day", flat=True)
    return days.first() or date.min


@dataclass
class _Players:
    """The people at the desk and the bank."""

    script: Script
    loaded: Loaded
    bank: Bank
    known_until: date
    played: Played = field(default_factory=Played)

    def __post_init__(self) -> None:
        self.worker = self.loaded.with_role("case_worker")
        self.approver = self.loaded.with_role("approver")
        self.arriving: dict[date, list[Credit]] = defaultdict(list)
        self.truth: dict[tuple[date, Decimal, str], Credit] = {}
        for credit in self.script.credits:
            self.arriving[credit.on].append(credit)
            self.truth[credit.on, credit.amount, credit.remittance] = credit

    def day(self, on: date, yesterday: bytes | None) -> bytes | None:
        """One whole day; gives back the statement the bank makes of it."""
        self.played.days += 1
        self.hear(on, yesterday)
        if on <= self.known_until:
            self.played.known += 1
        elif is_banking_day(on):
            self.morning(on)
            self.sign(on)
        self.at_the_bank(on)
        return self.bank.end_day()

    def hear(self, on: date, statement: bytes | None) -> None:
        """The statement of the day before: taken in, or held against the books when that day was played before."""
        if statement is None:
            return
        if on - _DAY <= self.known_until:
            self.compare(statement)
        else:
            self.take_in(on, statement)

    def take_in(self, on: date, statement: bytes) -> None:
        """Nothing else than an import will do."""
        taken = take_in_statement(data=statement, name=f"camt053-{on - _DAY}.xml", by=self.worker, on=on)
        result = taken.result
        if result.status != "imported":
            raise NotTakenIn(on, result.status, tuple(problem.code for problem in result.problems))
        self.played.statements += 1
        self.played.entries += result.new

    def compare(self, statement: bytes) -> None:
        """The bank must say that the day closed as the books say."""
        closing = read(statement).statements[0].closing
        assert closing is not None
        days = StatementDay.objects.filter(bank_account=self.loaded.bank_account, day=closing.on)
        if days.order_by("part").values_list("closing", flat=True).last() != closing.amount:
            raise PlayedDifferently(closing.on)

    def morning(self, on: date) -> None:
        """What the desk does before anything is signed."""
        self.decide(on)
        self.hear_of_new_amounts(on)
        first = first_execution_day(on, _AT_WORK, time.max)
        run_day(on=on, first=first, by=None)
        self.assemble(on, first)

    def decide(self, on: date) -> None:
        """A case worker who knows the truth gives waiting money to whom it is for; a stranger's stays where it is."""
        waiting = WaitingEntry.objects.filter(closed_at=None, entry__booking_date__lte=on - _DECIDED_AFTER)
        for row in waiting.select_related("entry").order_by("pk"):
            credit = self.truth.get((row.entry.booking_date, row.entry.amount, row.entry.remittance))
            if credit and credit.resident:
                decide_entry(entry=row.entry, parts=[self.part(credit, row.entry)], on=on, by=self.worker)
                self.played.decided += 1

    def part(self, credit: Credit, entry: Entry) -> Part:
        """Whose the money of an entry really is."""
        resident = self.loaded.residents[credit.resident]
        if credit.agreement:
            return Part(entry.amount, resident, self.loaded.agreements[credit.agreement])
        return Part(entry.amount, resident, category="other_income")

    def hear_of_new_amounts(self, on: date) -> None:
        """Landlords who told yesterday or earlier: the agreement gets its new amount once."""
        for new in self.script.new_amounts:
            agreement = self.loaded.agreements[new.agreement]
            known = AgreementAmount.objects.filter(agreement=agreement, valid_from=new.valid_from)
            if new.told_on <= on and not known.exists():
                change_amount(agreement=agreement, amount=new.amount, valid_from=new.valid_from, by=self.worker)

    def assemble(self, on: date, first: date) -> None:
        """All that is ready goes in a batch, if anything is."""
        try:
            assemble_batch(bank_account=self.loaded.bank_account, on=on, first=first, by=self.worker)
        except NothingToPay:
            return

    def sign(self, on: date) -> None:
        """A second person approves and releases what is ready; their own batches are left to someone else."""
        now = datetime.combine(on, _AT_WORK, tzinfo=timezone.get_default_timezone())
        for batch in PaymentBatch.objects.filter(state__in=["draft", "approved"]).order_by("pk"):
            try:
                if batch.state == "draft":
                    approve_batch(batch=batch, digest=batch.digest, on=on, by=self.approver)
            except NotTheSecondPerson:
                continue
            release_batch(batch=batch, now=now, by=self.approver)
            self.played.released += 1

    def at_the_bank(self, on: date) -> None:
        """Other people's money arrives; the files released on this day are handed in, and the answers taken in."""
        for credit in self.arriving[on]:
            self.bank.arrive(credit)
        for batch in PaymentBatch.objects.filter(released_at__date=on).order_by("released_at", "pk"):
            assert batch.content is not None
            for answer in self.bank.send(batch.content):
                if on > self.known_until:
                    take_in_answer(data=answer, on=on, by=self.worker)
