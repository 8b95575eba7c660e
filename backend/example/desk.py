"""The people at the desk: what they do on a day, each step through a real action that may be repeated.

They take in what the bank told, decide what waits, hear of new amounts, plan, assemble, let a second person approve and
release, and bring the file to the bank.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from backend.example.bank import Bank
from backend.example.events import Credit
from backend.example.load import Loaded, agree
from backend.example.script import Ending, NewAgreement, NewAmount, Script
from budgeting.actions.agreements import change_amount, end_agreement
from budgeting.actions.entries import Part, decide_entry
from budgeting.core.readers import read
from budgeting.models import Account, AccountStop, AgreementAmount, Entry, StatementDay, WaitingEntry
from payments.actions.answers import take_in_answer
from payments.actions.batches import (
    NothingToPay,
    NotTheSecondPerson,
    approve_batch,
    assemble_batches,
    release_batch,
)
from payments.actions.day import run_day
from payments.actions.settle import take_in_statement
from payments.actions.stops import lift_stop
from payments.core.banking_days import first_execution_day
from payments.models import PaymentBatch

News = NewAgreement | NewAmount | Ending
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
class Done:
    """What a play did: days gone through, of those known before, and what was new."""

    days: int = 0
    known: int = 0
    statements: int = 0
    entries: int = 0
    without_a_person: int = 0
    released: int = 0
    orders: int = 0
    decided: int = 0


class Desk:
    """A case worker and an approver with a script; days up to `known_until` are in the books already."""

    def __init__(self, script: Script, loaded: Loaded) -> None:
        self.script, self.loaded, self.done = script, loaded, Done()
        days = StatementDay.objects.filter(bank_account=loaded.bank_account).order_by("-day")
        self.known_until = days.values_list("day", flat=True).first() or script.start - _DAY
        self.worker, self.approver = loaded.with_role("case_worker"), loaded.with_role("approver")
        self.arriving: dict[date, list[Credit]] = defaultdict(list)
        self.truth: dict[tuple[date, Decimal, str], Credit] = {}
        for credit in script.credits:
            self.arriving[credit.on].append(credit)
            self.truth[credit.on, credit.amount, credit.remittance] = credit
        news: list[News] = [*script.new_agreements, *script.new_amounts, *script.endings]
        self.news = deque(sorted(news, key=lambda one: one.told_on))

    def hear(self, on: date, statements: Sequence[bytes]) -> None:
        """The statements of the day before: taken in, or held against the books when that day was played before."""
        if on - _DAY > self.known_until:
            for statement in statements:
                self.take_in(on, statement)
        elif statements:
            self.compare(statements[-1])

    def take_in(self, on: date, statement: bytes) -> None:
        """Nothing else than an import will do."""
        taken = take_in_statement(data=statement, name=f"camt053-{on - _DAY}.xml", by=self.worker, on=on)
        result = taken.result
        if result.status != "imported":
            raise NotTakenIn(on, result.status, tuple(problem.code for problem in result.problems))
        self.done.statements += 1
        self.done.entries += result.new
        self.done.without_a_person += result.booked

    def compare(self, statement: bytes) -> None:
        """The bank must say that the day closed as the books say."""
        closing = read(statement).statements[0].closing
        assert closing is not None
        days = StatementDay.objects.filter(bank_account=self.loaded.bank_account, day=closing.on)
        if days.order_by("part").values_list("closing", flat=True).last() != closing.amount:
            raise PlayedDifferently(closing.on)

    def prepare(self, on: date) -> None:
        """What is done before anything is signed: decide, hear, plan, and put what is ready in a batch."""
        self.decide(on)
        self.ask_companies(on)
        while self.news and self.news[0].told_on <= on:
            self.hear_of(self.news.popleft(), on)
        first = first_execution_day(on, _AT_WORK, time.max)
        run_day(on=on, first=first, by=None)
        try:
            assemble_batches(bank_account=self.loaded.bank_account, on=on, first=first, by=self.worker)
        except NothingToPay:
            return

    def decide(self, on: date) -> None:
        """A case worker who knows the truth gives waiting money to whom it is for; a stranger's stays where it is."""
        waiting = WaitingEntry.objects.filter(closed_at=None, entry__booking_date__lte=on - _DECIDED_AFTER)
        for row in waiting.select_related("entry").order_by("pk"):
            credit = self.truth.get((row.entry.booking_date, row.entry.amount, row.entry.remittance))
            if credit and credit.resident:
                decide_entry(entry=row.entry, parts=[self.part(credit, row.entry)], on=on, by=self.worker)
                self.done.decided += 1

    def ask_companies(self, on: date) -> None:
        """A bank refused a company's account: the case worker calls the company, whose account turns out to be good."""
        stops = AccountStop.objects.standing().filter(stopped_on__lte=on - _DECIDED_AFTER)
        companies = Account.objects.filter(counterparty__isnull=False).values("iban")
        for stop in stops.filter(iban__in=companies).order_by("pk"):
            lift_stop(account_stop=stop, reason="Gebeld: dit nummer klopt.", on=on, by=self.worker)

    def part(self, credit: Credit, entry: Entry) -> Part:
        """Whose the money of an entry really is."""
        resident = self.loaded.residents[credit.resident]
        if credit.agreement in self.loaded.agreements:
            return Part(entry.amount, resident, self.loaded.agreements[credit.agreement])
        return Part(entry.amount, resident, category="other_income")

    def hear_of(self, news: News, on: date) -> None:
        """A new agreement, a new amount or an end is put in the files, unless an earlier play did."""
        if isinstance(news, NewAgreement):
            self.hear_of_agreement(news)
        elif isinstance(news, NewAmount):
            agreement = self.loaded.agreements[news.agreement]
            if not AgreementAmount.objects.filter(agreement=agreement, valid_from=news.valid_from).exists():
                change_amount(agreement=agreement, amount=news.amount, valid_from=news.valid_from, by=self.worker)
        elif (ended := self.loaded.agreements[news.agreement]).valid_until is None:
            end_agreement(agreement=ended, valid_until=on, by=self.worker)

    def hear_of_agreement(self, news: NewAgreement) -> None:
        """Makes the agreement, known by the number the payer gives the resident."""
        one = news.agreement
        resident = self.loaded.residents[one.resident]
        known = resident.agreements.filter(marks__contains=[one.mark]).first()
        iban = self.loaded.town.counterparties[one.counterparty].iban
        counterparty = Account.objects.get(iban=iban, counterparty__isnull=False).counterparty
        assert counterparty is not None
        made = known or agree(one, resident, counterparty, on=self.script.start, by=self.worker)
        self.loaded.agreements[one.key] = made

    def sign(self, on: date) -> None:
        """A second person approves and releases what is ready; their own batches are left to someone else."""
        for batch in PaymentBatch.objects.filter(state__in=["draft", "approved"]).order_by("pk"):
            try:
                if batch.state == "draft":
                    approve_batch(batch=batch, digest=batch.digest, on=on, by=self.approver)
            except NotTheSecondPerson:
                continue
            self.release(batch, datetime.combine(on, _AT_WORK, tzinfo=timezone.get_default_timezone()))

    def release(self, batch: PaymentBatch, now: datetime) -> None:
        """Makes the file."""
        release_batch(batch=batch, now=now, by=self.approver)
        self.done.released += 1
        self.done.orders += batch.count

    def go_to_the_bank(self, on: date, bank: Bank) -> None:
        """Other people's money arrives; the files released on this day are handed in, and the answers taken in."""
        for credit in self.arriving[on]:
            bank.arrive(credit)
        released = PaymentBatch.objects.filter(released_at__date=on).order_by("released_at", "pk")
        for number in list(released.values_list("pk", flat=True)):
            batch = PaymentBatch.objects.get(pk=number)  # one file at a time
            assert batch.content is not None
            for answer in bank.send(batch.content):
                if on > self.known_until:
                    take_in_answer(data=answer, on=on, by=self.worker)
