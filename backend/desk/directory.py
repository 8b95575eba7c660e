"""The directory as the desk shows it: organisations that are used, one with all it has, and others like it."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from budgeting.core.iban import normalise
from budgeting.models import Account, Agreement, Counterparty, CounterpartyMerge
from budgeting.models.people import ResidentQuerySet

PER_PAGE = 50
MOST_ALIKE = 8
ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class CounterpartyFile:
    """One organisation; `hidden` agreements are of residents this colleague may not see."""

    counterparty: Counterparty
    accounts: list[Account]
    agreements: list[Agreement]
    hidden: int
    merges: list[CounterpartyMerge] = field(default_factory=list)
    gone_into: CounterpartyMerge | None = None
    alike: list[Counterparty] = field(default_factory=list)

    @property
    def residents(self) -> set[int]:
        """Whose agreements are shown."""
        return {row.resident_id for row in self.agreements}


def directory(*, q: str, page: str | None) -> Page[Any]:
    """Organisations by name; `q` is a part of a name, an account number, a creditor id or a KvK number."""
    # Counted for those on the page only: not joined, for then all would be counted to show some.
    of_one = Agreement.objects.filter(counterparty=OuterRef("pk")).order_by().values("counterparty")
    uses = Coalesce(Subquery(of_one.annotate(n=Count("pk")).values("n")), 0)
    rows = standing().annotate(uses=uses).prefetch_related("accounts")
    if q:
        plain = normalise(q)
        ids = Q(accounts__iban=plain) | Q(kvk_number=plain) | Q(creditor_identifiers__value=plain)
        found = Counterparty.objects.filter(Q(name__icontains=q) | ids)
        rows = rows.filter(pk__in=found.values("pk"))
    return Paginator(rows.order_by("name", "pk"), PER_PAGE).get_page(page)


def standing() -> QuerySet[Counterparty]:
    """Those that were not merged into another."""
    return Counterparty.objects.exclude(merged__in=CounterpartyMerge.objects.filter(undone_at=None))


def counterparty_file(number: int, *, visible: ResidentQuerySet) -> CounterpartyFile | None:
    """One organisation with all it has; None when there is none."""
    rows = Counterparty.objects.prefetch_related("departments", "creditor_identifiers")
    if (found := rows.filter(pk=number).first()) is None:
        return None
    return replace(
        _in_short(found, visible),
        merges=list(found.merges.filter(undone_at=None).select_related("gone", "merged_by").order_by("-pk")),
        gone_into=found.merged.filter(undone_at=None).select_related("kept").first(),
        alike=_alike(found),
    )


def counterparty_in_short(number: int, *, visible: ResidentQuerySet) -> CounterpartyFile | None:
    """One organisation with its accounts and agreements only: what goes along when it is merged."""
    found = Counterparty.objects.filter(pk=number).first()
    return _in_short(found, visible) if found else None


def _in_short(found: Counterparty, visible: ResidentQuerySet) -> CounterpartyFile:
    agreements = Agreement.objects.filter(counterparty=found)
    mine = agreements.filter(resident__in=visible).select_related("resident").order_by("resident__last_name", "pk")
    shown = list(mine)
    accounts = list(found.accounts.select_related("added_by").order_by("until", "-since", "pk"))
    return CounterpartyFile(found, accounts, shown, agreements.count() - len(shown))


def _alike(found: Counterparty) -> list[Counterparty]:
    """Others with a name like it, or with one of its accounts."""
    others = standing().exclude(pk=found.pk).annotate(near=TrigramSimilarity("name", found.name))
    same = Account.objects.filter(counterparty=found).values("iban")
    return list(
        others.filter(Q(near__gte=ALIKE) | Q(accounts__iban__in=same)).distinct().order_by("-near")[:MOST_ALIKE]
    )
