"""How hard a page is to read: its own words, without the amounts, days and names that are filled in."""

import re
from dataclasses import dataclass

import textstat
from babel.dates import get_day_names, get_month_names
from lxml import html

# Elements after which a reader takes breath; a sentence ends there whether it has a full stop or not.
ENDS = {"h1", "h2", "p", "li", "div", "span", "strong", "a", "button", "label", "summary"}
MONTHS = "|".join(get_month_names(locale="nl").values())
WEEKDAYS = "|".join(get_day_names(locale="nl").values())
DAY = re.compile(rf"\b(?:(?:{WEEKDAYS})\s+)?\d+\s(?:{MONTHS})(?:\s\d{{4}})?\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True)
class Reading:
    """Sentences of a page and how they read."""

    sentences: tuple[str, ...]

    @property
    def words(self) -> int:
        return sum(len(WORD.findall(sentence)) for sentence in self.sentences)

    @property
    def longest(self) -> int:
        return max(len(WORD.findall(sentence)) for sentence in self.sentences)

    @property
    def mean(self) -> float:
        return self.words / len(self.sentences)

    @property
    def flesch_douma(self) -> float:
        textstat.set_lang("nl")
        return float(textstat.flesch_reading_ease(" ".join(f"{sentence}." for sentence in self.sentences)))


def reading_of(page: str) -> Reading:
    """The words in the main part of a page."""
    main = html.fromstring(page).find(".//main")
    assert main is not None
    for filled_in in main.xpath(".//bdi | .//*[@translate='no'] | .//code | .//*[@lang]"):
        filled_in.drop_tree()
    for element in main.iter(*ENDS):
        element.tail = f" ¶ {element.tail or ''}"
    text = DAY.sub(" ", main.text_content().replace("\u00a0", " "))
    sentences = [" ".join(WORD.findall(part)) for part in re.split(r"[.?!¶]", text)]
    return Reading(tuple(sentence for sentence in sentences if sentence))
