"""What a payer or a bank wrote is kept as it came, and shown without what cannot be seen."""

import pytest
from django.utils import translation

from accessibility.foreign import cut, harmless, hides_something
from accessibility.problems import in_words
from backend.templatetags.foreign import foreign
from budgeting.core.statement import Problem


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Woonstichting\u202egnithcits", "Woonstichtinggnithcits"),
        ("Jan\u200b\u2066 de\u2069 Vries\ufeff", "Jan de Vries"),
        ("a\x00b\x1b[31mc\x9bd", "ab[31mcd"),
        ("een\U000e0041\U000e007ftag", "eentag"),
        ("twee\r\nregels\tnaast", "twee\nregels\tnaast"),
    ],
)
def test_leaves_out_what_cannot_be_seen(written: str, shown: str) -> None:
    assert harmless(written) == shown
    assert hides_something(written) is (shown != written.replace("\r\n", "\n"))


@pytest.mark.parametrize("name", ["محمد", "نمی\u200cدانم", "क्\u200dष", "Zoë Łukasz", "👩\u200d🌾", "שלום"])
def test_leaves_every_script_as_it_is(name: str) -> None:
    assert (harmless(name), hides_something(name)) == (name, False)


def test_shows_it_in_its_own_direction_escaped_and_says_what_is_left_out() -> None:
    with translation.override("nl"):
        assert foreign("<b>x</b>") == '<bdi translate="no">&lt;b&gt;x&lt;/b&gt;</bdi>'
        told = foreign("J\u202ean " + "x" * 200)

    assert told.startswith(f'<bdi translate="no">Jan {"x" * 136}…</bdi>')
    assert "(en nog 65 tekens, onzichtbare tekens zijn weggelaten)" in told


def test_cuts_an_endless_text_without_looking_through_all_of_it() -> None:
    shown, more = cut("\u202e{{7*7}}" * 1_000_000, 140)

    assert len(shown) == 140
    assert more == 8_000_000 - 140


def test_tells_a_problem_without_what_stands_hidden_in_the_file() -> None:
    with translation.override("nl"):
        told = in_words(Problem("unreadable", "line 3", {"text": "1\u202e0,0" + "9" * 200}), file="a.xml")

    assert "“10,0999" in told.what
    assert len(told.what) < 140
