"""How well the outlook and the missing-income alarm would have done, held against "the same as last month".

Rolling origin: on each day of standing only what came before is known, but for charges, which agreements tell. The
balance begins at nothing, as it does where all that is left is paid out. What is foreseen: whether in the weeks ahead
more than a quarter of four weeks' charges has to be advanced. Shares are exact (`Fraction`); they become decimals when
they are told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, groupby

from budgeting.core.lateness import assigned, habit
from budgeting.core.money import ZERO, to_cents
from budgeting.core.outlook import Due, Outlook, outlook
from budgeting.core.replay import Coming, Received, moved

FOUR_WEEKS = 4
_QUARTER = 4
LEAST_PATIENCE = 3
# Before so many whole months are known nobody is judged: there would be little to replay.
MONTHS_KNOWN = 4


@dataclass(frozen=True, slots=True)
class IncomeStream:
    """One agreed income: its due days (banking days), and the days on which its money came, both in order.

    `payer` has one habit of being late for all its streams; `turn` is the least number of days between due days.
    """

    key: str
    payer: str
    dues: tuple[date, ...]
    paid: tuple[date, ...]
    turn: int
    window: int = 5


@dataclass(frozen=True, slots=True)
class Household:
    """One history: all income and all charges from `known_since` until before `until`."""

    key: str
    known_since: date
    until: date
    income: tuple[Received, ...]
    charges: tuple[Due, ...]
    streams: tuple[IncomeStream, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One household on one day: what was foreseen, what "last month" foresaw, and what came.

    `need`, `last_month` are euro that had to be advanced at most, `charges` those of four weeks; `income`s are sums.
    """

    foreseen: Outlook
    charges: Decimal
    last_month: Decimal
    last_months_income: Decimal
    need: Decimal
    income: Decimal

    @property
    def is_short(self) -> bool:
        """Whether more than a quarter of four weeks' charges had to be advanced."""
        return self.need * _QUARTER > self.charges

    @property
    def last_month_says_so(self) -> bool:
        """What "the same as last month" says."""
        return self.last_month * _QUARTER > self.charges

    @property
    def share(self) -> Fraction:
        """The share of replayed months in which it is short."""
        return Fraction(self.foreseen.over_a_quarter, self.foreseen.months)

    @property
    def score(self) -> tuple[Fraction, Fraction]:
        """For putting cases in order: the share, and what is lacking on average where it is equal."""
        return self.share, Fraction(self.foreseen.weight) / Fraction(self.charges)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the cases of one horizon. AUCs are None when all cases turn out alike. `precision` and `recall` are those of
    asking for a look; `reserve_enough`: in how many the proposed reserve was enough; income errors are the mean error
    as a share of the income."""

    weeks: int
    cases: int
    short: int
    auc: Fraction | None
    auc_last_month: Fraction | None
    brier: Fraction
    brier_last_month: Fraction
    precision: Fraction | None
    recall: Fraction | None
    reserve_enough: Fraction
    income_error: Fraction
    income_error_last_month: Fraction
    by_share: tuple[tuple[Fraction, int, int], ...]

    @property
    def wins(self) -> bool:
        """Whether the outlook puts cases in a better order than "last month" does."""
        return self.auc is not None and self.auc_last_month is not None and self.auc >= self.auc_last_month


@dataclass(frozen=True, slots=True)
class Alarms:
    """Of the missing-income alarm, per stream and month: how many had one, and in how many money stayed away."""

    stream_months: int
    alarmed: int
    right: int
    absent: int


class TooLittleHistory(ValueError):
    """No household has months before and weeks after a day to stand on."""


def cases(household: Household, *, weeks: int, every: int = 14) -> Iterator[Case]:
    """A case for every so many days on which enough is known before and all is known after; none without charges."""
    on = moved(household.known_since, months=MONTHS_KNOWN)
    while on + timedelta(7 * weeks) <= household.until:
        until, four_weeks = on + timedelta(7 * weeks), on + timedelta(7 * FOUR_WEEKS)
        ahead = [due for due in household.charges if on <= due.on < until]
        charges = sum((due.amount for due in ahead if due.on < four_weeks), ZERO)
        if charges:
            yield _case(household, on, weeks, ahead, charges)
        on += timedelta(every)


def figures(found: Iterable[Case], *, weeks: int) -> Figures:
    """All figures of one horizon; raises `TooLittleHistory` without a case."""
    all_cases = list(found)
    if not all_cases:
        raise TooLittleHistory
    short = [case for case in all_cases if case.is_short]
    asked = [case for case in all_cases if case.foreseen.wants_a_look]
    hit = sum(case.is_short for case in asked)
    return Figures(
        weeks=weeks,
        cases=len(all_cases),
        short=len(short),
        auc=auc([(case.score, case.is_short) for case in all_cases]),
        auc_last_month=auc([((_ratio(case), Fraction(0)), case.is_short) for case in all_cases]),
        brier=_mean((case.share - case.is_short) ** 2 for case in all_cases),
        brier_last_month=_mean(Fraction(case.last_month_says_so != case.is_short) for case in all_cases),
        precision=Fraction(hit, len(asked)) if asked else None,
        recall=Fraction(hit, len(short)) if short else None,
        reserve_enough=_mean(Fraction(case.need <= case.foreseen.reserve) for case in all_cases),
        income_error=_error(all_cases, [_expected_income(case) for case in all_cases]),
        income_error_last_month=_error(all_cases, [case.last_months_income for case in all_cases]),
        by_share=tuple(_by_share(all_cases)),
    )


def auc(scored: Sequence[tuple[tuple[Fraction, Fraction], bool]]) -> Fraction | None:
    """The chance that a case that is has a higher score than one that is not, ties counting half; None without both."""
    positive = sum(is_so for _, is_so in scored)
    negative = len(scored) - positive
    if not positive or not negative:
        return None
    below, won = 0, Fraction(0)
    for _, tied in groupby(sorted(scored), key=lambda pair: pair[0]):
        truths = [is_so for _, is_so in tied]
        mine = sum(truths)
        won += mine * (below + Fraction(len(truths) - mine, 2))
        below += len(truths) - mine
    return won / (positive * negative)


def alarms(households: Iterable[Household]) -> Alarms:
    """The alarm as it would have been raised, due day by due day, knowing of each payer only what it did before.

    Due days in the first months, when no payer is known yet, are not judged.
    """
    listed = list(households)
    streams = [stream for household in listed for stream in household.streams]
    begins = {stream.key: moved(one.known_since, months=MONTHS_KNOWN) for one in listed for stream in one.streams}
    settled = [(stream, _settled(stream)) for stream in streams]
    late: dict[str, list[tuple[date, int]]] = {}
    for stream, paid_on in settled:
        late.setdefault(stream.payer, []).extend((day, (day - due).days) for due, day in paid_on.items())
    months, alarmed, right, absent = set(), set(), set(), set()
    for stream, paid_on in settled:
        for due in (day for day in stream.dues if day >= begins[stream.key]):
            month = stream.key, due.year, due.month
            months.add(month)
            known = (days for day, days in late[stream.payer] if day < due)
            last = due + timedelta(max(LEAST_PATIENCE, habit(known, turn=stream.turn)))
            came = paid_on.get(due)
            if came is None:
                absent.add(month)
            if came is None or came > last:
                alarmed.add(month)
                right |= {month} if came is None else set()
    return Alarms(len(months), len(alarmed), len(right), len(absent))


def _settled(stream: IncomeStream) -> dict[date, date]:
    """Each due day with the day its money first came."""
    found: dict[date, date] = {}
    for due, day in zip(assigned(stream.dues, stream.paid, window=stream.window), stream.paid, strict=True):
        if due is not None:
            found.setdefault(due, day)
    return found


def _case(household: Household, on: date, weeks: int, ahead: Sequence[Due], charges: Decimal) -> Case:
    until = on + timedelta(7 * weeks)
    foreseen = outlook(
        on=on,
        weeks=weeks,
        balance=ZERO,
        charges=ahead,
        history=[one for one in household.income if one.on < on],
        known_since=household.known_since,
    )
    came = [Coming(one.on, one.amount) for one in household.income if on <= one.on < until]
    again = _last_month_again(household.income, on, until)
    return Case(foreseen, charges, _need(again, ahead), _sum(again), _need(came, ahead), _sum(came))


def _last_month_again(income: Iterable[Received], on: date, until: date) -> list[Coming]:
    """The income of the month before, on the same days of the month, and once more as long as the weeks last."""
    last = [one for one in income if moved(on, months=-1) <= one.on < on]
    again = [Coming(moved(one.on, months=times), one.amount) for times in (1, 2, 3) for one in last]
    return [one for one in again if on <= one.on < until]


def _need(income: Iterable[Coming], charges: Iterable[Due]) -> Decimal:
    """The most that is lacking at the end of a day, beginning with nothing."""
    change: dict[date, Decimal] = {}
    for one in income:
        change[one.on] = change.get(one.on, ZERO) + one.amount
    for due in charges:
        change[due.on] = change.get(due.on, ZERO) - due.amount
    return -min(accumulate((change[day] for day in sorted(change)), initial=ZERO))


def _sum(income: Iterable[Coming]) -> Decimal:
    return sum((one.amount for one in income), ZERO)


def _ratio(case: Case) -> Fraction:
    return Fraction(case.last_month) / Fraction(case.charges)


def _expected_income(case: Case) -> Decimal:
    """The middle one of the replays."""
    incomes = sorted(replay.income for replay in case.foreseen.replays)
    return incomes[len(incomes) // 2]


def _error(found: Sequence[Case], expected: Sequence[Decimal]) -> Fraction:
    off = sum(abs(to_cents(said) - to_cents(case.income)) for case, said in zip(found, expected, strict=True))
    return Fraction(off, max(sum(to_cents(case.income) for case in found), 1))


def _by_share(found: Sequence[Case]) -> Iterator[tuple[Fraction, int, int]]:
    """For each share of replays: how many cases, and how many of those were short. Says whether counts are honest."""
    for share, group in groupby(sorted(found, key=lambda case: case.share), key=lambda case: case.share):
        those = list(group)
        yield share, len(those), sum(case.is_short for case in those)


def _mean(values: Iterable[Fraction]) -> Fraction:
    listed = list(values)
    return sum(listed, Fraction(0)) / len(listed)
