"""The judge of spoilt files sees what it must; the files themselves are spoilt by the thousand in `tests.faults`."""

from decimal import Decimal

from budgeting.core.readers import read
from tests.budgeting.core.readers import mutation
from tests.budgeting.core.readers.writing import Fact, camt053


def test_would_notice_a_reader_that_loses_an_entry() -> None:
    two, one = (read(camt053([Fact(Decimal("5.00"))] * count)) for count in (2, 1))
    assert mutation._same_money(two, two)
    assert not mutation._same_money(two, one)


def test_makes_the_same_file_again_from_its_number() -> None:
    assert mutation.spoilt_file(7, 3) == mutation.spoilt_file(7, 3)
    assert mutation.spoilt_file(7, 3) != mutation.spoilt_file(7, 4)
