"""What a bank's own line shapes hide: how it was paid, with whom, and the words somebody wrote about it.

ING, ABN AMRO, Rabobank, SNS/ASN, BNG, Triodos, Knab and bunq print the same payment in their own ways, with tags,
padding, terminal numbers, and words broken at 65 characters. A reader gives us the remittance as printed; here the
parts are told apart. Sources: public sample exports and parser tests of these banks.
"""

import re
from typing import Literal, NamedTuple

from budgeting.core.statement import Entry
from budgeting.core.words import words

Kind = Literal["card", "cash", "debit", "ideal", "transfer", "bank"]

_WRAP = 65  # ABN AMRO and BNG print lines of 65 characters; joined, every 66th character is the break
_TAGS = re.compile(r"/(TRTP|CSID|NAME|MARF|REMI|IBAN|BIC|EREF|SVCL|PURP|BENM|ORDP|ULTD|ULTC|CNTP|ISDT|RTRN|ID|ADDR)/")
_LABELS = re.compile(
    r"\b(Naam|Omschrijving|IBAN|BIC|Kenmerk|Machtiging ID|Machtiging|Incassant ID|Incassant|Valutadatum|Datum/Tijd"
    r"|Pasvolgnr|Term|Transactie|Doorlopende incasso|Eenmalige incasso|Betalingskenm\.?):?\s",
    re.IGNORECASE,
)
_BNG = re.compile(r"^[A-Z]{2}\d{2}[A-Z0-9]{10,30}\s+(?:[A-Z]{6}[A-Z0-9]{2,5}\s)?(.*)$", re.DOTALL)
# One way only to read each character: a text that does not fit must not be tried in every way there is.
_ABN_CARD = re.compile(r"^(BEA|GEA|eCom),?\s+(?:\S| (?!\s))*?\s{2,}(.+?)(?:,PAS\d+|\s{2,})")
_CASH = ("geldmaat", "geldautomaat", "geldopname", "kasopname", "gea,", "mcc:6011", "opname geld")
_CARD = (
    "bea,", "betaalautomaat", "pasvolgnr", "pasnr", "betaalpas 0", "mcc:", "contactloz", "apple pay", "google pay",
    ",pas0", " kv0", ", nld,", "ecom,",
)  # fmt: skip
_DEBIT = ("incasso", "machtiging", "/marf/", "/csid/", "incassant")
_SIXTEEN = re.compile(r"\b\d{16}\b")  # every iDEAL payment has a transaction number of sixteen digits
_MCC = re.compile(r"\bMCC:(\d{4})")
_CREDITOR_ID = re.compile(r"\bNL\d{2}[A-Z]{3}(\d{8})\d{4}\b")


_NAMES_WITH_DIGITS = frozenset({"50plus", "giro555", "poort6", "woonkracht10", "holland2stay", "nh1816"})


class Line(NamedTuple):
    """The parts of one printed line. `merchant_code` and `chamber_number` (KvK) are "" when not printed.

    `held`: printed by BNG, the bank where municipalities and administrators hold accounts for residents.
    """

    kind: Kind
    name: str
    about: str
    merchant_code: str
    chamber_number: str
    held: bool


def read_line(entry: Entry) -> Line:
    """The parts of an entry's text, whichever bank printed it."""
    printed = entry.remittance.strip().strip("'").strip()
    name, about = _parts(printed, entry.counterparty_name.strip())
    return Line(
        kind=_kind(entry, printed, name),
        name=name,
        about=about,
        merchant_code=_first(_MCC, printed) if "MCC:" in printed else "",
        held=_BNG.match(printed) is not None,
        chamber_number=_chamber_number(entry, printed),
    )


def _chamber_number(entry: Entry, printed: str) -> str:
    """The KvK number inside a Dutch creditor id: NL, two check digits, three signs, eight digits, four digits."""
    if "ZZZ" in printed or entry.creditor_id or "ZZZ" in entry.mandate_id:
        return _first(_CREDITOR_ID, f"{entry.creditor_id} {entry.mandate_id} {printed}")
    return ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _parts(printed: str, name: str) -> tuple[str, str]:
    if "/TRTP/" in printed or "/REMI/" in printed:
        return _of_tags(printed, name)
    if bng := _BNG.match(printed):
        whole = unwrapped(printed)
        inner = _BNG.match(whole)
        return name, f"{inner[1] if inner else bng[1]} {_broken(printed)}"
    if card := _ABN_CARD.match(printed):
        return name or card[2].strip(), printed[card.end() :]
    if "Omschrijving:" in printed:
        return _of_labels(printed, name)
    if "\\" in printed:
        first, _, rest = printed.partition("\\")
        return name or first.strip(), rest.replace("\\", " ")
    if printed.startswith("Europese incasso"):
        return name, re.split(r"\s-(?:Machtiging|Incassant)\b", printed.partition("-")[2])[0]
    if ">" in printed and not name:
        first, _, rest = printed.partition(">")
        return first.strip(), rest
    return name, printed


