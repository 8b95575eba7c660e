from hypothesis import given, settings
from hypothesis import strategies as st

from budgeting.core.words import folded, word_set, words


def test_folds_case_accents_and_signs_away():
    assert words("Café-Huur, ØRSTED / Łódź (Straße)") == ("cafe", "huur", "orsted", "lodz", "strasse")


def test_reads_through_invisible_characters():
    assert folded("hu\u200bur \u202eapril") == "huur april"


def test_keeps_words_of_other_scripts():
    assert words("допомога שכירות") == ("допомога", "שכירות")


def test_finds_no_words_in_emoji():
    assert words("😀" * 140) == ()


@given(st.text())
@settings(max_examples=2000)
def test_folds_the_same_twice(text):
    assert folded(folded(text)) == folded(text)
    assert word_set(text) == {word.encode() for word in words(text)}
