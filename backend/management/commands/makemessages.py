"""Django's makemessages; other languages than Dutch are given only what residents meet, because the desk speaks Dutch.

A sentence for residents stands in `accessibility.words`; all others are for colleagues.
"""

import tempfile
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.core.management.commands import makemessages

from accessibility.languages import FALLBACK
from accessibility.words import EVERYWHERE


class Command(makemessages.Command):
    def write_po_file(self, potfile: str, locale: str) -> None:
        """The catalogue of one language, made from the sentences that it needs."""
        if locale == FALLBACK:
            super().write_po_file(potfile, locale)
            return
        # Django finds the catalogue beside the file of collected sentences, so that the shorter one lies there too.
        with tempfile.NamedTemporaryFile("wb", dir=Path(potfile).parent, suffix=".pot") as shorter:
            write_po(shorter, for_residents(Path(potfile)), width=0)
            shorter.flush()
            super().write_po_file(shorter.name, locale)


def for_residents(potfile: Path) -> Catalog:
    """The collected sentences without those of the desk."""
    sources = {source if isinstance(source, str) else source[0] for source in EVERYWHERE.values()}
    # What is collected has a place for the rule of plurals but no rule; each language brings its own.
    collected = potfile.read_text(encoding="utf-8").replace("nplurals=INTEGER; plural=EXPRESSION;", "")
    catalog = read_po(StringIO(collected))
    for message in list(catalog):
        source = message.id if isinstance(message.id, str) else message.id[0]
        if message.id and source not in sources:
            catalog.delete(message.id, message.context)
    return catalog
