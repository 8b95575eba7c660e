"""The file in which the other open-source Huishoudboekje keeps its people, as the rows of our own template.

Read are burgers with rekeningen and afspraken, huishoudens, organisaties with afdelingen and rubrieken. Their leefgeld
is no agreement here: its day becomes the rhythm in which money to live on is paid. A last day is counted there, and
here not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from backend.arriving.columns import RowProblem, Sheets
from backend.arriving.table import CannotBeRead

_LIVING_MONEY = "privé-opname"
# Their categories are few; a word of the description tells more.
_BY_WORD = (
    ("huurtoeslag", "rent_allowance"), ("zorgtoeslag", "healthcare_allowance"), ("kindgebonden", "child_budget"),
    ("kinderopvangtoeslag", "childcare_allowance"), ("kinderbijslag", "child_benefit"), ("loon", "wages"),
    ("salaris", "wages"), ("zorgverzekering", "health_insurance"), ("hypotheek", "mortgage"),
)  # fmt: skip
_BY_CATEGORY = {
    "inkomsten": "other_income", "toeslagen": "other_income", "uitkeringen": "benefit", "subsidies": "other_income",
    "huur of hypotheek": "rent", "gas en elektriciteit": "energy", "water": "water", "lokale lasten": "municipal_tax",
    "telefoon, internet en televisie": "telecom", "verzekeringen": "other_insurance",
}  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Thing = Mapping[str, Any]


def read(data: bytes, *, on: date) -> Sheets:
    """The same sheets as the template has. Raises `CannotBeRead` when it is not such a file."""
    try:
        told = json.loads(data, parse_float=str)
        return _sheets(told, on)
    except (ValueError, RecursionError) as error:
        if isinstance(error, CannotBeRead):
            raise
        raise CannotBeRead(RowProblem("", 0, "", "not_json")) from None
    except (AttributeError, TypeError, KeyError):
        raise CannotBeRead(RowProblem("", 0, "", "another_shape")) from None


def _sheets(told: Thing, on: date) -> Sheets:
    people: Sequence[Thing] = told["burgers"]
    homes = {
        str(member["bsn"]): f"huishouden {number}"
        for number, home in enumerate(told.get("huishoudens", ()), 1)
        for member in home["burgers"]
    }
    residents = [(number, _resident(number, one, homes, on)) for number, one in enumerate(people, 1)]
    counterparties = list(_counterparties(told.get("organisaties", ())))
    agreements = [(number, cells) for number, cells in enumerate(_all_agreements(people), 1)]
    return {"residents": residents, "counterparties": counterparties, "agreements": agreements}


def _resident(number: int, one: Thing, homes: Mapping[str, str], on: date) -> dict[str, str]:
    """The key is the place in the file: the number of the state is used for nothing here."""
    living = next((a for a in one.get("afspraken", ()) if _is_living_money(a)), None)
    account: Thing = next(iter(one.get("rekeningen", ())), {})
    cells = {
        "key": f"burger {number}",
        "household": homes.get(str(one.get("bsn")), ""),
        "first_names": one.get("voornamen", ""),
        "last_name": one.get("achternaam", ""),
        "birth_date": one.get("geboortedatum", ""),
        "phone": one.get("telefoonnummer", ""),
        "street": f"{one.get('straatnaam', '')} {one.get('huisnummer', '')}".strip(),
        "postcode": one.get("postcode", ""),
        "town": one.get("plaatsnaam", ""),
        "iban": account.get("iban", ""),
    }
    return _texts(cells | _pay_rhythm(living, on))


def _pay_rhythm(living: Thing | None, on: date) -> dict[str, str]:
    """Every month on their day; without one every week, from a week after the move."""
    days = (living or {}).get("betaalinstructie", {}).get("byMonthDay") or ()
    if not days:
        return {"pay_unit": "week", "pay_every": "1", "pay_starts_on": (on + timedelta(days=7)).isoformat()}
    month = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return {
        "pay_unit": "month",
        "pay_every": "1",
        "pay_starts_on": month.replace(day=min(int(days[0]), 28)).isoformat(),
    }


def _counterparties(organisations: Sequence[Thing]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, one in enumerate(organisations, 1):
        accounts = [account for part in one.get("afdelingen", ()) for account in part.get("rekeningen", ())]
        first = accounts[0] if accounts else {}
        cells = {
            "key": one["kvknummer"], "name": one["naam"], "name_at_bank": first.get("rekeninghouder", ""),
            "iban": first.get("iban", ""),
        }  # fmt: skip
        yield number, _texts(cells)


def _all_agreements(people: Sequence[Thing]) -> Iterator[dict[str, str]]:
    for number, one in enumerate(people, 1):
        for agreement in one.get("afspraken", ()):
            if not _is_living_money(agreement):
                yield _texts(_agreement(f"burger {number}", agreement))


def _agreement(resident: str, one: Thing) -> dict[str, Any]:
    last = one.get("validThrough")
    until = (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else ""
    return {
        "resident": resident,
        "counterparty": one.get("organisatie", {}).get("kvknummer", ""),
        "direction": "in" if one["credit"] else "out",
        "category": _category(one),
        "description": one.get("omschrijving", ""),
        "amount": one["bedrag"],
        "valid_until": until,
        "words": ", ".join(one.get("zoektermen", ())),
        **_rhythm(one),
    }


def _rhythm(one: Thing) -> dict[str, str]:
    """Theirs is once, on weekdays, or on days of months; without one we take every month, on the day it began."""
    told: Thing = one.get("betaalinstructie") or {}
    first = told.get("startDate") or one["validFrom"]
    if told and told.get("endDate") == first:
        return {"unit": "once", "starts_on": first}
    if weekdays := [_WEEKDAYS.index(name.lower()) + 1 for name in told.get("byDay") or ()]:
        return {"unit": "week", "starts_on": first, "weekdays": _listed(weekdays)}
    days, months = told.get("byMonthDay") or (), told.get("byMonth") or ()
    if months and len(set(months)) < 12:
        return {"unit": "year", "starts_on": first, "days": _listed(days), "months": _listed(months)}
    return {"unit": "month", "starts_on": first, "days": _listed(days)}


def _category(one: Thing) -> str:
    name, words = str(one.get("rubriek", {}).get("naam", "")).lower(), str(one.get("omschrijving", "")).lower()
    found = next((category for word, category in _BY_WORD if word in words), None)
    return found or _BY_CATEGORY.get(name, name)


def _is_living_money(one: Thing) -> bool:
    return str(one.get("rubriek", {}).get("naam", "")).lower() == _LIVING_MONEY


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(str(number) for number in numbers)


def _texts(cells: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value).strip() for name, value in cells.items() if value is not None}
