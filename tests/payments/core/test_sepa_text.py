"""The house writes every text in characters that banks pass on."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.core.sepa_text import is_identifier, says_something, to_sepa

SEPA = set(string.ascii_letters + string.digits + "/-?:().,'+ ")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Woningstichting De Goede Woning", "Woningstichting De Goede Woning"),
        ("Café Zoë & Søn", "Cafe Zoe + Son"),
        ("Müller-Großmann", "Muller-Grossmann"),
        ("MÜLLER-GROẞMANN", "MULLER-GROSSMANN"),
        ("e\u0301e\u0301n", "een"),
        ("Şükrü Çağlar İnan Işık", "Sukru Caglar Inan Isik"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Þór Ægir", "Thor Aegir"),
        ("Αθήνα Ψυχή", "Athina Psychi"),
        ("София Йовчев", "Sofiya Yovchev"),
        ("Київ Їжак", "Kiyiv Yizhak"),
        ("huur_2026;nr. 12 [deel 3]", "huur-2026,nr. 12 (deel 3)"),
        ("‘s-Gravenhage – 't Hof", "'s-Gravenhage - 't Hof"),
        ("€ 12,50", "EUR 12,50"),
        ("½ maand №3", "1/2 maand No3"),
        ("two\u00a0 words\r\n\tand more ", "two words and more"),
        ("zero\u200bwidth \u202eright\u202c", "zerowidth right"),
        ("<script>@#", ".script..."),
        ("王", "."),
        ("ﬁets", "fiets"),
        ("a\u20ddb", "ab"),  # a circle around a letter
        ("a\u0903b", "ab"),  # a vowel sign that takes room
        ("a\u2028b\u2029c\u3000d\u1680e\x85f", "a b c d e f"),
        ("a\u00adb", "ab"),
        ("a\u2012b\u2015c", "a-b-c"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_writes_other_characters_as_their_nearest_neighbours(text, written):
    assert to_sepa(text) == written


@given(st.text(max_size=200))
def test_writes_any_text_in_the_allowed_characters_and_leaves_it_so(text):
    written = to_sepa(text)
    assert set(written) <= SEPA
    assert written == written.strip()
    assert "  " not in written
    assert to_sepa(written) == written


@given(st.text(alphabet=sorted(SEPA), max_size=50))
def test_changes_nothing_but_spaces_in_a_text_that_is_allowed_already(text):
    assert to_sepa(text) == " ".join(text.split())


@given(st.text(alphabet=string.ascii_letters + "áéíóúëïöüçñèêøåæß ", min_size=1).filter(str.strip))
def test_keeps_letters_as_letters(text):
    assert says_something(to_sepa(text))


@pytest.mark.parametrize("text", ["A", "a" * 35, "HHB-2026/11 nr.(3)?:+'", "a/b", "1 2"])
def test_accepts_an_identifier(text):
    assert is_identifier(text)


@pytest.mark.parametrize("text", ["", "a" * 36, "/a", "a/", "a//b", "a_b", "é", "a\n", " a", "a ", "a&b", "١"])
def test_refuses_what_banks_refuse_as_an_identifier(text):
    assert not is_identifier(text)


@pytest.mark.parametrize(("text", "says"), [("a", True), ("7", True), (".-/", False), ("", False), (" ", False)])
def test_sees_whether_a_text_says_something(text, says):
    assert says_something(text) is says
