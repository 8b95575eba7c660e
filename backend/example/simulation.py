"""A made-up municipality with a made-up bank, played through the real actions, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import monotonic

from backend.example.chance_life import chance_script
from backend.example.chance_town import chance_town
from backend.example.course import Course, course_of
from backend.example.desk import Desk, Done
from backend.example.disturbed_desk import DisturbedDesk
from backend.example.events import month_starts
from backend.example.figures import Figures, figures
from backend.example.load import load_or_find
from backend.example.made_up_bank import MadeUpBank
from backend.example.play import play
from backend.example.script import Script
from budgeting.actions.books import Finding
from budgeting.models import Town
from payments.actions import books

# A first day that is always the same: a seed means the same life on every day it is played.
START = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Question:
    """What to simulate: `advance_limit` in euro, `pay_rhythm` for everyone when given, `counts_on` of the town."""

    residents: int
    months: int
    seed: int
    faults: bool = False
    advance_limit: str = "1500.00"
    pay_rhythm: str | None = None
    counts_on: str = Town.CountsOn.CAUTIOUS


@dataclass(frozen=True, slots=True)
class Answer:
    """A simulation's whole outcome."""

    question: Question
    start: date
    until: date
    done: Done
    course: Course
    disturbances: dict[str, int]
    figures: Figures
    findings: list[Finding]
    seconds: dict[str, float]

    @property
    def ok(self) -> bool:
        """Whether the books hold, everything adds up, and nobody got another's money."""
        return all(one.ok for one in self.findings) and self.figures.adds_up and not self.course.misbooked


def simulate(question: Question, *, tell: Callable[[date], None] | None = None) -> Answer:
    """Plays the months in the database this process is in, which must be empty and is left full."""
    began = monotonic()
    town = chance_town(
        question.residents,
        seed=question.seed,
        advance_limit=question.advance_limit,
        pay_rhythm=question.pay_rhythm,
    )
    until = month_starts(START, question.months + 1)[-1]
    script = chance_script(town, START, until, seed=question.seed, faults=question.faults)
    loaded = load_or_find(town, on=START)
    Town.objects.update(counts_on=question.counts_on)
    desk = DisturbedDesk(script, loaded, seed=question.seed) if question.faults else Desk(script, loaded)
    ready = monotonic()
    done = play(desk, _bank(script), tell=tell)
    played = monotonic()
    told, findings, course = figures(loaded.bank_account), books.verify(), course_of(script, loaded)
    seconds = {"load": ready - began, "play": played - ready, "verify": monotonic() - played}
    return Answer(
        question=question,
        start=START,
        until=until,
        done=done,
        course=course,
        disturbances=dict(desk.disturbances) if isinstance(desk, DisturbedDesk) else {},
        figures=told,
        findings=findings,
        seconds={name: round(value, 1) for name, value in seconds.items()},
    )


def _bank(script: Script) -> MadeUpBank:
    town = script.town
    # The municipality pays all benefits in one line with its details, as it does at a real bank.
    in_one_line = frozenset({town.counterparties["town_income"].iban})
    return MadeUpBank(
        iban=town.account_iban,
        owner=town.account_name,
        today=script.start,
        balance=town.opening_balance,
        refusals=script.refusals,
        in_one_line=in_one_line,
    )
