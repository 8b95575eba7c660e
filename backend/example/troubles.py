"""What goes wrong in the example, each trouble at least once: by month (0 is the first) and by agreement.

These are not the product's words for it: they are what people and banks do.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from budgeting.core.money import amount as euro


class Trouble(StrEnum):
    """What may go wrong."""

    LATE = "late_income"
    MISSING = "missing_income"
    DOUBLE = "double_payment"
    STOPPED = "income_stopped"
    CHANGED_INCOME = "changed_income"
    UNKNOWN_PAYER = "unknown_payer"
    RETURNED = "returned_payment"
    REJECTED = "rejected_payment"


@dataclass(frozen=True, slots=True)
class IncomeTrouble:
    """What happens to one payment of an agreed income: `days` late or twice; `amount` is what it is from now on."""

    kind: Trouble
    days: int = 0
    amount: Decimal | None = None


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


# Month, agreement, what happens to its payment of that month.
IN_ONE_MONTH = (
    (1, "r03-wages-1", IncomeTrouble(Trouble.LATE, days=8)),
    (2, "r15-wages-1", IncomeTrouble(Trouble.LATE, days=7)),
    (3, "r10-student_finance-1", IncomeTrouble(Trouble.LATE, days=30)),
    (1, "r20-wages-1", IncomeTrouble(Trouble.DOUBLE, days=1)),
)

# Month from which on it stays so, agreement, what happens to every payment.
FROM_A_MONTH_ON = (
    (2, "r05-benefit-1", IncomeTrouble(Trouble.CHANGED_INCOME, amount=euro("1186.20"))),
    (2, "r26-rent_allowance-2", IncomeTrouble(Trouble.STOPPED)),
    # Loses his work: his charges run on until no more may be advanced, and then one cannot be paid.
    (1, "r19-wages-1", IncomeTrouble(Trouble.STOPPED)),
)

# Month, day, payer, serial number of the account, amount, text, whose money it turns out to be.
FROM_STRANGERS = (
    (1, 9, "J. Ongenoemd", 9001, "75.00", "Terugbetaling, bedankt", ""),
    (2, 14, "Stichting Noodfonds Nergens", 9002, "250.00", "Bijdrage wasmachine", "r17"),
    (3, 4, "Kledingbank Voorbeeldstad", 9003, "40.00", "Terugbetaling borg R000014", "r14"),
    (3, 11, "P. Zonderling", 9004, "19.95", "geen omschrijving", ""),
)

# Month, day on which the landlord tells, agreement, amount from the next month on.
CHANGED_RENTS = ((1, 18, "r11-rent-3", "743.10"), (2, 20, "r25-rent-2", "751.25"))

# The charge whose payments of month 1 come back, and the resident whose own account is closed in month 2.
RETURNED_CHARGE = "r08-energy-7"
CLOSED_ACCOUNT_OF = "r32"