def _of_tags(printed: str, name: str) -> tuple[str, str]:
    """`/TRTP/…/NAME/…/REMI/…`: what stands behind NAME and REMI."""
    parts = _TAGS.split(unwrapped(printed))
    tags = dict(zip(parts[1::2], parts[2::2], strict=False))
    kept = " ".join(tags.get(tag, "") for tag in ("REMI", "RTRN", "PURP", "ORDP", "BENM"))
    kind = tags.get("TRTP", "")
    about = kept if kept.strip() else kind
    if "kosten" in kind.casefold() or "rente" in kind.casefold():
        about = f"{kind} {kept}"
    return name or tags.get("NAME", "").strip(), f"{about} {_broken(printed)}" if "REMI" in tags else about


def _of_labels(printed: str, name: str) -> tuple[str, str]:
    """`Naam: … Omschrijving: …`: what stands behind these two."""
    parts = _LABELS.split(printed)
    labels: dict[str, str] = {}
    for label, value in zip(parts[1::2], parts[2::2], strict=False):
        labels.setdefault(label.casefold(), value)
    return name or labels.get("naam", "").strip(), labels.get("omschrijving", "")


def unwrapped(printed: str) -> str:
    """The text without the breaks of 65-character lines, where it has one at every place a break would be."""
    places = range(_WRAP, len(printed), _WRAP + 1)
    if not places or any(printed[place] != " " for place in places):
        return printed
    return "".join(printed[start : start + _WRAP] for start in range(0, len(printed), _WRAP + 1))


def _broken(printed: str) -> str:
    """The words at both sides of each break as printed: for lines that only seemed to be broken there."""
    pieces = []
    for place in range(_WRAP, len(printed) - 1, _WRAP + 1):
        if printed[place] == " ":
            pieces += [printed[:place].rpartition(" ")[2], printed[place + 1 :].partition(" ")[0]]
    return " ".join(piece for piece in pieces if "/" not in piece)


def _kind(entry: Entry, printed: str, name: str) -> Kind:
    if entry.counterparty_iban and entry.mandate_id:
        return "debit"
    plain = printed.casefold()
    if entry.counterparty_iban:
        if _has(plain, _DEBIT):
            return "debit"
        return "ideal" if "ideal" in plain or _SIXTEEN.search(printed) else "transfer"
    if _has(plain, _CASH) or _has(name.casefold(), _CASH):
        return "cash"
    if _has(plain, _CARD) or name.endswith("NLD") or plain.endswith((", nl", ", be", ", de")):
        return "card"
    return "debit" if entry.mandate_id or _has(plain, _DEBIT) else "bank"


def _has(plain: str, parts: tuple[str, ...]) -> bool:
    for part in parts:  # noqa: SIM110  a plain loop is three times as fast, and this runs for every entry
        if part in plain:
            return True
    return False


def readable(line: Line) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folded words of name and text, without account numbers, bank codes and reference numbers."""
    name = tuple([word for word in words(line.name) if len(word) < 8 or _is_a_word(word)])
    about = tuple([word for word in words(line.about) if word.isalpha() or _may_mean_something(word)])
    return name, about if "notprovided" not in about else tuple(word for word in about if word != "notprovided")


def _is_a_word(word: str) -> bool:
    is_bank_code = len(word) in (8, 11) and word[4:7] == "nl2"
    return not (is_bank_code or word == "notprovided" or (len(word) > 14 and not word.isalpha()))


def _may_mean_something(word: str) -> bool:
    """Of words with digits the short ones ("q1", "am04", "2e") and a few names; the rest are references and dates."""
    return (len(word) < 6 and not (word.isdigit() and len(word) > 2)) or word in _NAMES_WITH_DIGITS
