"""The words of every message: its plain English source, translated in `locale/`.

One table for all channels, so that screen, letter and voice cannot say different things. A value stands in braces. A
message that changes with a number has two sources, for one and for many. Sentences stay short: one thought each.
"""

from accessibility.sources import Source, _, ngettext
from accessibility.words_of_agreeing import AGREED, MOVE_OVER, READ_BACK, TAKING_PART
from accessibility.words_of_choices import CHOICES, CLEAR, LOOKED, NEWS, REFUSED, STAFF
from accessibility.words_of_foresight import AHEAD, CREDITOR, SHORT
from accessibility.words_of_helping import HELP_ME, HELPED, HELPER
from accessibility.words_of_keys import KEYS
from accessibility.words_of_recognition import RECOGNISED

HOME: dict[str, Source] = {
    "home.title": _("Your money"),
    "payout.when": _("When do you get money?"),
    "payout.today": _("You get money today"),
    "payout.tomorrow": _("You get money tomorrow"),
    "payout.on_weekday": _("You get money on {weekday}"),
    "payout.on_day": _("You get money on {day}"),
    "payout.own_account": _("On your own account."),
    "payout.unknown": _("We do not know that yet."),
    "payout.late": _("Your money comes later."),
    "day": _("{day}."),
    "days_ahead": ngettext("In {days} day.", "In {days} days."),
    "call_us": _("Call {phone}."),
    "we_call_you": _("We will call you."),
    "stopped.heading": _("Your Huishoudboekje has stopped"),
    "stopped.on": _("It stopped on {day}."),
    "thing.heading": _("Do you need to do something?"),
    "thing.no": _("No."),
    "thing.nothing": _("You do not need to do anything."),
    "thing.yes": _("Yes."),
    "thing.send_letter": _("Send us a letter or a photo."),
    "thing.question": _("We have a question for you."),
    "thing.about": _("It is about: {category}."),
    "thing.before": _("Do this before {day}."),
    "thing.we_help": _("We are happy to help you."),
    "thing.too_little": _("Too little money"),
    "thing.we_pay_now": _("We pay this now."),
    "thing.we_look_for_a_way": _("We look for a solution."),
    "thing.income_missing": _("Your money has not come in yet"),
    "thing.came_back": _("A payment came back"),
    "thing.we_find_out": _("We find out why."),
    "thing.caller": _("{name} will call you."),
    "thing.caller_on": _("{name} will call you: {day}."),
    "charges.heading": _("We pay for you"),
    "charges.none": _("We do not pay anything for you yet."),
    "charge.paid": _("We paid on {day}"),
    "charge.sent": _("With the bank since {day}"),
    "charge.planned": _("We will pay on {day}"),
    "charge.unpaid": _("We have not paid yet. We will call you."),
    "charge.came_back": _("Came back. We find out why."),
    "money.heading": _("We have for you"),
    "money.in_advance": _("We paid this in advance for you"),
    "money.to_pay": _("Before {day} we pay {amount}."),
    "money.left": _("Then {amount} is left."),
    "money.too_little": _("There is not enough for everything."),
    "money.expected": _("We expect on {day}: {category}."),
    "money.nothing_to_pay": _("Before {day} we pay nothing."),
    "money.yours": _("This money is for you."),
    "money.right_until": _("This is right up to and including {day}."),
    "help.heading": _("Help"),
    "help.call": _("Call {phone}"),
    "help.visit": _("Or come by. {address}."),
    "help.hours": _("{first} to {last}, {opens} to {closes}."),
}

CLOSER: dict[str, Source] = {
    "months.title": _("All months"),
    "month.title": _("{month}"),
    "month.begin": _("What we had"),
    "month.had": _("We had {amount} for you on {day}."),
    "month.had_in_advance": _("We had paid {amount} in advance for you on {day}."),
    "month.came_in": _("This came in"),
    "month.paid": _("We paid this"),
    "month.given": _("You got this"),
    "month.total": _("Together {amount}."),
    "month.nothing": _("Nothing in this month."),
    "month.end": _("What was left"),
    "movement.on": _("On {day}"),
    "payment.title": _("One payment"),
    "payment.to": _("To: {name}."),
    "payment.account": _("Account: {iban}."),
    "payment.wrong": _("Is this not right? Call {phone}."),
    "why.title": _("Why this amount?"),
    "why.sum": _("This is how we count"),
    "why.have": _("We now have {amount} for you."),
    "why.in_advance": _("We paid {amount} in advance for you."),
    "why.comes": _("Another {amount} will come in."),
    "why.comes_nothing": _("No more money comes in before then."),
    "why.to_pay": _("We will pay {amount} for you."),
    "why.buffer": _("We keep {amount} for when something goes wrong."),
    "why.shared": ngettext("You get that in {times} payment.", "You get that in {times} payments."),
    "why.until": _("We count up to and including {day}."),
    "why.because": _("On that day we pay: {category}."),
    "why.fixed": _("You agreed on this amount with us."),
}

DOORS: dict[str, Source] = {
    "skip": _("Go to the text"),
    "language": _("Language"),
    "language.choose": _("Choose your language"),
    "stop": _("Stop"),
    "back": _("Back"),
    "next": _("Next"),
    "draft": _("Nobody has checked this translation yet. Is something not clear? Call {phone}."),
    "dutch_too": _("Show Dutch too"),
    "dutch_not": _("Do not show Dutch"),
    "staff": _("I work for the town"),
    "code.title": _("Log in with your letter"),
    "code.label": _("Code from your letter"),
    "code.hint": _("You may type spaces."),
    "code.none": _("Do you have no code? Call {phone}."),
    "code.refused": _("This code does not work. Look at your letter again."),
    "code.letter": _("A code works once, for 14 days."),
    "stopped.title": _("You have stopped"),
    "stopped.close": _("You can close this page."),
    "start.again": _("Log in again"),
    "aloud.amount": _("{euros} euro and {cents} cents"),
    "aloud.whole": _("{euros} euro"),
}

