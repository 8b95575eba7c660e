"""The words and numbers by which a regular income or charge can be told from others: what all its lines share."""

from collections.abc import Sequence

from budgeting.core.knowledge.payers import SAYS_WHEN, tells_apart
from budgeting.core.lines import read_line
from budgeting.core.statement import Entry
from budgeting.core.words import words

MOST_WORDS = 2
MOST_MARKS = 3
_SHORTEST = 4


def shared_words(entries: Sequence[Entry]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words and numbers that stand in the text of every one of these entries; the longest words, the first numbers.

    Words that only say when, and the counterparty's own name, tell nothing. One entry shares everything with itself:
    it takes two to tell.
    """
    if len(entries) < 2:
        return (), ()
    ordered = words(read_line(entries[-1]).about)
    common = set(ordered).intersection(*(words(read_line(entry).about) for entry in entries))
    name = set(words(entries[-1].counterparty_name))
    kept = [word for word in dict.fromkeys(ordered) if word in common and word not in name]
    said = [word for word in kept if word.isalpha() and len(word) >= _SHORTEST and word not in SAYS_WHEN]
    numbers = [word for word in kept if any(map(str.isdigit, word)) and tells_apart(word)]
    return tuple(sorted(said, key=len, reverse=True)[:MOST_WORDS]), tuple(numbers[:MOST_MARKS])
