"""The fixed words around what was agreed with a resident; what was agreed itself is told as a colleague wrote it."""

from accessibility.sources import Source, _

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
