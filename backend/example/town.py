"""The example municipality as a whole: thirty households, its colleagues and its account."""

from backend.example.alone import ALONE
from backend.example.counterparties import TOWN
from backend.example.made_up import made_up_iban, made_up_phone
from backend.example.record import ExampleAgreement, ExampleColleague, ExampleHousehold, ExampleResident
from backend.example.together import TOGETHER
from budgeting.core.money import amount as euro

TOWN_NAME = "Voorbeeldstad"
TOWN_PHONE = made_up_phone(1)
TOWN_ADDRESS = "Voorbeeldplein 1, 0000 AA Voorbeeldstad"
ACCOUNT_IBAN = made_up_iban(14)
ACCOUNT_NAME = f"{TOWN} Huishoudboekje"
# What the municipality itself puts on the account, so that there is something to advance from.
OPENING_BALANCE = euro("60000.00")
ADVANCE_LIMIT = euro("1500.00")

COLLEAGUES = (
    ExampleColleague("consulent", "Anna de Groot", ("case_worker",), "V900001"),
    ExampleColleague("consulent2", "Youssef Amrani", ("case_worker",), "V900002"),
    ExampleColleague("fiatteur", "Bram Visser", ("approver",), "V900003"),
    ExampleColleague("beheerder", "Ingrid Jansma", ("application_manager",), "V900004"),
    ExampleColleague("balie", "Mila Petrov", ("front_desk",), "V900005"),
)

_TOWN_STREETS = ("Voorbeeldstraat", "Lindelaan", "Verzonnen Kade")


def _household(place: int, residents: tuple[ExampleResident, ...]) -> ExampleHousehold:
    street = f"{_TOWN_STREETS[place % 3]} {3 * place + 1}"
    return ExampleHousehold(residents[0].last_name, street, "0000 AA", TOWN_NAME, residents)


HOUSEHOLDS: tuple[ExampleHousehold, ...] = tuple(
    _household(place, residents) for place, residents in enumerate((*((one,) for one in ALONE), *TOGETHER), 1)
)
RESIDENTS: tuple[ExampleResident, ...] = tuple(resident for household in HOUSEHOLDS for resident in household.residents)
AGREEMENTS: dict[str, ExampleAgreement] = {
    agreement.key: agreement for resident in RESIDENTS for agreement in resident.agreements
}
