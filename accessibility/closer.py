"""A closer look, one level below the home page: one month, one payment, why this amount. Pure, without language."""

from accessibility.facts import Counting, MonthFacts, Movement, PaymentFacts, WhyFacts, total
from accessibility.pictograms import pictogram_of
from accessibility.sentence import Block, DayOfMonth, Iban, Item, Month, Name, Phone, Sentence, Story, Word, sentence
from accessibility.story import charge_item, help_block, payout_heading
from budgeting.core.money import ZERO


def story_of_month(facts: MonthFacts) -> Story:
    """What we had, what came in, what we paid, what the resident got, and what was left: a sum that can be followed."""
    blocks = (
        Block("opening", sentence("month.begin"), sentences=(_opening(facts),)),
        _movements("came_in", facts.came_in),
        _movements("paid", facts.paid),
        _movements("given", facts.given),
        _closing(facts),
        help_block(facts.help),
    )
    return Story("month", facts.on, sentence("month.title", month=Month(facts.first_day)), blocks)


def story_of_payment(facts: PaymentFacts) -> Story:
    """One payment: to whom, how much, how it stands, and whom to call when it is not right."""
    charge = facts.charge
    item = charge_item(charge, by_name=False)
    told = [item.state, sentence("payment.to", name=Name(charge.name))]
    if facts.iban:
        told.append(sentence("payment.account", iban=Iban(facts.iban)))
    told.append(sentence("payment.wrong", phone=Phone(facts.help.phone)))
    block = Block("payment", item.name, charge.amount, tuple(told), tone=item.tone)
    return Story("payment", facts.on, sentence("payment.title"), (block, help_block(facts.help)))


def story_of_amount(facts: WhyFacts) -> Story:
    """Why the next payout is what it is: the sum, and the day that leaves least room."""
    asked = (sentence("why.extra"),) if facts.asked else ()
    told = (*asked, *((sentence("why.fixed"),) if facts.fixed and not facts.asked else ()), *_binding(facts))
    answer = Block("answer", payout_heading(facts.payout, facts.on), facts.payout.amount, told)
    counting = facts.counting
    summed = (Block("sum", sentence("why.sum"), sentences=_sum(counting)),) if counting else ()
    return Story("why", facts.on, sentence("why.title"), (answer, *summed, help_block(facts.help)))


def _opening(facts: MonthFacts) -> Sentence:
    message = "month.had" if facts.opening >= ZERO else "month.had_in_advance"
    return sentence(message, amount=abs(facts.opening), day=DayOfMonth(facts.first_day))


def _movements(key: str, movements: tuple[Movement, ...]) -> Block:
    if not movements:
        return Block(key, sentence(f"month.{key}"), sentences=(sentence("month.nothing"),))
    items = tuple(_movement(movement) for movement in movements)
    together = sentence("month.total", amount=total(movements))
    return Block(key, sentence(f"month.{key}"), sentences=(together,), items=items)


def _movement(movement: Movement) -> Item:
    return Item(
        name=sentence(f"category.{movement.category}"),
        amount=movement.amount,
        state=sentence("movement.on", day=DayOfMonth(movement.day)),
        detail=movement.name,
        pictogram=pictogram_of(movement.category),
        reference=movement.reference,
    )


def _closing(facts: MonthFacts) -> Block:
    heading = sentence("month.end" if facts.closing >= ZERO else "money.in_advance")
    return Block("closing", heading, abs(facts.closing), (sentence("movement.on", day=DayOfMonth(facts.last_day)),))


def _binding(facts: WhyFacts) -> tuple[Sentence, ...]:
    if facts.binding_day is None:
        return ()
    until = sentence("why.until", day=facts.binding_day)
    because = (sentence("why.because", category=Word(f"category.{facts.because}")),) if facts.because else ()
    return (until, *because)


def _sum(counting: Counting) -> tuple[Sentence, ...]:
    have = sentence("why.have" if counting.held >= ZERO else "why.in_advance", amount=abs(counting.held))
    comes = sentence("why.comes", amount=counting.income) if counting.income else sentence("why.comes_nothing")
    buffer = (sentence("why.buffer", amount=counting.buffer),) if counting.buffer else ()
    shared = (sentence("money.left", amount=counting.shared), sentence("why.shared", times=counting.times))
    return (have, comes, sentence("why.to_pay", amount=counting.to_pay), *buffer, *shared)
