"""A shortage as a case worker judges it: what there is, each charge in each choice, what was decided, who was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from budgeting.core.money import ZERO
from budgeting.models.people import ResidentQuerySet
from payments.actions.telling_shortage import to_be_told
from payments.models import Objection, ShortageOutcome, ShortageProposal


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One charge: what waiting means, and in each choice whether it is paid. Amounts in euro."""

    order: int
    name: str
    category: str
    due_on: date
    amount: Decimal
    consequence: str
    paid: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class ChoiceTold:
    """One way to go on, and what stands after it: own money, what is lent in all, what is above the limit."""

    code: str
    living_money: Decimal
    balance_after: Decimal
    advance_after: Decimal
    over_limit: Decimal


@dataclass(frozen=True, slots=True)
class ToTell:
    """One letter: to the resident (no `outcome`) or to the other side of a charge, and when it was made."""

    outcome: ShortageOutcome | None
    told_on: date | None


@dataclass(frozen=True, slots=True)
class ShortageFacts:
    """All that the page shows of one shortage."""

    proposal: ShortageProposal
    charges: tuple[ChargeRow, ...]
    choices: tuple[ChoiceTold, ...]
    outcomes: tuple[ShortageOutcome, ...]
    letters: tuple[ToTell, ...]
    objections: tuple[Objection, ...]

    @property
    def total(self) -> Decimal:
        """All charges together."""
        return sum((row.amount for row in self.charges), ZERO)

    @property
    def balance(self) -> Decimal:
        """The resident's own money when it was looked at."""
        return Decimal(self.proposal.facts["balance"])

    @property
    def free_advance(self) -> Decimal:
        """What could still be lent."""
        return Decimal(self.proposal.facts["free_advance"])


def shortage_facts(number: int, *, visible: ResidentQuerySet) -> ShortageFacts | None:
    """The shortage of a resident this colleague may see, else None."""
    rows = ShortageProposal.objects.filter(resident__in=visible).select_related("resident", "decided_by")
    proposal = rows.filter(pk=number).first()
    if proposal is None:
        return None
    outcomes = list(proposal.outcomes.select_related("order").order_by("order__due_on", "order"))
    return ShortageFacts(
        proposal=proposal,
        charges=tuple(_charges(proposal.facts["choices"])),
        choices=tuple(_choice(choice) for choice in proposal.facts["choices"]),
        outcomes=tuple(outcomes),
        letters=tuple(_letters(proposal, outcomes)),
        objections=tuple(proposal.objections.select_related("made_by", "answered_by").order_by("-pk")),
    )


def _charges(choices: Sequence[Mapping[str, Any]]) -> list[ChargeRow]:
    """Every charge stands in every choice, in the town's order of need."""
    paid = [{line["order"]: line["paid"] for line in choice["lines"]} for choice in choices]
    consequences = {
        line["order"]: line["consequence"] for choice in choices for line in choice["lines"] if not line["paid"]
    }
    return [
        ChargeRow(
            order=line["order"],
            name=line["name"],
            category=line["category"],
            due_on=date.fromisoformat(line["due_on"]),
            amount=Decimal(line["amount"]),
            consequence=consequences.get(line["order"], ""),
            paid=tuple(one[line["order"]] for one in paid),
        )
        for line in choices[0]["lines"]
    ]


def _choice(choice: Mapping[str, Any]) -> ChoiceTold:
    names = ("living_money", "balance_after", "advance_after", "over_limit")
    return ChoiceTold(choice["code"], *(Decimal(choice[name]) for name in names))


def _letters(proposal: ShortageProposal, outcomes: Sequence[ShortageOutcome]) -> list[ToTell]:
    made: dict[int | None, date] = dict(proposal.told.values_list("order", "told_on"))
    of_order = {outcome.order_id: outcome for outcome in outcomes}
    whom = to_be_told([proposal.pk])[proposal.pk]
    return [ToTell(None if order is None else of_order[order], made.get(order)) for order in whom]
