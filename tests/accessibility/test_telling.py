"""Stories told on a screen: isolated amounts, honest languages, nothing a name could break."""

import gettext
from datetime import date
from decimal import Decimal

import pytest

from accessibility import catalogue
from accessibility.catalogue import MessagesNotCompiled, is_translated
from accessibility.languages import LANGUAGES
from accessibility.sentence import Iban, Name, Phone, Word, sentence
from accessibility.story import story_of
from accessibility.telling import Reader, amount_html, html_of, text_of, told
from accessibility.words import CATEGORIES, CLOSER, DOORS, HOME, WORDS, NoSuchMessage, source_of
from tests.accessibility.households import HOMES, ON, facts

DUTCH, ARABIC, ENGLISH = (Reader(LANGUAGES[code], ON) for code in ("nl", "ar", "en"))
COMPLETE = tuple(LANGUAGES)


@pytest.fixture
def without_arabic(monkeypatch: pytest.MonkeyPatch) -> None:
    """An Arabic catalogue in which nothing is translated yet."""
    known = catalogue._catalogue
    empty = catalogue._Nothing()
    monkeypatch.setattr(catalogue, "_catalogue", lambda code: empty if code == "ar" else known(code))


def test_isolates_an_amount_and_keeps_it_from_translation() -> None:
    assert amount_html(Decimal("1234.50")) == '<bdi dir="ltr" translate="no">€\u00a01.234,50</bdi>'


def test_tells_a_sentence_in_the_readers_language() -> None:
    left = sentence("money.left", amount=Decimal("70.00"))
    assert html_of(left, DUTCH) == f"Dan is er {amount_html(Decimal('70.00'))} over."
    assert html_of(left, ARABIC).startswith("ثم يبقى <bdi")
    assert html_of(left, ENGLISH) == f"Then {amount_html(Decimal('70.00'))} is left."


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{amount}", "%(day)s", "Ümit & Zoon", "x" * 200])
def test_tells_a_name_as_it_is_written(name: str) -> None:
    html = html_of(sentence("payment.to", name=Name(name)), DUTCH)
    assert "<script" not in html
    assert text_of(sentence("payment.to", name=Name(name)), DUTCH) == f"Naar: {name}."


def test_links_a_telephone_number_to_the_telephone() -> None:
    html = html_of(sentence("call_us", phone=Phone("14 0199")), ARABIC)
    assert '<a href="tel:140199" dir="ltr" translate="no">14 0199</a>' in html


def test_writes_an_account_number_from_left_to_right() -> None:
    html = html_of(sentence("payment.account", iban=Iban("NL91ABNA0417164300")), ARABIC)
    assert '<bdi dir="ltr" translate="no">NL91\u00a0ABNA' in html


@pytest.mark.usefixtures("without_arabic")
def test_marks_what_is_not_translated_as_dutch() -> None:
    assert html_of(sentence("thing.no"), ARABIC) == '<span lang="nl" dir="ltr">Nee.</span>'
    assert "vrijdag 27" in html_of(sentence("money.right_until", day=date(2026, 11, 27)), ARABIC)


def test_marks_an_untranslated_word_inside_a_translated_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class WithoutRent(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return "" if message == "Rent" else known("ar").gettext(message)

    known = catalogue._catalogue
    monkeypatch.setattr(catalogue, "_catalogue", lambda code: WithoutRent() if code == "ar" else known(code))
    html = html_of(sentence("thing.about", category=Word("category.rent")), ARABIC)
    assert html == 'الموضوع: <span lang="nl" dir="ltr">huur</span>.'


def test_puts_dutch_beside_the_own_language_when_asked() -> None:
    both = html_of(sentence("thing.no"), Reader(LANGUAGES["ar"], ON, dutch_too=True))
    assert both == 'لا.<span class="hhb-dutch" lang="nl" dir="ltr">Nee.</span>'
    assert html_of(sentence("thing.no"), Reader(LANGUAGES["nl"], ON, dutch_too=True)) == "Nee."


@pytest.mark.parametrize(
    ("days", "words"), [(2, "بعد يومين."), (4, "بعد 4 أيام."), (11, "بعد 11 يومًا."), (100, "بعد 100 يوم.")]
)
def test_counts_as_the_language_counts(days: int, words: str) -> None:
    assert text_of(sentence("days_ahead", days=days), ARABIC) == words


def test_begins_a_sentence_with_a_capital_and_a_category_inside_it_without() -> None:
    assert text_of(sentence("day", day=date(2026, 11, 27)), DUTCH) == "Vrijdag 27\u00a0november."
    assert text_of(sentence("thing.about", category=Word("category.rent")), DUTCH) == "Het gaat om: huur."


@pytest.mark.parametrize("language", COMPLETE)
def test_has_words_for_every_message(language: str) -> None:
    assert [message for message in WORDS if not is_translated(message, LANGUAGES[language])] == []


@pytest.mark.parametrize("language", COMPLETE)
@pytest.mark.parametrize("name", HOMES)
def test_tells_every_home_in_every_complete_language(name: str, language: str) -> None:
    story = told(story_of(HOMES[name]), Reader(LANGUAGES[language], ON))
    html = "".join(words for block in story.blocks for words, _ in block.sentences)
    assert 'lang="nl"' not in html
    assert "{" not in html


def test_refuses_a_message_without_words() -> None:
    with pytest.raises(NoSuchMessage):
        source_of("payout.whenever")


def test_says_how_to_compile_what_is_not_compiled(settings: object, tmp_path: object) -> None:
    settings.LOCALE_PATHS = [tmp_path]  # type: ignore[attr-defined]
    catalogue._catalogue.cache_clear()
    try:
        with pytest.raises(MessagesNotCompiled, match="make compile"):
            html_of(sentence("thing.no"), DUTCH)
    finally:
        catalogue._catalogue.cache_clear()


def test_keeps_the_words_of_a_language_within_one_translators_day() -> None:
    # The story itself stays within 150 sentences; choices, who looked and refusals are told once in a while.
    assert len(HOME | CLOSER | DOORS | CATEGORIES) <= 150
    sources = [source if isinstance(source, str) else source[0] for source in WORDS.values()]
    # Some two thousand words are a day's work; half of it is for reading aloud what was written.
    assert sum(len(source.split()) for source in sources) <= 1000


def test_shows_a_large_amount_whole() -> None:
    story = told(story_of(facts(held=Decimal("1000000.00"))), DUTCH)
    money = next(block for block in story.blocks if block.key == "money")
    assert "€\u00a01.000.000,00" in money.figure
