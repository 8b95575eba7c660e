"""A made-up municipality with a made-up bank, played through the real actions in a database of its own."""

import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.example.chance_town import MOST_RESIDENTS, PAY_RHYTHMS
from backend.example.own_database import NoOwner, own_database
from backend.example.simulation import Answer, Question, simulate
from backend.example.what_if_town import NOW, NotAWay, as_plain, report, ways_of

_MOST_MONTHS = 60


class Command(BaseCommand):
    help = "Simulate a municipality by chance, the same for the same seed; the town's own data is not touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--residents", type=int, required=True)
        parser.add_argument("--months", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--faults", action="store_true", help="late, missing, double, returned and changed money, "
                            "broken files, two clerks at once")  # fmt: skip
        parser.add_argument("--advance-limit", default="1500.00", help="in euro")
        parser.add_argument("--pay", choices=list(PAY_RHYTHMS), help="when leefgeld is paid, for everyone")
        parser.add_argument(
            "--what-if",
            action="append",
            metavar="WAY",
            default=[],
            help="the same lives once more with limit=1000.00, pay=monthly or counts=certain; may be repeated",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *, residents: int, months: int, seed: int, **options: Any) -> None:
        if not 1 <= residents <= MOST_RESIDENTS or not 1 <= months <= _MOST_MONTHS:
            limits = f"--residents is 1 to {MOST_RESIDENTS}, --months 1 to {_MOST_MONTHS}"
            raise CommandError(limits, returncode=2)
        question = Question(residents, months, seed, options["faults"], options["advance_limit"], options["pay"])
        try:
            ways = ways_of(question, options["what_if"])
        except NotAWay as wrong:
            raise CommandError(f"{wrong}: limit=1000.00, pay=monthly or counts=certain", returncode=2) from None
        answers = {name: self._played(way) for name, way in ways.items()}
        self._tell_all(answers, as_json=options["json"])
        if not all(answer.ok for answer in answers.values()):
            raise CommandError("the books do not hold, or money went to the wrong resident", returncode=1)

    def _played(self, question: Question) -> Answer:
        try:
            with own_database():
                return simulate(question, tell=self._tell)
        except NoOwner:
            raise CommandError("DATABASE_OWNER_URL is not set: a simulation needs a database of its own") from None

    def _tell_all(self, answers: dict[str, Answer], *, as_json: bool) -> None:
        first = answers[NOW]
        if as_json:
            more = {"what_if": as_plain(answers)} if len(answers) > 1 else {}
            self.stdout.write(json.dumps(_plain(first) | more))
            return
        more_lines = ["", *report(answers)] if len(answers) > 1 else []
        self.stdout.write("\n".join([*_lines(first), *more_lines]))

    def _tell(self, on: date) -> None:
        if on.day == 1:
            self.stderr.write(f"playing {on:%Y-%m} ...")


def _plain(answer: Answer) -> dict[str, object]:
    found = json.loads(json.dumps(dataclasses.asdict(answer), default=_text))
    findings = found.pop("findings")
    found["figures"].pop("households")
    holds = all(finding["ok"] for finding in findings)
    return {"ok": answer.ok, **found, "books": {"ok": holds, "invariants": findings}}


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _lines(answer: Answer) -> Iterator[str]:
    question, done, course = answer.question, answer.done, answer.course
    total = answer.figures.total
    yield f"{question.residents} residents, {question.months} months from {answer.start}, seed {question.seed}"
    yield f"statements {done.statements}, entries {done.entries}, without a person {done.without_a_person}"
    yield f"decided by a person {done.decided}, still waiting {course.waiting}, misbooked {course.misbooked}"
    yield f"payment files {done.released} with {done.orders} orders: " + _counted(course.orders)
    yield f"charges due {course.charges_due}, late {course.charges_late}, days unpaid {course.days_unpaid}"
    yield f"leefgeld a week {course.remainder_a_week}, spread from week to week {course.remainder_spread}"
    yield f"lent to {course.residents_lent_to} residents, {course.lent_now} euro now"
    yield f"came in {total.came_in}, charges {total.charges}, leefgeld {total.remainder}, left {total.left}"
    yield "disturbances: " + (_counted(answer.disturbances) or "none")
    yield "seconds: " + _counted(answer.seconds)
    yield f"adds up: {'yes' if answer.figures.adds_up else 'NO'}"
    for finding in answer.findings:
        if not finding.ok:
            yield f"BROKEN {finding.id} {finding.name}: {finding.first_violation} ({finding.difference})"
    yield f"books hold: {'yes' if all(one.ok for one in answer.findings) else 'NO'}, {len(answer.findings)} invariants"


def _counted(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(found.items()))
