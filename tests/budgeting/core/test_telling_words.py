"""What all lines of one regular income or charge share, so that it can be told from others."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.statement import Entry
from budgeting.core.telling_words import shared_words


def entries(*texts, name="Zonnepaneel BV"):
    return [Entry(Decimal("-10.00"), date(2026, 4, 1), counterparty_name=name, remittance=text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "said", "numbers"),
    [
        ((), (), ()),
        (("huur woning 12345",), (), ()),
        (("huur woning 12345", "woning 12345 huur"), ("woning", "huur"), ("12345",)),
        (("huur garage", "huur woning"), ("huur",), ()),
        (("huur woning", "huur garage", "huur woning"), ("huur",), ()),
        (("gas", "gas"), (), ()),
        (("huur mei 2026", "huur juni 2026"), ("huur",), ()),
        (("termijn maandag kwartaal", "termijn maandag kwartaal"), (), ()),
        (("zonnepaneel dak", "zonnepaneel daken dak"), (), ()),
        (("zonnepanelen", "zonnepanelen"), ("zonnepanelen",), ()),
        (("huur huur", "huur huur"), ("huur",), ()),
        (("aaaa bbbbb cccccc", "cccccc bbbbb aaaa"), ("cccccc", "bbbbb"), ()),
        (("bbbb aaaa cccc", "cccc aaaa bbbb"), ("cccc", "aaaa"), ()),
        (("1111 2222", "1111 2222", "2222 1111"), (), ("2222", "1111")),
        (("1234 5678 9012 3456", "3456 1234 5678 9012"), (), ("3456", "1234", "5678")),
        (("123 12345 2026", "123 12345 2026"), (), ("12345",)),
        (("a12345 ab1", "a12345 ab1"), (), ("a12345",)),
    ],
)
def test_tells_by_the_longest_words_and_the_first_numbers_that_all_lines_share(texts, said, numbers):
    assert shared_words(entries(*texts)) == (said, numbers)


def test_leaves_out_the_name_of_the_counterparty():
    assert shared_words(entries("dak 12345 zonnepaneel", "dak 12345 zonnepaneel")) == ((), ("12345",))
    assert shared_words(entries("huur 12345", "huur 12345", name="Huur 12345")) == ((), ())


def test_takes_the_last_name_for_the_counterparty_s():
    old, new = entries("huur woning")[0], entries("huur woning", name="Huur BV")[0]
    assert shared_words([old, new])[0] == ("woning",)
    assert shared_words([new, old])[0] == ("woning", "huur")
    assert shared_words([old, new, old])[0] == ("woning", "huur")


def test_reads_the_text_and_not_what_the_bank_printed_around_it():
    texts = (
        "Naam: Een BV Omschrijving: huur 12345 Kenmerk: 99999",
        "Naam: Een BV Omschrijving: huur 12345 Kenmerk: 99999",
    )
    assert shared_words(entries(*texts)) == (("huur",), ("12345",))
