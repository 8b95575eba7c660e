"""The example municipality as a whole: thirty households, its colleagues and its account."""

from backend.example.alone import ALONE
from backend.example.counterparties import COUNTERPARTIES, TOWN
from backend.example.made_up import made_up_iban, made_up_phone
from backend.example.record import ExampleColleague, ExampleHousehold, ExampleResident, ExampleTown
from backend.example.together import TOGETHER
from budgeting.core.money import amount as euro

_NAME = "Voorbeeldstad"
_STREETS = ("Voorbeeldstraat", "Lindelaan", "Verzonnen Kade")

COLLEAGUES = (
    ExampleColleague("consulent", "Anna de Groot", ("case_worker",), "V900001"),
    ExampleColleague("consulent2", "Youssef Amrani", ("case_worker",), "V900002"),
    ExampleColleague("fiatteur", "Bram Visser", ("approver",), "V900003"),
    ExampleColleague("beheerder", "Ingrid Jansma", ("application_manager",), "V900004"),
    ExampleColleague("balie", "Mila Petrov", ("front_desk",), "V900005"),
)


def household(place: int, residents: tuple[ExampleResident, ...]) -> ExampleHousehold:
    """Residents at an address that does not exist."""
    street = f"{_STREETS[place % 3]} {3 * place + 1}"
    return ExampleHousehold(residents[0].last_name, street, "0000 AA", _NAME, residents)


def town_of(households: tuple[ExampleHousehold, ...]) -> ExampleTown:
    """The municipality of Voorbeeldstad with these households in it."""
    return ExampleTown(
        name=_NAME,
        phone=made_up_phone(1),
        address="Voorbeeldplein 1, 0000 AA Voorbeeldstad",
        account_iban=made_up_iban(14),
        account_name=f"{TOWN} Huishoudboekje",
        opening_balance=euro("60000.00"),
        advance_limit=euro("1500.00"),
        colleagues=COLLEAGUES,
        counterparties=COUNTERPARTIES,
        households=households,
    )


EXAMPLE_TOWN = town_of(
    tuple(household(place, residents) for place, residents in enumerate((*((one,) for one in ALONE), *TOGETHER), 1))
)
