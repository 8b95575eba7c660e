"""The fixed words around what was agreed with a resident; what was agreed itself is told as a colleague wrote it."""

from accessibility.sources import Source, _, ngettext

AGREED: dict[str, Source] = {
    "agreed.heading": _("What we agreed"),
    "agreed.town": _("We do: {words}"),
    "agreed.resident": _("You do: {words}"),
    "agreed.both": _("We do together: {words}"),
    "agreed.said": _("We agreed this on {day}."),
    "agreed.by": _("Ready on {day} at the latest."),
}

# In letters to organisations: in Dutch only.
MOVE_OVER: dict[str, Source] = {
    "move_over.title": _("Another account number"),
    "move_over.known_as": _("You know this person by: {reference}."),
    "move_over.start_in": _("From {day} on, please pay to the account of the municipality."),
    "move_over.start_out": _("From {day} on, the municipality pays you, from this account."),
    "move_over.end_in": _("From {day} on, please pay to this person's own account."),
    "move_over.end_out": _("From {day} on, this person pays you, from this account."),
    "move_over.iban": _("The account number is {iban}."),
    "move_over.answer": _("Please let us know when this is done, or call {phone}."),
}

# The participation sheet: what somebody takes part in, for what, and what they chose; printed to be signed.
TAKING_PART: dict[str, Source] = {
    "part.title": _("Taking part in Huishoudboekje"),
    "part.version": _("Sheet {number}, made on {day}."),
    "part.since": _("You take part from {day}."),
    "part.purposes": _("What we do for you"),
    "part.receive": _("We receive your income."),
    "part.pay": _("We pay your fixed costs from it."),
    "part.payout": _("You get what is left."),
    "part.ahead": _("We look ahead and warn you in time."),
    "part.tell": _("We talk with the organisations that we pay for you."),
    "part.chose": _("What you chose"),
    "part.language": _("We write to you in this language: {language}."),
    "part.weeks": ngettext("You get money every week.", "You get money every {weeks} weeks."),
    "part.months": ngettext("You get money every month.", "You get money every {months} months."),
    "part.weekday": _("The day is {weekday}."),
    "part.day": _("The day of the month is {number}."),
    "part.last_day": _("The day is the last day of the month."),
    "part.message": _("{kind}: {channel}."),
    "part.nobody": _("Nobody looks with you."),
    "part.stop": _("You can always stop. Call {phone}."),
    "part.sign": _("Your name and the date"),
    "part.read": _("You read this, or we read it to you."),
}

# After a change at the counter: what changed, and whether that is right.
READ_BACK: dict[str, Source] = {
    "read.heading": _("We changed this. Is it right?"),
    "read.yes": _("Yes, this is right"),
    "read.no": _("No, this is not right"),
    "read.amount": _("{category}: {amount} from {day}."),
    "read.made": _("New: {category}, {amount}."),
    "read.ended": _("{category} stops on {day}."),
    "read.paused": _("{category}: not from {day}."),
    "read.account": _("Your money goes to this account: {iban}."),
    "read.extra": _("You get {amount} extra."),
    "read.payout": _("We changed the day or the amount of your money."),
    "read.details": _("We changed your details."),
    "read.thanks": _("Thank you."),
    "read.again": _("Thank you for saying so. We look at it again."),
}
