"""Words for what a resident chooses, for who looked, for asking whether it was clear, and for a door that stays shut.

`STAFF` is for colleagues at their own door: told in Dutch and English, and marked as such in any other language.
"""

from accessibility.sources import Source, _, ngettext

REFUSED: dict[str, Source] = {
    "refused.not_found": _("This page is not there"),
    "refused.or_not_yours": _("Or it is not for you."),
    "refused.not_allowed": _("You may not open this page"),
    "refused.not_understood": _("We did not understand that"),
    "refused.again": _("Go back and try again."),
    "refused.too_often": _("Too many wrong tries"),
    "refused.wait": ngettext("Wait {minutes} minute. Then try again.", "Wait {minutes} minutes. Then try again."),
    "refused.broken": _("Something went wrong at our end"),
    "refused.not_you": _("It is not because of you."),
    "refused.later": _("Try again later."),
    "refused.first_page": _("To the first page"),
}

CHOICES: dict[str, Source] = {
    "choices.title": _("Your choices"),
    "choices.messages": _("How do you want our messages?"),
    "choices.keep": _("Keep my choices"),
    "choices.kept": _("We kept your choices."),
    "choices.paper_first": _("As long as you do not choose, we write on paper."),
    "choices.about_texts": _("A text message has no amounts and no links."),
    "choices.no_number": _("You want a text message? Give us your number. Call {phone}."),
    "choices.any_time": _("You can change this any time."),
    "channel.paper": _("On paper"),
    "channel.screen": _("On this page"),
    "channel.text": _("A text message on your phone"),
    "message.month": _("Your money every month"),
    "message.payout": _("You get money"),
    "message.payment_failed": _("A payment goes wrong"),
    "message.amount_changed": _("An amount changes"),
    "message.let_in": _("Someone may look with you"),
}

NEWS: dict[str, Source] = {
    "news.title": _("Messages"),
    "news.none": _("There are no new messages."),
    "text.payout": _("You get money today."),
    "text.payment_failed": _("A payment came back. We will call you."),
    "text.amount_changed": _("An amount changes. Look at your page, or call us."),
    "text.let_in": _("Someone may look with you. Is this not right? Call us."),
    "text.from": _("Huishoudboekje {town}"),
}

LOOKED: dict[str, Source] = {
    "looked.heading": _("Who looked?"),
    "looked.period": _("The last 12 months"),
    "looked.nobody": _("Nobody looked this month."),
    "looked.people": ngettext("This month {people} person looked.", "This month {people} people looked."),
    "looked.day": _("{day}"),
    "looked.who": _("{who}: {name}."),
    "looked.what": _("{what}, at {time}."),
    "looked.often": ngettext("{what}, {times} time.", "{what}, {times} times."),
    "looked.more": _("There is more. Ask us. Call {phone}."),
    "looked.page": _("Opened your page"),
    "looked.agreement": _("Looked at an agreement"),
    "looked.payment": _("Looked at a payment"),
    "looked.list": _("Saw you in a list"),
    "who.case_worker": _("Your case worker"),
    "who.front_desk": _("Someone at the desk"),
    "who.approver": _("Someone who pays"),
    "who.auditor": _("Someone who checks"),
    "who.with_you": _("Someone who looks with you"),
    "who.town": _("Someone of the town"),
}

CLEAR: dict[str, Source] = {
    "clear.question": _("Was this clear?"),
    "clear.yes": _("Yes"),
    "clear.no": _("No"),
    "clear.thanks": _("Thank you."),
    "clear.shall_we_explain": _("Thank you. Shall we explain it? Call {phone}."),
}

STAFF: dict[str, Source] = {
    "staff.title": _("Log in as a colleague"),
    "staff.refused": _("Name or password is not right. Check both and try again."),
    "staff.name": _("User name"),
    "staff.password": _("Password"),
    "staff.go_on": _("Go on"),
    "staff.resident": _("I am a resident"),
    "staff.town": _("Log in with your account of the town"),
    "staff.town_refused": _("Logging in with your account of the town did not work. Try again, or use your password."),
    "staff.second": _("Second step"),
    "staff.digits": _("Six digits from your app"),
    "staff.digits_refused": _("These digits are not right, or were used before. Wait for new digits and try again."),
    "staff.enrol": _("Set up your app"),
    "staff.scan": _("You log in with two steps. Scan this picture with an app for codes on your phone."),
    "staff.type": _("Or type this code into the app:"),
    "staff.key_show": _("Use your key or this device"),
    "staff.key_make": _("Set up a key or this device"),
    "staff.key_instead": _("Use a key or this device instead"),
    "staff.key_cannot": _("This browser cannot use a key here. Use your app."),
    "staff.key_failed": _("This did not work. Try again, or use your app."),
    "staff.keys": _("Your second step"),
    "staff.keys_about": _(
        "A key is a small device, or this phone or computer itself. It also counts when you approve."
    ),
    "staff.app_instead": _("Set up an app as well"),
    "staff.most_files": _("At most 20 files at once."),
}
