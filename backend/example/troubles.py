"""What goes wrong in the example, each trouble at least once: by month (0 is the first) and by agreement.

These are not the product's words for it: they are what people and banks do.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from backend.example.counterparties import COUNTERPARTIES
from backend.example.made_up import made_up_iban
from backend.example.town import AGREEMENTS, RESIDENTS
from budgeting.core.money import amount as euro


class Trouble(StrEnum):
    """What may go wrong."""

    LATE = "late_income"
    DOUBLE = "double_payment"
    STOPPED = "income_stopped"
    CHANGED_INCOME = "changed_income"
    UNKNOWN_PAYER = "unknown_payer"
    CHANGED_RENT = "changed_rent"
    RETURNED = "returned_payment"
    REJECTED = "rejected_payment"
    CANNOT_BE_PAID = "charge_that_cannot_be_paid"


@dataclass(frozen=True, slots=True)
class IncomeTrouble:
    """What happens to one agreed income in one month: `days` late, or another `amount` from that month on."""

    kind: Trouble
    month: int
    agreement: str
    days: int = 0
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Stranger:
    """Money from someone no agreement knows; `resident` is whose it turns out to be, if anyone's."""

    month: int
    day: int
    payer: str
    iban: str
    amount: Decimal
    remittance: str
    resident: str = ""


@dataclass(frozen=True, slots=True)
class RentChange:
    """A landlord tells on `told_day` of a month that the charge will be another amount from the next month on."""

    month: int
    told_day: int
    agreement: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Refusal:
    """The other bank does not take our payments to `iban` (of `amount`, when given) executed in the period.

    `kind` is RETURNED (settled, and back some banking days later) or REJECTED (refused at once in the status report).
    """

    kind: Trouble
    iban: str
    since: date
    until: date
    reason: str = "AC04"
    amount: Decimal | None = None
    days: int = 2

    def hits(self, iban: str, amount: Decimal, execution: date) -> bool:
        """Whether a payment meets it."""
        return (
            iban == self.iban
            and self.since <= execution < self.until
            and (self.amount is None or amount == self.amount)
        )


INCOME_TROUBLES = (
    IncomeTrouble(Trouble.LATE, 1, "r03-wages-1", days=8),
    IncomeTrouble(Trouble.LATE, 2, "r15-wages-1", days=6),
    IncomeTrouble(Trouble.LATE, 3, "r10-student_finance-1", days=30),
    IncomeTrouble(Trouble.DOUBLE, 1, "r20-wages-1", days=1),
    IncomeTrouble(Trouble.CHANGED_INCOME, 2, "r05-benefit-1", amount=euro("1186.20")),
    IncomeTrouble(Trouble.STOPPED, 2, "r26-rent_allowance-2"),
    # Loses his work: the charges run on until the advance limit is reached, and then one cannot be paid.
    IncomeTrouble(Trouble.STOPPED, 1, "r19-wages-1"),
)

STRANGERS = (
    Stranger(1, 9, "J. Ongenoemd", made_up_iban(9001), euro("75.00"), "Terugbetaling, bedankt"),
    Stranger(2, 14, "Stichting Noodfonds Nergens", made_up_iban(9002), euro("250.00"), "Bijdrage wasmachine", "r17"),
    Stranger(3, 4, "Kledingbank Voorbeeldstad", made_up_iban(9003), euro("40.00"), "Terugbetaling borg V-0014", "r14"),
    Stranger(3, 11, "P. Zonderling", made_up_iban(9004), euro("19.95"), "geen omschrijving"),
)

RENT_CHANGES = (RentChange(1, 18, "r11-rent-3", euro("743.10")), RentChange(2, 20, "r25-rent-2", euro("751.25")))


def refusals(month_starts: tuple[date, ...]) -> tuple[Refusal, ...]:
    """The refusals of an example whose months begin on these days (at least four)."""
    energy = AGREEMENTS["r08-energy-7"]
    own_account = next(resident.iban for resident in RESIDENTS if resident.key == "r32")
    return (
        Refusal(
            Trouble.RETURNED,
            COUNTERPARTIES[energy.counterparty].iban,
            month_starts[1],
            month_starts[2],
            amount=energy.amount,
        ),
        Refusal(Trouble.REJECTED, own_account, month_starts[2].replace(day=8), month_starts[2].replace(day=22)),
    )
