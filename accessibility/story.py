"""The story of one resident's money in one fixed order, without language: source of screen, letter, voice and helper.

The order is that of the questions people ask: when do I get money, must I do something, what do you pay for me, what is
left, who helps me.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from accessibility.facts import Arranged, Charge, ChargeState, Facts, Help, Payout, Thing, ThingKind
from accessibility.pictograms import pictogram_of
from accessibility.sentence import (
    Block,
    DayOfMonth,
    Dutch,
    Item,
    Name,
    Phone,
    Sentence,
    Story,
    Tone,
    Weekday,
    Word,
    sentence,
)
from budgeting.core.money import ZERO

# A list that people can oversee; what is still to be paid is always shown, so that the sum can be followed.
MOST_CHARGES = 8
DAYS_A_WEEKDAY_IS_CLEAR = 6

_CALM_HEADINGS = {
    ThingKind.SHORT_WE_PAY: "thing.too_little",
    ThingKind.SHORT_WE_WAIT: "thing.too_little",
    ThingKind.INCOME_MISSING: "thing.income_missing",
    ThingKind.PAYMENT_CAME_BACK: "thing.came_back",
}
_WHAT_WE_DO = {
    ThingKind.SHORT_WE_PAY: "thing.we_pay_now",
    ThingKind.SHORT_WE_WAIT: "thing.we_look_for_a_way",
    ThingKind.INCOME_MISSING: "thing.we_find_out",
    ThingKind.PAYMENT_CAME_BACK: "thing.we_find_out",
}
_STATES: dict[ChargeState, tuple[str, Tone]] = {
    ChargeState.PAID: ("charge.paid", "paid"),
    ChargeState.SENT: ("charge.sent", "paid"),
    ChargeState.PLANNED: ("charge.planned", "plain"),
    ChargeState.UNPAID: ("charge.unpaid", "attention"),
    ChargeState.WAITS: ("shortage.waits", "plain"),
    ChargeState.CAME_BACK: ("charge.came_back", "attention"),
}


def story_of(facts: Facts) -> Story:
    """The home page of one resident. A resident who stopped is told only what still matters."""
    blocks = [payout_block(facts), thing_block(facts)]
    if facts.charges or facts.stopped_on is None:
        blocks.append(charges_block(facts))
    if facts.held or facts.stopped_on is None:
        blocks.append(money_block(facts))
    blocks += agreed_blocks(facts.arranged)
    return Story("home", facts.on, sentence("home.title"), (*blocks, help_block(facts.help)))


def agreed_blocks(arranged: Iterable[Arranged]) -> list[Block]:
    """What we agreed, in the words in which it was written down; nothing when nothing stands."""
    told: list[Sentence] = []
    for one in arranged:
        told.append(sentence(f"agreed.{one.who}", words=Dutch(one.words)))
        told.append(sentence("agreed.said", day=DayOfMonth(one.said_on)))
        if one.by_day:
            told.append(sentence("agreed.by", day=DayOfMonth(one.by_day)))
    return [Block("agreed", sentence("agreed.heading"), sentences=tuple(told))] if told else []


def payout_block(facts: Facts) -> Block:
    """When do I get money, and how much?"""
    payout = facts.payout
    if facts.stopped_on is not None and payout is None:
        return Block("payout", sentence("stopped.heading"), sentences=(sentence("stopped.on", day=facts.stopped_on),))
    if payout is None:
        unknown = (sentence("payout.unknown", strong=True), _call_us(facts))
        return Block("payout", sentence("payout.when"), sentences=unknown)
    if payout.day < facts.on:
        late = (sentence("payout.late", strong=True), sentence("we_call_you"))
        return Block("payout", sentence("payout.when"), sentences=late, tone="attention")
    return Block("payout", payout_heading(payout, facts.on), payout.amount, _payout_details(payout, facts))


def payout_heading(payout: Payout, on: date) -> Sentence:
    """The day of a coming payout as a heading: by its weekday as long as that can mean one day only."""
    days = (payout.day - on).days
    if days == 0:
        return sentence("payout.today")
    if days == 1:
        return sentence("payout.tomorrow")
    if days <= DAYS_A_WEEKDAY_IS_CLEAR:
        return sentence("payout.on_weekday", weekday=Weekday(payout.day.weekday()))
    return sentence("payout.on_day", day=DayOfMonth(payout.day))


def thing_block(facts: Facts) -> Block:
    """Must I do something? At most one thing, and in trouble first what we do and who calls."""
    thing = facts.thing
    if thing is None:
        no = (sentence("thing.no", strong=True), sentence("thing.nothing"))
        return Block("thing", sentence("thing.heading"), sentences=no)
    if thing.kind in _CALM_HEADINGS:
        return Block("thing", sentence(_CALM_HEADINGS[thing.kind]), sentences=_trouble(thing), tone="attention")
    return Block(
        "thing", sentence("thing.heading"), sentences=(sentence("thing.yes", strong=True), *_to_do(thing, facts))
    )


def charges_block(facts: Facts) -> Block:
    """What do you pay for me, and how does each stand?"""
    if not facts.charges:
        return Block("charges", sentence("charges.heading"), sentences=(sentence("charges.none"),))
    seen = Counter(category for category, _ in {(charge.category, charge.name) for charge in facts.charges})
    items = (charge_item(charge, by_name=seen[charge.category] > 1) for charge in _shown(facts))
    return Block("charges", sentence("charges.heading"), items=tuple(items))


def charge_item(charge: Charge, *, by_name: bool) -> Item:
    """One charge as a line of the list; `by_name` when its category alone does not tell which charge it is."""
    message, tone = _STATES[charge.state]
    state = sentence(message, day=DayOfMonth(charge.day)) if charge.day else sentence(message)
    return Item(
        name=sentence(f"category.{charge.category}"),
        amount=charge.amount,
        state=state,
        detail=charge.name if by_name else "",
        pictogram=pictogram_of(charge.category),
        tone=tone,
        reference=charge.reference,
    )


def money_block(facts: Facts) -> Block:
    """What is left, with the sum done, and until when it is right."""
    heading = sentence("money.heading" if facts.held >= ZERO else "money.in_advance")
    right = (sentence("money.right_until", day=facts.right_until),) if facts.right_until else ()
    return Block("money", heading, abs(facts.held), (*_the_sum(facts), *_expected(facts), *right))


def help_block(desk: Help) -> Block:
    """Who helps me?"""
    visit = sentence("help.visit", address=Name(desk.address))
    return Block("help", sentence("help.heading"), sentences=(visit, *_hours(desk)), call=Phone(desk.phone))


def _hours(desk: Help) -> tuple[Sentence, ...]:
    if desk.hours is None:
        return ()
    first, last = Weekday(desk.hours.first_weekday), Weekday(desk.hours.last_weekday)
    return (sentence("help.hours", first=first, last=last, opens=desk.hours.opens, closes=desk.hours.closes),)


def _payout_details(payout: Payout, facts: Facts) -> tuple[Sentence, ...]:
    own_account = sentence("payout.own_account")
    ahead = payout.day - facts.on
    if ahead <= timedelta(days=1):
        return sentence("day", day=payout.day), own_account
    return sentence("day", day=payout.day), sentence("days_ahead", days=ahead.days), own_account


def _trouble(thing: Thing) -> tuple[Sentence, ...]:
    we_do = sentence(_WHAT_WE_DO[thing.kind], strong=True)
    return (*_about(thing), we_do, _who_calls(thing), sentence("thing.nothing"))


def _about(thing: Thing) -> tuple[Sentence, ...]:
    return (sentence("thing.about", category=Word(f"category.{thing.about}")),) if thing.about else ()


def _who_calls(thing: Thing) -> Sentence:
    if not thing.caller:
        return sentence("we_call_you")
    if thing.calls_on is None:
        return sentence("thing.caller", name=Name(thing.caller))
    return sentence("thing.caller_on", name=Name(thing.caller), day=thing.calls_on)


def _to_do(thing: Thing, facts: Facts) -> tuple[Sentence, ...]:
    before = (sentence("thing.before", day=thing.before),) if thing.before else ()
    if thing.kind is ThingKind.CALL_US:
        return (sentence("thing.question"), *_about(thing), _call_us(facts), *before)
    return (sentence("thing.send_letter"), *_about(thing), *before, sentence("thing.we_help"))


def _call_us(facts: Facts) -> Sentence:
    return sentence("call_us", phone=Phone(facts.help.phone))


def _shown(facts: Facts) -> list[Charge]:
    room = max(0, MOST_CHARGES - sum(charge.still_to_pay for charge in facts.charges))
    numbered = list(enumerate(facts.charges))
    done = [(charge.day or facts.on, number) for number, charge in numbered if not charge.still_to_pay]
    newest = {number for _, number in sorted(done, reverse=True)[:room]}
    return [charge for number, charge in numbered if charge.still_to_pay or number in newest]


def _the_sum(facts: Facts) -> tuple[Sentence, ...]:
    if facts.stopped_on is not None:
        return (sentence("money.yours"),) if facts.held > ZERO else (sentence("we_call_you"),)
    before = DayOfMonth(facts.until + timedelta(days=1))
    if facts.left < ZERO:
        # How much is missing says little before the income is in; that it is being looked after says all.
        short = sentence("money.too_little")
        return (short,) if _said_who_calls(facts) else (short, sentence("we_call_you"))
    if facts.to_pay == ZERO:
        return (sentence("money.nothing_to_pay", day=before),)
    pays = sentence("money.to_pay", amount=facts.to_pay, day=before)
    return pays, sentence("money.left", amount=facts.left)


def _expected(facts: Facts) -> tuple[Sentence, ...]:
    expected = facts.expected
    if expected is None or expected.day <= facts.on or facts.stopped_on is not None:
        return ()
    category = Word(f"category.{expected.category}")
    return (sentence("money.expected", day=DayOfMonth(expected.day), category=category),)


def _said_who_calls(facts: Facts) -> bool:
    """Whether another block says so already: once is enough."""
    trouble = facts.thing is not None and facts.thing.kind in _CALM_HEADINGS
    return trouble or any(charge.state in {ChargeState.UNPAID, ChargeState.WAITS} for charge in facts.charges)
