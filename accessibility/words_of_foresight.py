"""Words for what comes, for what if, and for when money is short.

`SHORT` is for residents, complete in every language. `AHEAD` is told at the counter and by the commands, `CREDITOR` to
whom a charge is paid: in Dutch and English.
"""

from accessibility.sources import Source, _

AHEAD: dict[str, Source] = {
    "outlook.enough": _("In the last {months} months there was always enough."),
    "outlook.enough_agreed": _("There is enough for the coming weeks."),
    "outlook.times": _("In {times} of the last {months} months there was too little."),
    "outlook.short_agreed": _("There is too little for the coming weeks."),
    "outlook.first": _("On {day} there may be too little."),
    "outlook.before_income": _("The money does come, but later."),
    "outlook.income_too_low": _("Less money comes in than goes out."),
    "outlook.short_already": _("There is too little now."),
    "what_if.now": _("How it is now"),
    "what_if.new_rent": _("With another rent"),
    "what_if.loses_income": _("Without this income: {what}"),
    "what_if.moves_in": _("With someone who moves in"),
    "what_if.arrangement": _("With an arrangement"),
    "what_if.week": _("You then get about {amount} a week."),
    "what_if.more": _("That is {amount} more than now."),
    "what_if.less": _("That is {amount} less than now."),
    "what_if.same": _("That is the same as now."),
    "what_if.short": _("In {weeks} weeks there is not enough for everything."),
}

SHORT: dict[str, Source] = {
    "shortage.known": _("We now know what we pay."),
    "shortage.paid": _("We pay this."),
    "shortage.waits": _("This waits until there is more money."),
    "shortage.not_paid": _("We do not pay this now."),
    "shortage.told": _("We let them know."),
    "objection.words": _("{words}"),
    "objection.title": _("Is this not right?"),
    "objection.label": _("Tell us what is not right."),
    "objection.empty": _("First write something."),
    "objection.send": _("Send"),
    "objection.have": _("We have your message of {day}."),
    "objection.answer_before": _("You get an answer before {day}."),
    "objection.yours": _("Your message"),
    "objection.ours": _("Our answer"),
    "objection.granted": _("You are right."),
    "objection.refused": _("We see this in another way."),
    "why.extra": _("You asked for this money."),
}

CREDITOR: dict[str, Source] = {
    "creditor.title": _("About a payment"),
    "creditor.name": _("It is about: {name}."),
    "creditor.reference": _("Payment reference: {reference}."),
    "creditor.due": _("You expected it on {day}."),
    "creditor.waits": _("We pay as soon as there is money."),
    "creditor.cancelled": _("We do not pay this amount now."),
    "creditor.costs": _("We ask you to add no costs."),
    "creditor.questions": _("Do you have a question? Call {phone}."),
}
