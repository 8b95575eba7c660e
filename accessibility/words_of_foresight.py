"""Words for what comes and for what if: told at the counter and by the commands, in Dutch and English."""

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
