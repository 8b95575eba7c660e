"""What we know, held against one line: which categories its words, names and shape speak for, and how strongly.

`groups.tsv` holds kinds of creditors, payers and shops; `rules.tsv` what words, kinds and shapes say. Both were
compiled from general knowledge of the Netherlands. Weights add up and read about as log-odds. Nothing here is learnt.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from budgeting.core.words import words

_HERE = Path(__file__).parent
_MARKED = "@#~"  # a flag, a kind of counterparty, a kind only spoken of
_TERMINALS = frozenset({"ccv", "bck", "sumup", "zettle", "ztl", "sq", "stg", "stichting", "de", "het"})
# A counterparty is one of these, so the best of several readings of its name is taken ("FEBO Grote Markt").
_SHOPS = frozenset(
    {
        "#grocery", "#eating", "#clothes", "#household_shop", "#web_store", "#leisure_firm", "#school", "#charity",
        "#transit", "#fuel", "#garage", "#parking", "#telecom_firm",
        "#care", "#pharmacy", "#subscription", "#childcare_firm", "#employer",
    }
)  # fmt: skip
_MOST_KNOWN_NAMES = 20_000  # names, and sets of things seen, kept at hand
_MOST_KNOWN_WORDS = 50_000  # words whose meaning is kept at hand; bank text repeats itself


class NotARule(ValueError):
    """A line of `groups.tsv` or `rules.tsv` that cannot be read: file name and line number."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """If all of `needs` are seen and none of `bars`: `weight` for `category`.

    `said` is the condition as written, `feature` its name for learning.
    """

    category: str
    weight: float
    needs: frozenset[str]
    bars: frozenset[str]
    said: str
    feature: str = ""


Phrase = tuple[str, ...]
Start = tuple[Phrase, tuple[str, ...], bool]


# What a phrase or name found means, from which word to which, and whether a wildcard helped; plain, for speed.
Hit = tuple[str, int, int, bool]


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """All rules behind the first thing each needs, and the phrases to look for behind their first word."""

    rules: tuple[Rule, ...]
    behind: dict[str, tuple[Rule, ...]]
    phrases: dict[str, tuple[tuple[Phrase, tuple[str, ...]], ...]]
    kinds: frozenset[str]

    @lru_cache(maxsize=_MOST_KNOWN_NAMES)  # noqa: B019  there is one Knowledge, for as long as we run
    def found_in_name(self, name: tuple[str, ...]) -> Mapping[str, int]:
        """As `found`; the same counterparties come back all the time."""
        return self.found(name)

    def found(self, text: tuple[str, ...]) -> Mapping[str, int]:
        """Every phrase and `#kind` in a text, and at which word it first stands; a name within a longer one is none."""
        hits: list[Hit] = []
        for place, word in enumerate(text):
            starts = _starting(self, word, place < 2 and _is_first(text, place))
            for phrase, meanings, vague in starts:
                if len(phrase) == 1 or _follows(phrase, text, place):
                    end = place + len(phrase)
                    for meaning in meanings:
                        hits.append((meaning, place, end, vague))  # noqa: PERF401  ahead of a list for each
        found: dict[str, int] = {}
        for meaning, start, _, _ in _best_names(hits):
            found.setdefault(meaning, start)
        return found

    def speaking(self, seen: frozenset[str]) -> Iterator[Rule]:
        """The rules whose conditions are met."""
        for thing in seen:
            for rule in self.behind.get(thing, ()):
                if rule.needs <= seen and rule.bars.isdisjoint(seen):
                    yield rule


@cache
def dutch() -> Knowledge:
    """The knowledge in the files of this folder, read once."""
    kinds, looked_for = _groups()
    rules = tuple(_rules())
    behind: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for thing in rule.needs | rule.bars:
            if thing[0] not in _MARKED:
                looked_for[_split(thing)].append(thing)
        behind[_rarest(rule)].append(rule)
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for phrase, meanings in looked_for.items():
        phrases[phrase[0]].append((phrase, tuple(dict.fromkeys(meanings))))
    asked = {thing for rule in rules for thing in rule.needs | rule.bars}
    unknown = {thing for thing in asked if thing[0] in "#~" and f"#{thing[1:]}" not in kinds}
    if unknown:
        raise NotARule(f"rules.tsv: unknown kinds {sorted(unknown)}")
    return Knowledge(
        rules,
        {thing: tuple(found) for thing, found in behind.items()},
        {word: tuple(found) for word, found in phrases.items()},
        frozenset(kinds),
    )


def _rarest(rule: Rule) -> str:
    """What to hang a rule on: a phrase if it needs one, else a kind, else a flag."""
    return min(rule.needs, key=lambda thing: (thing[0] in _MARKED, thing[0] == "@", -len(thing), thing))


@lru_cache(maxsize=_MOST_KNOWN_WORDS)
def _starting(knowledge: Knowledge, word: str, first: bool) -> tuple[Start, ...]:  # noqa: FBT001  keywords cost here
    """The phrases that may begin with this word, wildcards included; `^` phrases only where a name begins."""
    parts: list[str] = [word, *(f"{word[:end]}*" for end in range(2, len(word) + 1))]
    parts += [f"*{word[start:]}" for start in range(len(word) - 2)]
    if first:
        parts += [f"^{part}" for part in parts]
    found = (start for part in parts for start in knowledge.phrases.get(part, ()))
    return tuple((phrase, meanings, len(phrase) == 1 and _is_vague(phrase[0], word)) for phrase, meanings in found)


def _is_vague(asked: str, word: str) -> bool:
    """Whether a wildcard was needed: `kwf*` is written out in full by "kwf", `*vereniging` by nothing."""
    return asked[0] == "*" or asked.strip("^*") != word


def _is_first(text: tuple[str, ...], place: int) -> bool:
    return place == 0 or (place == 1 and text[0] in _TERMINALS)


def _best_names(hits: list[Hit]) -> list[Hit]:
    """All phrases; of the names the longest, and of shops the one written out in full, else the first."""
    spans = [(start, end) for meaning, start, end, _ in hits if meaning[0] == "#"]
    if len(spans) < 2:
        return hits
    left = [hit for hit in hits if hit[0][0] != "#" or not _within_a_longer(hit, spans)]
    best = min(((vague, start) for meaning, start, _, vague in left if meaning in _SHOPS), default=None)
    return [hit for hit in left if hit[0] not in _SHOPS or (hit[3], hit[1]) == best]


def _within_a_longer(hit: Hit, spans: list[tuple[int, int]]) -> bool:
    _, start, end, _ = hit
    return any(low <= start and end <= high and high - low > end - start for low, high in spans)


def _follows(phrase: tuple[str, ...], text: tuple[str, ...], place: int) -> bool:
    if place + len(phrase) > len(text):
        return False
    for asked in phrase[1:]:
        place += 1
        if asked != text[place] and not _is(asked, text[place]):
            return False
    return True


def _is(asked: str, word: str) -> bool:
    if asked[-1] == "*":
        return word.startswith(asked[:-1])
    return asked[0] == "*" and word.endswith(asked[1:])


def _split(phrase: str) -> tuple[str, ...]:
    """A written phrase as folded words, keeping the wildcard at a word's beginning or end."""
    parts: list[str] = []
    for part in phrase.split():
        folded = words(part)
        if folded:
            parts += folded
            if part.endswith("*"):
                parts[-1] += "*"
            if part[0] in "*^":
                parts[-len(folded)] = part[0] + parts[-len(folded)]
    return tuple(parts)


