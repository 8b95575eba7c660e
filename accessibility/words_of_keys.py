"""Words for logging in with one's own phone, in every language."""

from accessibility.sources import Source, _

KEYS: dict[str, Source] = {
    "keys.log_in": _("Log in with this phone"),
    "keys.how": _("Use your finger, your face or the code of your phone."),
    "keys.cannot": _("This does not work in this browser. Use the code from your letter."),
    "keys.failed": _("It did not work. Try again, or use the code from your letter."),
    "keys.title": _("Your phone"),
    "keys.offer": _("Next time you can log in with your phone. Then you need no letter."),
    "keys.make": _("Remember this phone"),
    "keys.not_now": _("Not now"),
    "keys.kept": _("We remember this phone."),
    "keys.since": _("A phone, since {day}."),
    "keys.used": _("Last used on {day}."),
    "keys.end": _("Forget this phone"),
    "keys.lost": _("Is your phone gone? Come to us and show who you are."),
    "keys.again": _("Do you want to add a phone? Stop, and log in again first."),
}
