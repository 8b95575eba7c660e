"""The large town that is measured: everybody written again is as their payers know them, and the books hold."""

from datetime import date

from backend.example.made_up import made_up_iban
from bench import large_town
from budgeting.models import Account, AccountConfirmation, Agreement, Assignment, Resident, User
from payments.actions import books
from payments.actions.day import run_day
from payments.models import PaymentOrder

START = date(2026, 1, 1)
MOST = 100_000


def test_writes_the_residents_that_the_payers_know(own_database, monkeypatch):
    monkeypatch.setattr(large_town, "BLOCK", 20)
    large_town.write_town(60, seed=7, on=START)
    town = large_town.large_town(60, seed=7)

    names = Resident.objects.order_by("pk").values_list("first_names", "last_name", "phone")
    assert list(names) == [(one.first_names, one.last_name, one.phone) for one in town.residents]
    ibans = Account.objects.filter(resident__isnull=False).order_by("resident").values_list("iban", flat=True)
    assert list(ibans) == [one.iban for one in town.residents]
    known = Agreement.objects.order_by("resident", "pk").values_list("marks", "reference", "amounts__amount")
    agreed = [one for resident in town.residents for one in resident.agreements]
    assert list(known) == [([one.mark] if one.mark else [], one.reference, one.amount) for one in agreed]
    assert _are_whole()


def _are_whole():
    """Each has what the first had, the day can be run for all, and every invariant holds."""
    run_day(on=date(2026, 2, 2), first=date(2026, 2, 3))
    paid = {PaymentOrder.objects.filter(resident__in=range(n, n + 20)).count() for n in (1, 21, 41)}
    cared_for = Assignment.objects.values("resident").distinct().count()
    vouched = AccountConfirmation.objects.filter(account__resident__isnull=False).count()
    own = User.objects.filter(resident__isnull=False).count()
    return len(paid) == 1 and (cared_for, vouched, own) == (60, 60, 60) and all(one.ok for one in books.verify())


def test_gives_a_hundred_thousand_numbers_of_their_own():
    ibans = {made_up_iban(100_000 + 7 * place) for place in range(1, MOST + 1, 7)}
    assert len(ibans) == len(range(1, MOST + 1, 7))
    marks = {large_town._agreement(_income(), place, number).mark for place in _edges() for number in (1, 9, 10, 12)}
    references = {
        large_town._agreement(_charge(), place, number).reference for place in _edges() for number in (1, 9, 10, 12)
    }
    assert len(marks) == len(references) == 4 * len(_edges())


def _edges():
    return [1, 9, 10, 99, 100, 999, 1000, 1001, 9999, 10_000, 10_001, 99_999, MOST]


def _charge():
    return next(one for one in large_town.chance_town(1, seed=7).residents[0].agreements if one.reference)


def _income():
    return next(one for one in large_town.chance_town(1, seed=7).residents[0].agreements if one.mark)
