"""The bank of the demo: the package mock-bank on a loopback port, spoken to over HTTP like any bank.

It keeps its own clock, accounts and statement numbers in a store in memory, and books and reports by rules we did not
write. It books only our side of a payment, tells no remittance of our own payments and knows no batch lines; what it
cannot play, `made_up_bank` does. The package is a development dependency: importing this module needs it.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any

from mockbank import Config, make_server

from backend.example.events import Credit
from backend.example.released import ReleasedPayment, read_released
from backend.example.troubles import Refusal, Trouble
from budgeting.core.money import to_cents
from payments.core.banking_days import closing_days, is_banking_day

_OURS = "OURS"
_SECONDS = 30
_SHOWN = 300


class BankSaysNo(RuntimeError):
    """The bank answered a request of the play with an error; `answer` is what it said."""

    def __init__(self, path: str, status: int, answer: str) -> None:
        super().__init__(f"{path}: {status} {answer[:_SHOWN]}")
        self.status = status
        self.answer = answer


class CannotPlayTwoReturns(RuntimeError):
    """This bank can be told of one payment at a time that it will come back."""


@contextmanager
def loopback_bank(
    *, iban: str, owner: str, start: date, balance: Decimal, years: int = 2, refusals: tuple[Refusal, ...] = ()
) -> Iterator["LoopbackBank"]:
    """A running bank that holds our account with this balance; it stops, and forgets everything, at the end."""
    config = Config(port=0, quiet=True, clock=f"{start}T08:00", timezone="Europe/Amsterdam", keep_requests=1)
    server = make_server(config)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        bank = LoopbackBank(port=server.server_address[1], today=start, refusals=refusals)
        bank.open(iban, owner, balance, range(start.year, start.year + years))
        yield bank
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class LoopbackBank:
    """The bank behind a port. `behave` sets any behaviour that `mock-bank --help` lists."""

    port: int
    today: date
    refusals: tuple[Refusal, ...] = ()
    _held: dict[str, str] = field(default_factory=dict)
    _coming_back: dict[str, date] = field(default_factory=dict)

    def open(self, iban: str, owner: str, balance: Decimal, years: range) -> None:
        """Opens our account, closes those the bank starts with, and tells the days TARGET is closed."""
        for account in self._ask("GET", "/_mock/accounts"):
            self._ask("PATCH", f"/_mock/accounts/{account['id']}", {"closed": True})
        self._ask("PUT", "/_mock/holidays", sorted(str(day) for year in years for day in closing_days(year)))
        wanted = {"id": _OURS, "iban": iban, "name": owner, "balance": to_cents(balance)}
        self._ask("POST", "/_mock/accounts", wanted)

    def arrive(self, credit: Credit) -> None:
        """Somebody sends money, to be booked on its day."""
        wanted = {
            "account": _OURS,
            "amount": to_cents(credit.amount),
            "value_date": str(credit.on),
            "debtor": {"name": credit.payer, "iban": credit.iban},
            "note": credit.remittance,
        }
        self._ask("POST", "/_mock/credits", wanted)

    def send(self, pain001: bytes) -> tuple[bytes, ...]:
        """Hands in a payment file; the status reports the bank sends at once."""
        for payment in read_released(pain001).payments:
            self._prepare(payment)
        # A file the bank refuses whole is answered with 422, and with its status report all the same.
        self._ask("POST", "/payments", pain001, allowed=(200, 202, 422))
        return self._collect("pain.002")

    def end_day(self) -> tuple[bytes, ...]:
        """Moves the bank to the next day; the statement of the day that ended."""
        day, self.today = self.today, self.today + timedelta(days=1)
        self._ask("POST", f"/_mock/advance?to={self.today}")
        statements = self._collect("camt.053")
        assert len(statements) == int(is_banking_day(day)), (day, len(statements))
        return statements

    def behave(self, behaviour: str, account: str = _OURS, **parameters: object) -> None:
        """Changes how the bank treats an account: `accept`, `silent`, `statement-gap`, `reject-file`, ..."""
        self._ask("PATCH", f"/_mock/accounts/{account}", {"behaviour": behaviour, "parameters": parameters})

    def _prepare(self, payment: ReleasedPayment) -> None:
        """Makes the bank meet a payment as the refusals say."""
        rule = next((one for one in self.refusals if one.hits(payment.iban, payment.amount, payment.execution)), None)
        if payment.iban in self._held or (rule and rule.kind is Trouble.REJECTED):
            self.behave("closed-account" if rule else "accept", self._hold(payment.iban))
        elif rule:
            self._let_return(payment, rule)

    def _hold(self, iban: str) -> str:
        if iban not in self._held:
            self._held[iban] = f"H{len(self._held)}"
            self._ask("POST", "/_mock/accounts", {"id": self._held[iban], "iban": iban, "name": "Rekening"})
        return self._held[iban]

    def _let_return(self, payment: ReleasedPayment, rule: Refusal) -> None:
        self._coming_back = {key: day for key, day in self._coming_back.items() if day >= self.today}
        if self._coming_back:
            raise CannotPlayTwoReturns(payment.end_to_end_id)
        self._coming_back[payment.end_to_end_id] = payment.execution
        self.behave("return-later", days=rule.days, reason=rule.reason, end_to_end_id=payment.end_to_end_id)

    def _collect(self, kind: str) -> tuple[bytes, ...]:
        messages = self._ask("GET", f"/_mock/mailbox?type={kind}")
        return tuple(message["body"].encode() for message in messages if message["account"] == _OURS)

    def _ask(self, method: str, path: str, body: object = None, allowed: tuple[int, ...] = (200, 201)) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        try:
            sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
            kind = "application/xml" if isinstance(body, bytes) else "application/json"
            connection.request(method, path, sent, {"Content-Type": kind})
            response = connection.getresponse()
            told = response.read().decode()
        finally:
            connection.close()
        if response.status not in allowed:
            raise BankSaysNo(path, response.status, told)
        return json.loads(told)