PAPER: dict[str, Source] = {
    "letter.title": _("Your money in {month}"),
    "letter.page": _("Look on your phone"),
    "calendar.title": _("You get money on these days"),
    "calendar.change": _("If a day changes, we write to you."),
    "closing.last": _("Your last money"),
    "closing.times": ngettext("{times} time", "{times} times"),
    "closing.lent": _("We lent you {amount}."),
    "closing.repaid": _("You paid back {amount}."),
    "closing.borne": _("You do not have to pay back {amount}."),
    "notice.amount": _("An amount changes"),
    "notice.was": _("It was {amount}."),
    "notice.becomes": _("From {day} it is {amount}."),
    "notice.let_in": _("Someone may look with you"),
    "notice.who": _("{name} may see your money."),
    "notice.until": _("Up to and including {day}."),
    "notice.stop": _("You can always stop this. Call {phone}."),
    "listen": _("Listen"),
    "listen.title": _("Listen to your money"),
}

# Said beside the story: by which way one comes in, and until when one stays.
STAY: dict[str, Source] = {
    "code.shared": _("Other people use this computer"),
    "provider.other": _("Or without a letter"),
    "provider.digid": _("Log in with DigiD"),
    "provider.digid_shared": _("DigiD on a computer of other people"),
    "provider.refused": _("Logging in with DigiD did not work. Try again, or use the code from your letter."),
    "stay.until": _("You stay logged in until {time}."),
    "stay.longer": _("I need more time"),
}

CATEGORIES: dict[str, Source] = {
    "category.wages": _("Wages"),
    "category.benefit": _("Benefit"),
    "category.pension": _("Pension"),
    "category.healthcare_allowance": _("Healthcare allowance"),
    "category.rent_allowance": _("Rent allowance"),
    "category.child_benefit": _("Child benefit"),
    "category.child_budget": _("Child budget"),
    "category.childcare_allowance": _("Childcare allowance"),
    "category.alimony_received": _("Alimony for you"),
    "category.tax_refund": _("Money back from tax"),
    "category.student_finance": _("Student finance"),
    "category.other_income": _("Other money"),
    "category.rent": _("Rent"),
    "category.mortgage": _("Mortgage"),
    "category.energy": _("Gas and electricity"),
    "category.district_heating": _("Heating"),
    "category.water": _("Water"),
    "category.health_insurance": _("Health insurance"),
    "category.other_insurance": _("Insurance"),
    "category.municipal_tax": _("Town tax"),
    "category.water_board_tax": _("Water board tax"),
    "category.telecom": _("Phone and internet"),
    "category.vehicle_tax": _("Road tax"),
    "category.childcare": _("Childcare"),
    "category.subscriptions": _("Subscription"),
    "category.debt_repayment": _("Paying off debt"),
    "category.bank_fees": _("Costs of the bank"),
    "category.alimony_paid": _("Alimony from you"),
    "category.groceries": _("Food and drink"),
    "category.clothing": _("Clothes"),
    "category.medical": _("Care and medicine"),
    "category.transport": _("Travel"),
    "category.household_goods": _("Things for the house"),
    "category.eating_out": _("Eating out"),
    "category.leisure": _("Free time"),
    "category.education": _("School"),
    "category.cash_withdrawal": _("Cash"),
    "category.gifts_donations": _("Gifts"),
    "category.other_expense": _("Other costs"),
    "category.living_money": _("Money for you"),
    "category.own_transfer": _("Own account"),
    "category.returned_payment": _("Payment that came back"),
    "category.correction": _("Correction"),
    "category.unknown": _("Not known yet"),
}

# What is left and what comes: told at the counter, and by the commands.
FORESIGHT: dict[str, Source] = {
    "remainder.no_day": _("No day for your money was agreed yet."),
    "remainder.nothing": _("There is nothing left for you now."),
    "remainder.gets": _("You get {amount} on {day}."),
    "remainder.same": _("After that you get the same each time."),
    "remainder.more": _("After that you get more."),
    "remainder.differs": _("After that it is not always the same."),
    "remainder.pays": _("On {day} we pay: {what}."),
    "remainder.next_income": _("New money comes in on {day}."),
}

# What a resident meets on a screen, and with that what stands on paper and is only heard: complete in every language.
WORDS: dict[str, Source] = HOME | CLOSER | DOORS | STAY | CATEGORIES | REFUSED | CHOICES | NEWS | LOOKED | CLEAR | SHORT
EVERYWHERE: dict[str, Source] = WORDS | HELPED | HELP_ME | KEYS | PAPER | FORESIGHT | AGREED | TAKING_PART | READ_BACK
ALL: dict[str, Source] = EVERYWHERE | STAFF | HELPER | AHEAD | CREDITOR | RECOGNISED | MOVE_OVER


class NoSuchMessage(KeyError):
    """A message id that stands in no table of words."""


def source_of(message: str) -> Source:
    """The English source of a message."""
    try:
        return ALL[message]
    except KeyError:
        raise NoSuchMessage(message) from None
