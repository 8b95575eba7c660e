"""Rules that a person taught: when they fit, how sure they make an answer, and which ones an entry could teach.

There is no order among them. When rules that fit an entry name different categories, none of them counts and a person
is asked. `right` and `wrong` are what past decisions said when the rule was kept; the chance of being right follows
from them alone (rule of succession), so that it means what it says.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from budgeting.core.knowledge.payers import SAYS_WHEN, pays_many
from budgeting.core.learning import NUMBER
from budgeting.core.lines import read_line, readable
from budgeting.core.statement import Entry
from budgeting.core.words import folded, word_list, words

MOST_WORDS = 8  # that an entry offers to go by
_SHORTEST = 3
_JOINS = frozenset(
    words("aan bij dat deze die dit door een geen het hun mijn met naar niet ook ons onze over uit uw van voor")
)


class NothingToGoBy(ValueError):
    """A rule needs an account, a name or a word; an account that pays many, or one word alone, is too little."""


class NoSuchCategory(ValueError):
    """The category is none of the 42."""


@dataclass(frozen=True, slots=True)
class Taught:
    """One rule as it speaks. `name` and `words` are folded; all words must stand in the text as whole words."""

    number: int
    version: int
    direction: Literal["in", "out"]
    category: str
    iban: str = ""
    name: str = ""
    words: frozenset[str] = frozenset()
    right: int = 0
    wrong: int = 0

    @property
    def confidence(self) -> float:
        """The chance that it is right on the next entry."""
        return (self.right + 1) / (self.right + self.wrong + 2)

    def fits(self, entry: Entry) -> bool:
        """Whether everything it goes by is there."""
        return (
            (entry.amount > 0) == (self.direction == "in")
            and (not self.iban or entry.counterparty_iban == self.iban)
            and (not self.name or folded(name_of(entry)) == self.name)
            and (not self.words or self.words <= _text(entry))
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What an entry could teach: its account ("" when it tells nothing), its name, and the words that say something."""

    direction: Literal["in", "out"]
    iban: str
    name: str
    words: tuple[str, ...]


class TaughtRules:
    """All rules that are on, ready to be asked for every entry."""

    def __init__(self, rules: Iterable[Taught]) -> None:
        self.by_iban: dict[str, list[Taught]] = defaultdict(list)
        self.by_name: dict[str, list[Taught]] = defaultdict(list)
        self.by_words: list[Taught] = []
        for rule in rules:
            place = self.by_iban[rule.iban] if rule.iban else self.by_name[rule.name] if rule.name else self.by_words
            place.append(rule)

    def fitting(self, entry: Entry) -> list[Taught]:
        """Every rule that fits, by its number."""
        named: Sequence[Taught] = self.by_name.get(folded(name_of(entry)), ()) if self.by_name else ()
        asked = chain(self.by_iban.get(entry.counterparty_iban, ()), named, self.by_words)
        return sorted((rule for rule in asked if rule.fits(entry)), key=lambda rule: (rule.number, rule.version))


def lesson_of(entry: Entry) -> Lesson:
    """What a decision about this entry could teach."""
    name = folded(name_of(entry))
    _, about = readable(read_line(entry))
    words = dict.fromkeys(word for word in about if _tells(word) and word not in name.split())
    iban = "" if pays_many(name_of(entry)) else entry.counterparty_iban
    return Lesson("in" if entry.amount > 0 else "out", iban, name, tuple(words)[:MOST_WORDS])


def checked(rule: Taught) -> Taught:
    """The rule, when it goes by enough; raises `NothingToGoBy` or `NoSuchCategory`."""
    if rule.category not in NUMBER:
        raise NoSuchCategory(rule.category)
    if not (rule.iban or rule.name or len(rule.words) > 1):
        raise NothingToGoBy
    if not rule.iban and not rule.words and pays_many(rule.name):
        raise NothingToGoBy
    return rule


def name_of(entry: Entry) -> str:
    """The counterparty's name, also where the bank prints it in the text."""
    return entry.counterparty_name or read_line(entry).name


def agreed(rules: Iterable[Taught]) -> Iterator[Taught]:
    """The rules that fit, when all name one category; nothing when they contradict each other."""
    found = list(rules)
    if len({rule.category for rule in found}) == 1:
        yield from found


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and word not in SAYS_WHEN | _JOINS


def _text(entry: Entry) -> frozenset[str]:
    return frozenset(word.decode() for word in word_list(f"{entry.counterparty_name} {entry.remittance}"))
