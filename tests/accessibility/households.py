"""Made-up residents for the tests of this room: facts, stories and finished pages, without a database."""

from datetime import date
from decimal import Decimal
from typing import Any

from accessibility.facts import (
    Charge,
    ChargeState,
    Counting,
    Expected,
    Facts,
    Help,
    Hours,
    MonthFacts,
    Movement,
    PaymentFacts,
    Payout,
    Thing,
    ThingKind,
    WhyFacts,
)
from accessibility.models import MessageKind
from accessibility.news import Happened
from accessibility.notices import AmountChanged, amount_changed, payment_failed
from accessibility.who_looked import Look, LookedFacts
from budgeting.models import Resident

ON = date(2026, 11, 23)  # a Monday
HELP = Help("Voorbeeldstad", "14 0199", "Stadsplein 1", Hours(first_weekday=0, last_weekday=4, opens=9, closes=17))

RENT = Charge("rent", "Woonstichting De Linde", Decimal("612.40"), ChargeState.PAID, date(2026, 11, 2))
WATER = Charge("water", "Waterbedrijf", Decimal("14.75"), ChargeState.SENT, date(2026, 11, 20))
ENERGY = Charge("energy", "Stroomhuis", Decimal("132.00"), ChargeState.PLANNED, date(2026, 11, 25))
UNPAID = Charge("health_insurance", "Zorgzaam", Decimal("160.25"), ChargeState.UNPAID)
CAME_BACK = Charge("telecom", "Belnet", Decimal("35.00"), ChargeState.CAME_BACK)


def facts(**changed: Any) -> Facts:
    """A calm month, with what the test changes."""
    calm: dict[str, Any] = {
        "language": "nl",
        "on": ON,
        "payout": Payout(Decimal("60.00"), date(2026, 11, 27)),
        "thing": None,
        "charges": (RENT, WATER, ENERGY),
        "held": Decimal("216.75"),
        "until": date(2026, 12, 18),
        "right_until": ON,
        "help": HELP,
    }
    return Facts(**(calm | changed))


MONTH = MonthFacts(
    language="nl",
    on=ON,
    first_day=date(2026, 11, 1),
    last_day=ON,
    opening=Decimal("100.00"),
    came_in=(Movement("benefit", "Gemeente Voorbeeldstad", Decimal("1288.40"), date(2026, 11, 20)),),
    paid=(Movement("rent", "Woonstichting De Linde", Decimal("612.40"), date(2026, 11, 2)),),
    given=(Movement("living_money", "", Decimal("60.00"), date(2026, 11, 20)),),
    closing=Decimal("716.00"),
    help=HELP,
)
PAYMENT = PaymentFacts("nl", ON, RENT, "NL91ABNA0417164300", HELP)
NEWS = [
    Happened(
        MessageKind.AMOUNT_CHANGED,
        "amount-1",
        Resident(),
        date(2026, 11, 20),
        amount_changed(
            AmountChanged(
                ON, "rent", "Woonstichting De Linde", Decimal("612.40"), Decimal("640.15"), date(2026, 12, 1), HELP
            )
        ),
    ),
    Happened(
        MessageKind.PAYMENT_FAILED,
        "payment-1",
        Resident(),
        date(2026, 11, 12),
        payment_failed(PaymentFacts("nl", ON, CAME_BACK, "NL91ABNA0417164300", HELP)),
    ),
]
WHY = WhyFacts(
    language="nl",
    on=ON,
    payout=Payout(Decimal("60.00"), date(2026, 11, 27)),
    help=HELP,
    binding_day=date(2026, 12, 18),
    because="rent",
    counting=Counting(
        held=Decimal("216.75"),
        income=Decimal("1288.40"),
        to_pay=Decimal("1115.15"),
        buffer=Decimal("150.00"),
        shared=Decimal("240.00"),
        times=4,
    ),
)

LOOKED = LookedFacts(
    on=ON,
    looks=(
        Look(ON, "who.case_worker", "Anna de Groot", "looked.page", "09:10"),
        Look(ON, "who.front_desk", "Mila Petrov", "looked.payment", "11:45"),
        Look(date(2026, 11, 20), "who.case_worker", "Anna de Groot", "looked.list", "08:30", times=12),
        Look(date(2025, 12, 31), "who.approver", "Bram Visser", "looked.agreement", "16:02"),
    ),
    people=2,
    help=HELP,
)

# Each trouble and each turn of the home page, by a name that a failing test prints.
HOMES: dict[str, Facts] = {
    "calm": facts(),
    "today": facts(payout=Payout(Decimal("60.00"), ON)),
    "tomorrow": facts(payout=Payout(Decimal("60.00"), date(2026, 11, 24))),
    "far away": facts(payout=Payout(Decimal("60.00"), date(2027, 1, 1))),
    "late": facts(payout=Payout(Decimal("60.00"), date(2026, 11, 20))),
    "no payout": facts(payout=None),
    "nothing agreed": facts(payout=None, charges=(), held=Decimal("0.00")),
    "every state": facts(charges=(RENT, WATER, ENERGY, UNPAID, CAME_BACK)),
    "a letter": facts(thing=Thing(ThingKind.SEND_LETTER, "rent", before=date(2026, 12, 1))),
    "a question": facts(thing=Thing(ThingKind.CALL_US, "benefit")),
    "short, paid": facts(
        thing=Thing(ThingKind.SHORT_WE_PAY, "rent", caller="Jan", calls_on=date(2026, 11, 24)), held=Decimal("-310.10")
    ),
    "short, waiting": facts(thing=Thing(ThingKind.SHORT_WE_WAIT, "energy", caller="Jan"), held=Decimal("12.00")),
    "income missing": facts(thing=Thing(ThingKind.INCOME_MISSING, "benefit")),
    "came back": facts(thing=Thing(ThingKind.PAYMENT_CAME_BACK, "telecom")),
    "stopped": facts(payout=None, charges=(), held=Decimal("0.00"), stopped_on=date(2026, 11, 1)),
    "stopped, money left": facts(payout=None, charges=(), stopped_on=date(2026, 11, 1)),
    "income to come": facts(until=date(2026, 11, 24), expected=Expected("benefit", date(2026, 11, 25))),
    "income awaited": facts(until=ON, expected=Expected("benefit", date(2026, 11, 20))),
    "counted until today": facts(until=ON, right_until=None),
    "a million": facts(held=Decimal("1000000.00")),
}
