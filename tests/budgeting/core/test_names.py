"""One owner written in two ways; never two owners taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.names import same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Woonstichting De Eik", "WOONSTICHTING DE EIK"),
        ("De Eik B.V.", "de eik bv"),
        ("De Eik BV", "De Eik"),
        ("Mevr. J. Müller", "J MULLER"),
        ("Jansen, A.B.", "A.B. Jansen e/o"),
    ],
)
def test_knows_one_owner_in_two_ways_to_write(one, other):
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J. Jansen", "P. Jansen"),
        ("Stichting De Eik", "De Eik B.V."),
        ("De Eik", "De Eik Beheer"),
        ("B.V.", "N.V."),
        ("", ""),
        ("Dhr.", "Mevr."),
    ],
)
def test_takes_no_two_owners_for_one(one, other):
    assert not same_name(one, other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_says_the_same_whichever_way_round(one, other):
    assert same_name(one, other) == same_name(other, one)
