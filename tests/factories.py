"""Made-up people and money for tests, made through the real actions wherever there is one."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import count

from accessibility.languages import FALLBACK, LANGUAGES
from accessibility.models import LanguageDecision
from budgeting.actions.accounts import confirm_account
from budgeting.actions.agreements import AgreementTerms, make_agreement
from budgeting.actions.ledger import post
from budgeting.actions.people import ResidentDetails, grant_role, register_counterparty, register_resident
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.core.schedule import Recurrence
from budgeting.models import Account, Agreement, BankAccount, Counterparty, Household, Resident, Role, Town, User

ON = date(2026, 11, 2)  # a Monday
FIRST_FRIDAY = date(2026, 11, 6)
_numbers = count(1)


def made_up_iban(number: int, bank: str = "TEST") -> str:
    """A Dutch IBAN with right check digits at a bank that does not exist."""
    digits = f"{number:010d}"
    letters = "".join(str(ord(letter) - 55) for letter in bank)
    check = 98 - int(f"{letters}{digits}232100") % 97
    return f"NL{check:02d}{bank}{digits}"


def user(*roles: str, person: str = "", **fields: object) -> User:
    """A colleague with roles since long ago."""
    number = next(_numbers)
    made = User.objects.create_user(
        f"user{number}", full_name=f"Collega {number}", person_number=person or f"P{number}", **fields
    )
    for role in roles:
        grant_role(user=made, role=role, on=date(2020, 1, 1), by=None)
    return made


@dataclass
class House:
    """A town with an account, a case worker and an approver."""

    town: Town
    account: BankAccount
    case_worker: User
    approver: User


def house(**town: object) -> House:
    """The smallest town in which money can move."""
    defaults = {"name": "Voorbeeldstad", "phone": "14 030", "address": "Stadsplein 1", "cut_off": time(13, 0)}
    home = House(
        town=Town.objects.create(pk=1, **(defaults | town)),
        account=BankAccount.objects.create(iban=made_up_iban(1), name="Gemeente Voorbeeldstad"),
        case_worker=user(Role.CASE_WORKER),
        approver=user(Role.APPROVER),
    )
    speak_every_language(home.approver)
    return home


def speak_every_language(by: User) -> None:
    """Every translation is on, as a draft."""
    LanguageDecision.objects.bulk_create(
        LanguageDecision(language=code, status="draft", reason="Alle talen", decided_on=date(2026, 1, 1), decided_by=by)
        for code in LANGUAGES
        if code != FALLBACK
    )


def resident(home: House, *, money: str = "0.00", limit: str = "0.00", on: date = ON, **details: object) -> Resident:
    """A resident with some money in the books and an advance limit."""
    number = next(_numbers)
    rhythm = Recurrence(unit="week", starts_on=FIRST_FRIDAY, weekdays=(5,))
    facts = {"first_names": "Sam", "last_name": f"Voorbeeld{number}", "pay_rhythm": rhythm}
    made = register_resident(
        household=Household.objects.create(name=f"Huishouden {number}"),
        details=ResidentDetails(**(facts | details)),
        iban=made_up_iban(1000 + number),
        case_worker=home.case_worker,
        on=date(2026, 1, 1),
        by=home.case_worker,
    )
    Resident.objects.filter(pk=made.pk).update(advance_limit=Decimal(limit))
    vouch(home, made.accounts.get())
    made.refresh_from_db()
    if Decimal(money):
        give(home, made, money, on=on)
    return made


def vouch(home: House, account: Account) -> None:
    """A second person has confirmed the account, long ago."""
    confirm_account(account=account, reason="", on=date(2026, 1, 2), by=home.approver)


def give(home: House, who: Resident, money: str, *, on: date = ON) -> None:
    """Puts money of the town's own on a resident's balance."""
    lines = ledger.moved(Decimal(money), debit=ledger.OWN, credit=ledger.resident(who.pk))
    post([Movement("allocation", on, f"gift:{next(_numbers)}", lines)], by=home.case_worker)


def landlord(home: House) -> Counterparty:
    """A counterparty whose one account a second person has confirmed."""
    number = next(_numbers)
    made = register_counterparty(
        name=f"Verhuurder {number}", iban=made_up_iban(500_000 + number), on=date(2026, 1, 1), by=home.case_worker
    )
    vouch(home, made.accounts.get())
    return made


def charge(
    home: House,
    who: Resident,
    *,
    amount: str = "600.00",
    day: int = 5,
    category: str = "rent",
    to: Counterparty | None = None,
    **terms: object,
) -> Agreement:
    """A monthly charge on a day of the month, paid to a landlord of its own unless one is given."""
    counterparty, number = to or landlord(home), next(_numbers)
    facts = {
        "direction": "out",
        "category": category,
        "description": f"Huur {number}",
        "amount": Decimal(amount),
        "recurrence": Recurrence(unit="month", starts_on=date(2026, 11, 1), days=(day,)),
        "valid_from": date(2026, 11, 1),
    }
    return make_agreement(
        resident=who,
        counterparty=counterparty,
        account=counterparty.accounts.get(),
        terms=AgreementTerms(**(facts | terms)),
        by=home.case_worker,
    )


def income(home: House, who: Resident, *, amount: str = "1200.00", day: int = 24, **terms: object) -> Agreement:
    """A monthly benefit from a payer of its own."""
    number = next(_numbers)
    payer = register_counterparty(
        name=f"Uitkeerder {number}", iban=made_up_iban(800_000 + number), on=date(2026, 1, 1), by=home.case_worker
    )
    facts = {
        "direction": "in",
        "category": "benefit",
        "description": f"Uitkering {number}",
        "amount": Decimal(amount),
        "recurrence": Recurrence(unit="month", starts_on=date(2026, 11, 1), days=(day,)),
        "valid_from": date(2026, 11, 1),
        "words": ("uitkering",),
    }
    return make_agreement(
        resident=who, counterparty=payer, account=None, terms=AgreementTerms(**(facts | terms)), by=home.case_worker
    )