def _groups() -> tuple[set[str], dict[tuple[str, ...], list[str]]]:
    kinds: set[str] = set()
    looked_for: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for kind, names in _rows("groups.tsv", 2):
        kinds.add(f"#{kind}")
        for name in names.split("|"):
            if phrase := _split(name):
                looked_for[phrase].append(f"#{kind}")
    return kinds, looked_for


def _rules() -> Iterator[Rule]:
    for weight, category, conditions in _rows("rules.tsv", 3):
        for condition in conditions.split("|"):
            things = [_thing(part) for part in condition.split("&")]
            needs = frozenset(thing for thing in things if thing[0] != "!")
            bars = frozenset(thing[1:] for thing in things if thing[0] == "!")
            if not needs:
                raise NotARule(f"rules.tsv: {condition!r} needs nothing")
            said = " ".join(condition.split())
            yield Rule(category, float(weight), needs, bars, said, f"{category}: {said}")


def _thing(written: str) -> str:
    bare = written.strip()
    bar = "!" if bare.startswith("!") else ""
    bare = bare.removeprefix("!")
    thing = bare if bare[:1] in _MARKED and bare else " ".join(_split(bare))
    if not thing:
        raise NotARule(f"rules.tsv: {written!r} asks for nothing")
    return bar + thing


def _rows(name: str, columns: int) -> Iterator[list[str]]:
    for number, line in enumerate((_HERE / name).read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("# "):
            row = line.split("\t")
            if len(row) != columns:
                raise NotARule(f"{name}:{number}: {len(row)} columns instead of {columns}")
            yield row
