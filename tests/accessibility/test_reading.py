"""Pages that people who read badly can read: short sentences, easy words, few of them. A floor, not a proof."""

import re

import pytest
from wordfreq import zipf_frequency

from accessibility.catalogue import wording
from accessibility.languages import LANGUAGES
from accessibility.words import WORDS
from tests.accessibility.households import HOMES
from tests.accessibility.pages import doors, explained, homes, refusals, second_level
from tests.accessibility.reading import WORD, Reading, reading_of
from tests.house.tree import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
VALUE = re.compile(r"\{[^}]*\}")
DAILY = 3.5  # Zipf: three times or more in every million words
# The formula needs some text to say anything.
ENOUGH_WORDS = 25
# What municipalities write and people do not say; and statuses that do not tell who did what.
FORBIDDEN = (
    "saldo", "vaste lasten", "afschrijving", "incasso", "beschikking", "reserveren", "restant", "inzage",
    "tegenrekening", "notificatie", "ontvangen", "verwerkt", "in behandeling", "uiterlijk",
    "derhalve", "betreffende", "middels",
)  # fmt: skip


def dutch() -> dict[str, str]:
    return homes("nl") | second_level("nl") | refusals("nl") | explained("nl") | {"code": doors("nl")["code"]}


def test_measures_as_douma_did() -> None:
    assert Reading(("Wij betalen de huur",)).flesch_douma == pytest.approx(206.835 - 0.93 * 4 - 77 * 6 / 4)
    hard = (
        "De gemeentelijke kredietbank reserveert maandelijks de noodzakelijke financiële verplichtingen van betrokkene"
    )
    assert Reading((hard,)).flesch_douma < 30


@pytest.mark.parametrize("name", dutch())
def test_writes_short_easy_sentences(name: str) -> None:
    reading = reading_of(dutch()[name])
    assert reading.longest <= 12
    assert reading.mean <= 7
    assert reading.words < ENOUGH_WORDS or reading.flesch_douma >= 85


@pytest.mark.parametrize("name", HOMES)
def test_tells_home_in_ninety_words(name: str) -> None:
    assert reading_of(homes("nl")[f"home: {name}"]).words <= 90


def test_writes_no_word_that_people_do_not_say() -> None:
    texts = {
        message: wording(message, LANGUAGES["nl"], {"n": number}).text.lower() for message in WORDS for number in (1, 2)
    }
    assert {message: word for message, text in texts.items() for word in FORBIDDEN if word in text} == {}


def test_keeps_every_message_short() -> None:
    for language in ("nl", "en"):
        long = {
            message: text
            for message in WORDS
            for text in wording(message, LANGUAGES[language], {"n": 2}).text.replace("?", ".").split(".")
            if len(text.split()) > 12
        }
        assert long == {}


def test_reads_without_rare_words() -> None:
    listed = GLOSSARY.read_text(encoding="utf-8").rpartition("## Rare words that stay")[2]
    kept = set(WORD.findall(listed))
    rare = {word: message for word, message in words_for_residents().items() if zipf_frequency(word, "nl") < DAILY}
    assert {word: message for word, message in rare.items() if word not in kept} == {}


def test_would_notice_a_rare_word() -> None:
    assert zipf_frequency("incassomachtiging", "nl") < DAILY < zipf_frequency("betalen", "nl")


def words_for_residents() -> dict[str, str]:
    """Every word of every message in Dutch, small, with one message in which it stands."""
    return {
        word.lower(): message
        for message in WORDS
        if not message.startswith("staff.")
        for number in (1, 2)
        for word in WORD.findall(VALUE.sub(" ", wording(message, LANGUAGES["nl"], {"n": number}).text))
    }
