"""Made-up municipalities as plain histories, for the backtest: the lives that `simulate` plays."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from backend.example.chance_life import chance_script
from backend.example.chance_town import chance_town
from backend.example.events import Credit, month_starts
from backend.example.record import ExampleAgreement
from backend.example.script import Script
from backend.example.simulation import START
from budgeting.core.backtest import Household, IncomeStream
from budgeting.core.money import ZERO, amount
from budgeting.core.outlook import Due
from budgeting.core.replay import Received
from budgeting.core.schedule import due_dates
from payments.core.banking_days import charge_day, income_day

_CHARGES_AFTER = timedelta(days=31)
_DAYS = {"once": 365, "week": 7, "month": 28, "year": 365}


def histories(residents: int, months: int, *, seed: int) -> list[Household]:
    """The households of a town by chance, with late, missing, double, changed and stopped income."""
    town = chance_town(residents, seed=seed)
    until = month_starts(START, months + 1)[-1]
    script = chance_script(town, START, until, seed=seed, faults=True)
    later = [new.agreement for new in script.new_agreements]
    agreements: dict[str, list[ExampleAgreement]] = defaultdict(list)
    for one in (*town.agreements.values(), *later):
        agreements[one.resident].append(one)
    arrived: dict[str, list[Credit]] = defaultdict(list)
    for credit in script.credits:
        arrived[credit.resident].append(credit)
    ended = {ending.agreement: ending.told_on for ending in script.endings}
    return [
        _history(resident.key, agreements[resident.key], arrived[resident.key], script, ended)
        for resident in town.residents
    ]


def _history(
    key: str,
    agreements: Iterable[ExampleAgreement],
    credits_of: list[Credit],
    script: Script,
    ended: Mapping[str, date],
) -> Household:
    listed = list(agreements)
    income = tuple(Received(one.on, one.amount, one.agreement or one.iban) for one in credits_of)
    charges = tuple(due for one in listed if one.direction == "out" for due in _charges(one, script))
    streams = tuple(_stream(one, credits_of, script, ended) for one in listed if one.direction == "in")
    return Household(f"{key}", script.start, script.until, income, charges, streams)


def _charges(one: ExampleAgreement, script: Script) -> Iterable[Due]:
    """Every charge on the day it leaves, with the amount that holds then."""
    begins = script.start if one.from_start else (script.start + _CHARGES_AFTER).replace(day=1)
    terms = [new for new in script.new_amounts if new.agreement == one.key]
    for day in due_dates(one.rhythm.since(script.start), since=begins, until=script.until, valid_from=begins):
        amount = [one.amount, *(new.amount for new in terms if new.valid_from <= day)][-1]
        yield Due(charge_day(day), amount, one.category)


def _stream(one: ExampleAgreement, credits_of: list[Credit], script: Script, ended: Mapping[str, date]) -> IncomeStream:
    rhythm = one.rhythm.since(script.start)
    begins, ends = script.start + timedelta(days=one.after), min(ended.get(one.key, script.until), script.until)
    dues = due_dates(rhythm, since=begins, until=ends, valid_from=begins)
    times = max(len(rhythm.weekdays), 1) * max(len(rhythm.days), 1) * max(len(rhythm.months), 1)
    return IncomeStream(
        key=one.key,
        payer=f"{one.counterparty} {one.category}",
        # The last weeks are no judgement: their money may still come.
        dues=tuple(income_day(day) for day in dues if day < script.until - timedelta(days=45)),
        paid=tuple(credit.on for credit in credits_of if credit.agreement == one.key),
        turn=_DAYS[rhythm.unit] * rhythm.every // times,
        window=max(one.window, 3),
    )


class NotAHistory(ValueError):
    """A file of histories that cannot be used; the message names the place and what is wrong there."""


def written_histories(data: bytes) -> list[Household]:
    """Histories from JSON, as `docs/foresight.md` describes it, strictly read. Raises `NotAHistory`."""
    try:
        whole = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotAHistory("no JSON") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("households"), list):
        raise NotAHistory("households: missing")
    return [_written(one, f"households[{number}]") for number, one in enumerate(whole["households"])]


def _written(plain: Any, where: str) -> Household:
    try:
        return Household(
            key=str(plain["id"]),
            known_since=date.fromisoformat(plain["known_since"]),
            until=date.fromisoformat(plain["until"]),
            income=tuple(Received(*_line(one), str(one["source"])) for one in plain["income"]),
            charges=tuple(Due(*_line(one), str(one["name"])) for one in plain["charges"]),
            streams=tuple(_written_stream(one, str(plain["id"])) for one in plain.get("streams", ())),
        )
    except KeyError as missing:
        raise NotAHistory(f"{where}: {missing} is missing") from None
    except (TypeError, ValueError, AttributeError) as wrong:
        raise NotAHistory(f"{where}: {wrong}") from None


def _line(plain: Mapping[str, Any]) -> tuple[date, Decimal]:
    if not isinstance(plain["amount"], str):
        raise TypeError(f"amount {plain['amount']!r} is no text")
    value = amount(plain["amount"])
    if value <= ZERO:
        raise ValueError(f"amount {value} is not above zero")
    return date.fromisoformat(plain["date"]), value


def _written_stream(plain: Mapping[str, Any], household: str) -> IncomeStream:
    dues = tuple(sorted(date.fromisoformat(day) for day in plain["due"]))
    gaps = [(later - earlier).days for earlier, later in pairwise(dues)]
    return IncomeStream(
        key=f"{household} {plain['source']}",
        payer=str(plain["source"]),
        dues=dues,
        paid=tuple(sorted(date.fromisoformat(day) for day in plain["paid"])),
        turn=min(gaps, default=365),
    )
