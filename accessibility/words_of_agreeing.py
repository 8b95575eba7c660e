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
