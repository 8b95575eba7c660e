"""What the example is made of: residents, households, payers, agreements and staff as frozen records.

They know nothing of the product's tables. Amounts are euro with two decimals; languages are ISO 639-1 codes; categories
are the product's category keys. A rhythm has no first day until the example is given one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from budgeting.core.schedule import Recurrence


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A recurrence without a first day. Weeks count from `after` weeks past the first Monday of the example."""

    unit: str
    every: int = 1
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    after: int = 0

    def since(self, start: date) -> Recurrence:
        """The recurrence of an example that begins on `start`."""
        monday = start + timedelta(days=-start.weekday() % 7, weeks=self.after)
        begins = monday if self.unit == "week" else start
        return Recurrence(self.unit, begins, self.every, self.weekdays, self.days, self.months)


@dataclass(frozen=True, slots=True)
class ExampleCounterparty:
    """Who pays or is paid. `key` names it inside the example."""

    key: str
    name: str
    iban: str


@dataclass(frozen=True, slots=True)
class ExampleAgreement:
    """One regular income or charge of one resident.

    `words` stand in what the payer writes, and so does `mark`, the number by which the payer knows the resident;
    `reference` is the betalingskenmerk that a creditor wants back. `window` is how many days early or late is usual.
    `spread` is by how much, in euro either way,
    the real amount moves; zero when it is always the same. `from_start` says that it holds from the first day on: most
    charges begin a month after the income, as in a real start. `after` is how many days after the example's first day
    it begins, for what comes later in someone's life.
    """

    key: str
    resident: str
    direction: str
    category: str
    counterparty: str
    amount: Decimal
    rhythm: Rhythm
    description: str
    words: tuple[str, ...]
    mark: str
    reference: str
    spread: Decimal
    window: int
    from_start: bool
    after: int = 0


@dataclass(frozen=True, slots=True)
class ExampleResident:
    """A resident who does not exist. `channel` is how they wish to be told: screen, paper, voice or helper."""

    key: str
    first_names: str
    last_name: str
    birth_date: date
    language: str
    channel: str
    interpreter_needed: bool
    phone: str
    iban: str
    pay_rhythm: Rhythm
    agreements: tuple[ExampleAgreement, ...]

    @property
    def name(self) -> str:
        """First names and last name."""
        return f"{self.first_names} {self.last_name}"


@dataclass(frozen=True, slots=True)
class ExampleHousehold:
    """People at one address."""

    name: str
    street: str
    postcode: str
    town: str
    residents: tuple[ExampleResident, ...]


@dataclass(frozen=True, slots=True)
class ExampleColleague:
    """Someone of the municipality: a user name, the roles, and a number that says which human being it is."""

    username: str
    full_name: str
    roles: tuple[str, ...]
    person_number: str


@dataclass(frozen=True)
class ExampleTown:
    """A municipality that does not exist. `opening_balance` is what it puts on the account itself, to advance from."""

    name: str
    phone: str
    address: str
    account_iban: str
    account_name: str
    opening_balance: Decimal
    advance_limit: Decimal
    colleagues: tuple[ExampleColleague, ...]
    counterparties: Mapping[str, ExampleCounterparty]
    households: tuple[ExampleHousehold, ...]

    @cached_property
    def residents(self) -> tuple[ExampleResident, ...]:
        """All residents, household by household."""
        return tuple(resident for household in self.households for resident in household.residents)

    @cached_property
    def agreements(self) -> Mapping[str, ExampleAgreement]:
        """All agreements by their key."""
        return {agreement.key: agreement for resident in self.residents for agreement in resident.agreements}
