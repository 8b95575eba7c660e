"""The closing statement: all that came in and went out for a resident who stopped, by kind, and the last money."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from accessibility.facts import Help, MonthFacts, Movement
from accessibility.known import help_of_town
from accessibility.letters.gather import language_of, to_of
from accessibility.letters.letter import Letter
from accessibility.months import facts_between
from accessibility.pictograms import pictogram_of
from accessibility.sentence import Block, DayOfMonth, Item, Sentence, Story, sentence
from accessibility.story import help_block
from budgeting.core.money import ZERO
from budgeting.models import ParticipationEnd, Posting
from payments.models import PaymentOrder


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """A whole participation, in euro: `told` from its first day to today; what was lent, paid back and given up.

    `last` is the last payout and the day the bank carried it out, when there was one.
    """

    told: MonthFacts
    stopped_on: date
    lent: Decimal
    repaid: Decimal
    borne: Decimal
    last: tuple[Decimal, date] | None
    help: Help


def closing_letter(ending: ParticipationEnd, *, on: date) -> Letter:
    """The closing statement of this participation, as a letter in the resident's language."""
    desk, resident = help_of_town(), ending.resident
    story = closing_story(closing_facts(ending, on=on, desk=desk))
    return Letter(to_of(resident), story, language_of(resident, desk), desk, kind="closing")


def closing_facts(ending: ParticipationEnd, *, on: date, desk: Help) -> ClosingFacts:
    """From the books: what is told here adds up to what is left."""
    advances = _advances(ending.resident_id)
    return ClosingFacts(
        told=facts_between(ending.resident, ending.resident.starts_on, on, on=on),
        stopped_on=ending.ends_on,
        lent=advances["lent"],
        repaid=advances["repayment"],
        borne=advances["write_off"],
        last=_last(ending.resident_id),
        help=desk,
    )


def closing_story(facts: ClosingFacts) -> Story:
    """The last money first; then the sum of the whole participation, and where help is."""
    told = facts.told
    blocks = (
        *_stopped(facts),
        Block("opening", sentence("month.begin"), sentences=(_had(told),)),
        _by_kind("came_in", told.came_in),
        _by_kind("paid", told.paid),
        _by_kind("given", told.given),
        *_lent(facts),
        _left(told),
        help_block(facts.help),
    )
    return Story("closing", told.on, sentence("stopped.heading"), blocks)


def _stopped(facts: ClosingFacts) -> tuple[Block, ...]:
    on = sentence("stopped.on", day=facts.stopped_on)
    stopped = Block("closing", sentence("stopped.heading"), sentences=(on,))
    if facts.last is None:
        return (stopped,)
    amount, day = facts.last
    return Block("last", sentence("closing.last"), amount, (sentence("day", day=day),)), stopped


def _had(told: MonthFacts) -> Sentence:
    message = "month.had" if told.opening >= ZERO else "month.had_in_advance"
    return sentence(message, amount=abs(told.opening), day=DayOfMonth(told.first_day))


def _by_kind(key: str, movements: Iterable[Movement]) -> Block:
    """Each kind once, with how often and how much; what is most comes first."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    times: dict[str, int] = defaultdict(int)
    for movement in movements:
        sums[movement.category] += movement.amount
        times[movement.category] += 1
    heading = sentence(f"month.{key}")
    if not sums:
        return Block(key, heading, sentences=(sentence("closing.times", times=0),))
    items = tuple(
        Item(
            name=sentence(f"category.{category}"),
            amount=amount,
            state=sentence("closing.times", times=times[category]),
            pictogram=pictogram_of(category),
        )
        for category, amount in sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    )
    return Block(key, heading, sentences=(sentence("month.total", amount=sum(sums.values(), ZERO)),), items=items)


def _lent(facts: ClosingFacts) -> tuple[Block, ...]:
    if facts.lent == ZERO:
        return ()
    told = [sentence("closing.lent", amount=facts.lent)]
    told += [sentence("closing.repaid", amount=facts.repaid)] if facts.repaid else []
    told += [sentence("closing.borne", amount=facts.borne)] if facts.borne else []
    return (Block("lent", sentence("money.in_advance"), sentences=tuple(told)),)


def _left(told: MonthFacts) -> Block:
    heading = sentence("month.end" if told.closing >= ZERO else "money.in_advance")
    return Block("left", heading, abs(told.closing), (sentence("movement.on", day=DayOfMonth(told.last_day)),))


def _advances(resident: int) -> dict[str, Decimal]:
    """What was lent, paid back and given up; a movement that was reversed counts for nothing."""
    rows = Posting.objects.filter(account__kind="advance", account__resident=resident)
    rows = rows.filter(journal_entry__reversed_by=None).exclude(journal_entry__kind="reversal")
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for kind, amount in rows.values_list("journal_entry__kind").annotate(total=Sum("amount")):
        found[kind if kind in {"repayment", "write_off"} else "lent"] += abs(amount)
    return found


def _last(resident: int) -> tuple[Decimal, date] | None:
    rows = PaymentOrder.objects.filter(resident=resident, kind="remainder", state="booked", booked_on__isnull=False)
    found = rows.order_by("-booked_on", "-pk").values_list("amount", "booked_on").first()
    return (found[0], found[1]) if found and found[1] else None
