"""What is left of a scenario, spread over pay days: a pure calculation, without the database."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accessibility.languages import LANGUAGES, language_for
from accessibility.remaining import remainder_sentences
from accessibility.telling import Reader, text_of
from payments.core.remainder import Remainder, remainder
from payments.core.scenario import NotAScenario, Scenario, from_scenario

MOST_BYTES = 8_000_000
FROM_INPUT = "-"


class Command(BaseCommand):
    help = "Calculates the remainder of one scenario (COMMANDS: remainder); exit code 1 when it is no scenario."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scenario", required=True, metavar="FILE", help="JSON; - for standard input")
        parser.add_argument("--language", default="nl", choices=sorted(LANGUAGES), help="of the sentence")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        written = _written(options["scenario"])
        try:
            scenario = from_scenario(_parsed(written))
        except NotAScenario as wrong:
            self._refuse(wrong, as_json=options["json"])
            raise CommandError(f"refused: {wrong}", returncode=1) from None
        answer = remainder(scenario)
        sentence = _told(answer, scenario, options["language"])
        if options["json"]:
            self.stdout.write(json.dumps(answer.to_answer() | {"binding": _named(answer), "sentence": sentence}))
        else:
            self.stdout.write("\n".join([*_lines(answer), sentence]))

    def _refuse(self, wrong: NotAScenario, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"refused": {"field": wrong.field, "reason": wrong.reason}}))


def _written(name: str) -> bytes:
    """The file's bytes, one more than may be at the most."""
    try:
        if name == FROM_INPUT:
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"cannot open {name}: {error.strerror}", returncode=2) from None


def _parsed(written: bytes) -> object:
    """JSON, strictly: a name given twice, NaN or text that is no JSON is refused, not guessed at."""
    if len(written) > MOST_BYTES:
        raise NotAScenario("scenario", "too_many")
    try:
        return json.loads(written.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except NotAScenario:
        raise
    except (ValueError, RecursionError):
        raise NotAScenario("scenario", "not_json") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise NotAScenario(next(name for name in names if names.count(name) > 1), "twice")
    return found


def _no_number(text: str) -> object:
    raise NotAScenario(text, "amount")


def _named(answer: Remainder) -> list[dict[str, Any]]:
    """The binding days; one on which no charge falls is named after the charge that explains it."""
    plain: Any = answer.to_answer()["binding"]
    for line, binding in zip(plain, answer.binding, strict=True):
        line["because"]["name"] = binding.name or (binding.charge.name if binding.charge else "")
    return list(plain)


def _told(answer: Remainder, scenario: Scenario, language: str) -> str:
    reader = Reader(language_for(language), scenario.on)
    return " ".join(text_of(spoken, reader) for spoken in remainder_sentences(answer)).replace("\u00a0", " ")


def _lines(answer: Remainder) -> Iterator[str]:
    because = {one.pay_day: one for one in answer.binding}
    for payout in answer.payouts:
        bound = because.get(payout.on)
        why = f"  lowest on {bound.because} {bound.name}".rstrip() if bound else ""
        yield f"{payout.on}  {payout.amount:>10}{why}"
    yield f"lowest {answer.lowest.on} {answer.lowest.balance}"
    for short in answer.short:
        yield f"short {short.on} {short.name}: {short.missing} missing"
