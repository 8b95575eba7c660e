"""The rules of the books on the page of who checks them, in Dutch."""

from django.utils import translation

from backend.desk.rules_in_words import RULES, in_words
from payments.actions.books import verify


def test_says_every_rule_that_is_checked_in_dutch(db: None) -> None:
    names = {finding.name for finding in verify()}

    with translation.override("nl"):
        told = {name: in_words(name) for name in RULES}

    assert names == RULES
    assert not {name for name, words in told.items() if words == name}
