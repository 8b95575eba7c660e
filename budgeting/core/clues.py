"""The clues in one entry: its words, and what its shape, amount and counterparty tell before any word is weighed."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from budgeting.core.knowledge.rules import Knowledge
from budgeting.core.lines import Line, read_line, readable
from budgeting.core.statement import Entry
from budgeting.core.words import words

_TITLE = re.compile(r"^(hr|dhr|de heer|mw|mevr|mevrouw|mej|fam|familie|e/o|prof|dr)\b\.?", re.IGNORECASE)
_INITIALS = re.compile(
    r"^(?:[A-Z][.\s]+)+(?:en\s+[A-Z.]+\s*)?(?:(?:van|de|der|den|ten|ter|el|al|la|le|du|von|'t|in)\s+)*[A-Z][\w'’-]+"
)
_TWO_NAMES = re.compile(r"^[^\W\d_]+(?:[ -][^\W\d_]+){1,4}$")
_FIRM = frozenset(
    words(
        "bv nv vof stichting st stg ver vereniging cooperatie coop groep group holding gmbh ltd inc sa se ag "
        "cv via by inz bank international nederland europe service services online shop store winkel centrum "
        "center school zorg wonen beheer gemeente dienst fonds club praktijk team huis bedrijf work works "
        "company studio salon kerk parochie moskee church mosque restaurant cafe hotel energie water incasso "
        "payment payments vv sv asv svv fc hsv rkvv tc verzekering verzekeringen limited schoonmaak"
    )
)
_PARTED_FIRM = (" b v ", " n v ", " v o f ", " v v ", " s v ", " a s v ", " r k ", " c v ")
_PLATE = re.compile(r"\b[A-Z0-9]{1,3}-[A-Z0-9]{2,3}-[A-Z0-9]{1,3}\b")
_ASSESSMENT = re.compile(r"\b\d{9}([A-Z])(\d{2})\d{2}(\d{2})?\b")
_CODE_KINDS = {
    "grocery": {"5411", "5422", "5441", "5451", "5462", "5499", "5921", "5993"},
    "eating": {"5811", "5812", "5813", "5814"},
    "transit": {"4111", "4112", "4121", "4131", "4789"},
    "fuel": {"5541", "5542", "5552"},
    "parking": {"7523"},
    "garage": {"7538", "7531", "7534", "7542", "5533", "5511", "5571"},
    "clothes": {"5611", "5621", "5631", "5641", "5651", "5655", "5661", "5681", "5691", "5697", "5699", "5137", "5139"},
    "household_shop": {
        "5200", "5211", "5231", "5251", "5261", "5310", "5311", "5331", "5399", "5712", "5713", "5714", "5719",
        "5722", "5732", "5931", "5977", "5995", "5300",
    },
    "pharmacy": {"5912", "5122"},
    "care": {"8011", "8021", "8031", "8041", "8042", "8043", "8049", "8050", "8062", "8071", "8099", "5975", "5976"},
    "leisure_firm": {"7832", "7922", "7929", "7932", "7933", "7991", "7995", "7996", "7998", "7999", "7997", "5945",
                     "5942", "5733", "5941", "7011", "7941"},
    "school": {"8211", "8220", "8241", "8244", "8249", "8299"},
    "subscription": {"4899", "5815", "5816", "5817", "5818", "5968"},
    "charity": {"8398", "8661", "5992", "5947"},
    "telecom_firm": {"4812", "4814"},
}  # fmt: skip
_SAYS_LITTLE = frozenset({"#psp", "#bnpl", "#own_bank"})  # who passes the money on, not whom it is for
_WORDS_OF_A_NAME = 4
# Banks give 140 characters, some 400. What goes on for megabytes was made to be looked through for hours.
_LONGEST = 2000
_KIND_OF_CODE = {code: kind for kind, codes in _CODE_KINDS.items() for code in codes}


class Clues(NamedTuple):
    """What one entry gives to go by. `seen` is what rules may ask for; `name` and `about` are folded words."""

    line: Line
    name: tuple[str, ...]
    about: tuple[str, ...]
    seen: frozenset[str]
    assessment: str
    account: str


def clues_of(entry: Entry, knowledge: Knowledge) -> Clues:
    """The clues in an entry."""
    if len(entry.remittance) > _LONGEST:
        entry = replace(entry, remittance=entry.remittance[:_LONGEST])
    line = read_line(entry)
    name, about = readable(line)
    seen = _things(knowledge, name, about)
    seen.update(_of_shape(entry, line, about, name))
    seen.update(_of_amount(entry.amount))
    if line.merchant_code in _KIND_OF_CODE:
        seen.add(f"#{_KIND_OF_CODE[line.merchant_code]}")
    for thing in seen:
        if thing[0] == "#" and thing not in _SAYS_LITTLE:
            seen.add("@known")
            break
    seen.add("@person" if _is_person(line, name, seen) else "@company")
    assessment = ""
    if "#tax_office" in seen:
        found = _ASSESSMENT.search(line.about)
        assessment = f"{found[1]}{found[3] or ''}" if found else ""
        seen.add(f"@nr_{found[1].lower()}" if found else "@plate" if _has_plate(line.about) else "@no_number")
    return Clues(line, name, about, frozenset(seen), assessment, entry.counterparty_iban)


def _things(knowledge: Knowledge, name: tuple[str, ...], about: tuple[str, ...]) -> set[str]:
    """Phrases, `#kinds` the counterparty is, and `~kinds` that are only spoken of.

    Whom we deal with stands in the name. Without a name it stands first in the text; a payment service names itself,
    and the shop behind it in the text.
    """
    named, told = knowledge.found_in_name(name), knowledge.found(about)
    kinds = {thing for thing in named if thing[0] == "#"}
    hidden = bool(kinds) and kinds <= _SAYS_LITTLE
    reach = len(about) if hidden else 0 if name else _WORDS_OF_A_NAME
    seen = set(named)
    for thing, place in told.items():
        seen.add(thing if thing[0] != "#" or place < reach else f"~{thing[1:]}")
    return seen


def _of_shape(entry: Entry, line: Line, about: tuple[str, ...], name: tuple[str, ...]) -> list[str]:
    flags = ["@in" if entry.amount > 0 else "@out", f"@{line.kind}"]
    if not entry.counterparty_iban:
        flags.append("@noiban")
    elif entry.counterparty_iban[:2] != "NL":
        flags.append("@foreign")
    if not any(len(word) > 2 and word.isalpha() and word not in name for word in about):
        flags.append("@nothing")
    if line.held:
        flags.append("@held")
    return flags


def _has_plate(text: str) -> bool:
    """A number plate: three groups with hyphens, letters and digits both (a date has digits only)."""
    return any(
        not found.replace("-", "").isdigit() and not found.replace("-", "").isalpha() for found in _PLATE.findall(text)
    )


def _of_amount(amount: Decimal) -> list[str]:
    size = abs(amount)
    flags = ["@small"] if size < 15 else ["@big"] if size >= 250 else []
    return [*flags, "@round"] if size % 5 == 0 else flags


def _is_person(line: Line, folded_name: tuple[str, ...], seen: set[str]) -> bool:
    """Whether the counterparty is a person, going by the name alone: a title, initials, or two to five plain words."""
    name = line.name.strip()
    if line.kind in ("card", "cash", "debit") or not name or "@noiban" in seen:
        return False
    if _TITLE.match(name):
        return True
    if not _FIRM.isdisjoint(folded_name) or _has_parted(folded_name):
        return False
    return bool(_INITIALS.match(name)) or (bool(_TWO_NAMES.match(name)) and "@known" not in seen)


def _has_parted(folded_name: tuple[str, ...]) -> bool:
    text = f" {' '.join(folded_name)} "
    return any(mark in text for mark in _PARTED_FIRM)
