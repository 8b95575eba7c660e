"""The letters after a person decided what is paid when money is short: one to the resident, one to each other side."""

from dataclasses import dataclass
from datetime import date

from accessibility.facts import Help
from accessibility.known import help_of_town
from accessibility.languages import FALLBACK
from accessibility.letters.gather import language_of, to_of
from accessibility.letters.letter import Letter, To
from accessibility.pictograms import pictogram_of
from accessibility.sentence import Block, DayOfMonth, Item, Name, Phone, Sentence, Story, sentence
from accessibility.story import help_block
from payments.models import PaymentOrder, ShortageOutcome, ShortageProposal

_STATES = {"paid": "shortage.paid", "waits": "shortage.waits", "cancelled": "shortage.not_paid"}


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it is told: `on` is the day of the letter, `outcomes` every charge it was about."""

    on: date
    outcomes: tuple[ShortageOutcome, ...]
    help: Help


def letter_to_resident(proposal: ShortageProposal, *, on: date) -> Letter:
    """What is paid, what waits, that the other side hears of it, and what to do when it is not right."""
    desk = help_of_town()
    resident = proposal.resident
    rows = proposal.outcomes.select_related("order").order_by("order__due_on", "order")
    story = resident_story(Decided(on, tuple(rows), desk))
    return Letter(to_of(resident), story, language_of(resident, desk), desk, kind=f"shortage-{proposal.pk}")


def letter_to_creditor(outcome: ShortageOutcome, *, on: date) -> Letter:
    """To whom a charge is paid: which payment, that it comes later or not, and whom to call. No reason, no balance."""
    desk, order = help_of_town(), outcome.order
    to = To(order.resident.number, order.name)
    story = creditor_story(order, what=outcome.what, on=on, desk=desk)
    return Letter(to, story, FALLBACK, desk, kind=f"creditor-{order.pk}")


def resident_story(decided: Decided) -> Story:
    """The letter to the resident, without language."""
    items = tuple(_item(outcome) for outcome in decided.outcomes)
    known = (sentence("shortage.known", strong=True), sentence("shortage.told"), sentence("thing.nothing"))
    wrong = sentence("payment.wrong", phone=Phone(decided.help.phone))
    heading = sentence("thing.too_little")
    first = Block("notice", heading, sentences=(*known, wrong))
    charges = Block("charges", sentence("charges.heading"), items=items)
    return Story("notice", decided.on, heading, (first, charges, help_block(decided.help)))


def creditor_story(order: PaymentOrder, *, what: str, on: date, desk: Help) -> Story:
    """The letter to the other side: only what it needs to know of which payment this is."""
    reference = order.structured_reference or order.remittance
    told: tuple[Sentence, ...] = (
        sentence("creditor.name", name=Name(str(order.resident))),
        *((sentence("creditor.reference", reference=Name(reference)),) if reference else ()),
        sentence("creditor.due", day=DayOfMonth(order.due_on)),
        sentence(f"creditor.{what}", strong=True),
        sentence("creditor.costs"),
    )
    questions = (sentence("creditor.questions", phone=Phone(desk.phone)),)
    heading = sentence("creditor.title")
    return Story(
        "notice",
        on,
        heading,
        (Block("notice", heading, order.amount, told), Block("help", sentence("help.heading"), sentences=questions)),
    )


def _item(outcome: ShortageOutcome) -> Item:
    order = outcome.order
    paid = outcome.what == ShortageOutcome.What.PAID
    return Item(
        name=sentence(f"category.{order.category}"),
        amount=order.amount,
        state=sentence(_STATES[outcome.what]),
        detail=order.name,
        pictogram=pictogram_of(order.category),
        tone="paid" if paid else "attention",
    )
