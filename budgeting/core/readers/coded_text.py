"""The information line of a booking, as banks code it: `/TRTP/…/IBAN/…/REMI/…`, German `?20` fields, or plain columns.

The same codes stand in MT940 (`:86:`), in camt (`AddtlNtryInf`) and in the TAB export of ABN AMRO. `read_text` knows
the families and takes from free text only what is certain. A payer writes the remittance and may write codes into it:
a field that comes twice with different contents is therefore not believed.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from budgeting.core.iban import is_iban, normalise


class Details(NamedTuple):
    """What an information line says of the other side; `remittance` is what the payer wrote, else the whole text."""

    name: str = ""
    iban: str = ""
    remittance: str = ""
    reference: str = ""
    end_to_end: str = ""
    mandate: str = ""
    creditor: str = ""
    batch: str = ""
    batch_count: str = ""
    return_reason: str = ""


# Codes of the annexes of ABN AMRO, ING, Rabobank, Knab, bunq, ASN and Van Lanschot. Sub-codes (/ORDP//ID/,
# /CDTRREFTP//CD/) are read with their parent, because two letters between slashes also occur in what people write.
_CODES = frozenset((
    "TRTP", "RTYP", "IBAN", "BBAN", "BIC", "NAME", "REMI", "EREF", "MARF", "CSID", "ORDP", "BENM", "ADDR", "ISDT",
    "PREF", "NRTX", "PIND", "RTRN", "CNTP", "PURP", "ULTD", "ULTC", "ULTB", "UDTR", "UCRD", "SVCL", "ACCW",
    "CDTRREFTP", "CDTRREF", "OCMT", "CHGS", "EXCH", "TRCD", "KREF", "CREF", "SUM",
))  # fmt: skip
# What most payments say, in the order of ABN AMRO, Knab, bunq and Van Lanschot, with no slash in any value.
_USUAL = re.compile(
    r"(?:/TRTP/[^/]*)?/IBAN/([A-Z]{2}[0-9]{2}[A-Z0-9]{8,30})(?:/BIC/[^/]*)?/NAME/([^/\n]*)/REMI/([^/]*)(?:/EREF/([^/\n]*))?",
    re.ASCII,
).fullmatch
_BLANK = " " * 60
# What the bank itself vouches for; were a payer to write it too, neither would be believed.
_OF_THE_BANK = frozenset(("IBAN", "CNTP"))
_GERMAN = re.compile(r"\s?[0-9]{3}([?>])(?=[0-9]{2})")
# Behind a label of the bank's own, the shape is enough: it is the bank that vouches for the number, not the payer.
IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", re.ASCII).fullmatch
_LEADING_IBAN = re.compile(r"\s*([A-Z]{2}[0-9]{2}[A-Z0-9]{8,30})(?!\S)").match
_IBAN_IN_TEXT = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}(?![A-Z0-9])")
# The columns of ABN AMRO before its codes, the sentences of ING's export, and Knab's `REK: …/NAAM: …`.
_LABELS = re.compile(
    r"\b(IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING(?: ID)?|INCASSANT(?: ID)?|ID DEBITEUR|BETALINGSKENM(?:ERK)?\.?|"
    r"REK|BET KENMERK|VALUTADATUM|DATUM/TIJD|PASVOLGNR|TRANSACTIE|TERM|ANDERE PARTIJ): ?",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"\b(?:IBAN|NAAM|REK|OMSCHRIJVING): ", re.IGNORECASE).search
_SEPA_LABELS = re.compile(r"(?<![A-Z])(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|IBAN|BIC)\+ ?")
_DUTCH_REFERENCE = re.compile(r"BETALINGSKENM(?:ERK)?[.:]* *([0-9][0-9 ]{5,20}[0-9])(?![0-9])")


def read_text(text: str) -> Details:
    """The details of an information line whose lines are joined (`unwrapped`)."""
    if text.startswith("/") or "/TRTP/" in text:
        return coded_details(text)
    german = _GERMAN.match(text)
    if german:
        return _german_details(text, german[1])
    if ": " in text and _LABELLED(text):
        return _labelled_details(text)
    return _free_details(text)


def unwrapped(lines: list[str], *, width: int = 65) -> str:
    """Lines of a fixed width made one text: a full line runs on into the next, a short one was ended on purpose.

    ING counts the four characters of `:86:` on the first line, so that one is full from `width` - 4.
    """
    if len(lines) == 1:
        return lines[0].rstrip()
    # Most texts have full lines and a last one, and most of those are three: asked without a loop, a million times.
    if len(lines[0]) == width and (len(lines[1]) == width if len(lines) == 3 else _full(lines[1:-1], width)):
        text = "".join(lines)
        if _BLANK not in text:
            return text.rstrip()
    text, full = "", True
    for number, line in enumerate(lines):
        content = line.rstrip() if len(line) < width or line.isspace() else line
        if content:
            text = text + content if full else f"{text.rstrip()}\n{content}"
        full = len(content) >= (width if number else width - 4)
    return text.rstrip()


def _full(lines: list[str], width: int) -> bool:
    return not lines or {*map(len, lines)} == {width}


def coded_details(text: str) -> Details:
    """The details of a text of /CODE/value pairs; text without any known code is remittance."""
    usual = _USUAL(text)
    if usual is not None:
        iban, name, remittance, end_to_end = usual.groups("")
        end_to_end = "" if end_to_end == "NOTPROVIDED" else end_to_end.strip()
        reference = _dutch_reference(remittance) if "BETALINGSKENM" in remittance else ""
        name = " ".join(name.split()) if "  " in name else name.strip()
        # The fields as they stand, without going over the arguments by name: it is done a million times.
        return tuple.__new__(Details, (name, iban, remittance.strip("\n"), reference, end_to_end, "", "", "", "", ""))
    before, found, twice = _coded(text)
    if not found:
        return _free_details(text)
    get = found.get
    iban, name = get("IBAN", ""), get("NAME", "")
    if "CNTP" in found:
        iban, name = _counterparty_of_ing(found["CNTP"])
    if not IBAN_SHAPE(iban):
        iban = _plain(iban)
    if twice or not IBAN_SHAPE(iban):
        iban = _leading_iban(before)
    remittance, reference = _remittance(found, before)
    if not reference:
        reference = _plain(found["CDTRREF"]) if "CDTRREF" in found else _dutch_reference(remittance)
    name = " ".join(name.split()) if "\n" in name or "  " in name else name.strip()
    end_to_end = _given(found["EREF"]) if "EREF" in found else ""
    if found.keys().isdisjoint(_SELDOM):
        return Details(name, iban, remittance, reference, end_to_end)
    return Details(
        name,
        iban,
        remittance,
        reference,
        end_to_end,
        _given(get("MARF", "")),
        _plain(get("CSID", "")),
        _given(get("PREF", "")),
        _plain(get("NRTX", "")),
        _plain(get("RTRN", "")),
    )


_SELDOM = frozenset(("MARF", "CSID", "PREF", "NRTX", "RTRN"))


def _coded(text: str) -> tuple[str, dict[str, str], bool]:
    """What stands before the first code, the first value of each, and whether the other side's IBAN differs in two.

    A code stands between slashes and not straight behind another: `/REMI/NAME/x` is a remittance that says "NAME/x".
    """
    parts = text.split("/")
    found: dict[str, str] = dict(zip(parts[1::2], parts[2::2], strict=False))
    if len(parts) == 2 * len(found) + 1 and _CODES.issuperset(found):
        return parts[0], found, False  # code, value, code, value: no slash in any value, no code twice
    found = {}
    code, start, twice = "", 0, False
    places = [place for place, part in enumerate(parts) if part in _CODES]
    places.append(len(parts))
    for place in places:
        if place == start or place == len(parts) - 1:
            continue
        value = parts[start] if place == start + 1 else "/".join(parts[start:place])
        if not found.get(code):
            found[code] = value
        elif value and code in _OF_THE_BANK and found[code] != value:
            twice = True
        code, start = (parts[place], place + 1) if place < len(parts) else ("", start)
    return found.pop(""), found, twice


def _plain(value: str) -> str:
    """A value that holds no spaces of its own: what wrapping or closing slashes left is taken out."""
    return "".join(value.split()).strip("/")


def _given(value: str) -> str:
    """An identification, which may hold spaces but no line ends; NOTPROVIDED says that there is none."""
    plain = value.replace("\n", "").strip(" /")
    return "" if plain.upper() == "NOTPROVIDED" else plain


def _leading_iban(text: str) -> str:
    """SNS and ASN put the other side's IBAN before the codes."""
    found = _LEADING_IBAN(text)
    return found[1] if found else ""


def _counterparty_of_ing(value: str) -> tuple[str, str]:
    """IBAN and name of `IBAN/BIC/name/city/`; a name may hold slashes, the city is hardly ever filled."""
    parts = value.rstrip("/").split("/", 2)
    name = parts[2] if len(parts) > 2 else ""
    return _plain(parts[0]), name


def _remittance(found: dict[str, str], before: str) -> tuple[str, str]:
    """What the payer wrote, and the structured reference when ING gives it as such."""
    value = found.get("REMI", "")
    if value.startswith("USTD//"):
        return value[6:].removesuffix("/").strip("\n"), ""
    if value.startswith("STRD/"):
        reference = _plain(value.rstrip("/").rpartition("/")[2])
        return reference, reference
    return value.strip("\n") or before.strip(), ""


def _dutch_reference(text: str) -> str:
    """The digits behind a Dutch label for the payment reference, without their spaces."""
    found = _DUTCH_REFERENCE.search(text) if "BETALINGSKENM" in text else None
    return found[1].replace(" ", "") if found else ""


def _german_details(text: str, sign: str) -> Details:
    """Fields of two digits behind `?` (Triodos: `>`): 20-29 and 60-63 purpose, 30 BIC, 31 account, 32-33 name."""
    whole = text.replace("\n", "")
    parts = re.split(rf"\{sign}([0-9]{{2}})", whole)
    fields = list(zip(parts[1::2], parts[2::2], strict=True))
    purpose = "".join(value for code, value in fields if "20" <= code <= "29" or "60" <= code <= "63")
    labels = _pairs(_SEPA_LABELS, purpose)
    account = next((_plain(value) for code, value in fields if code == "31"), "")
    if sign == ">":  # Triodos gives its customer's own number in 31, the other side's IBAN in the purpose
        account = ""
    return Details(
        name="".join(value for code, value in fields if code in {"32", "33"}).strip(),
        iban=account if IBAN_SHAPE(account) else _plain(labels.get("IBAN", "")) or _first_iban(v for _, v in fields),
        remittance=labels.get("SVWZ", purpose).strip(),
        end_to_end=_given(labels.get("EREF", "")),
        mandate=_given(labels.get("MREF", "")),
        creditor=_plain(labels.get("CRED", "")),
    )


def _labelled_details(text: str) -> Details:
    """A text of labels: ABN AMRO's columns (whose padding is the bank's), ING's sentences, Knab's `REK: …/NAAM: …`."""
    labels = _pairs(_LABELS, text)
    get = labels.get
    account = _plain(get("IBAN", "") or get("REK", ""))
    reference = next((value for label, value in labels.items() if label.startswith("BET")), "").replace(" ", "").strip()
    return Details(
        name=" ".join(get("NAAM", "").split()),
        iban=account if IBAN_SHAPE(account) else "",
        remittance=_unpadded(labels["OMSCHRIJVING"]) if "OMSCHRIJVING" in labels else text,
        reference=reference if reference.isascii() and reference.isdigit() else "",
        end_to_end=_given(" ".join(get("KENMERK", "").split())),
        mandate=_given(get("MACHTIGING", "") or get("MACHTIGING ID", "")),
        creditor=_plain(get("INCASSANT", "") or get("INCASSANT ID", "")),
    )


def _unpadded(text: str) -> str:
    """A text without the ends of a column in it, where three spaces or a line end show that there are columns."""
    return " ".join(text.split()) if "   " in text.strip() or "\n" in text.strip() else text.strip()


def _free_details(text: str) -> Details:
    """Free text: an IBAN that stands first with the name behind it, or any whole IBAN when there is just one."""
    iban = _first_iban((text,))
    name = ""
    if iban and text.startswith(iban):
        rest = text[len(iban) :].partition("\n")[0].strip(" ")
        name = rest if "  " not in rest and len(rest) <= 40 and "\n" in text else ""
    return Details(name=name, iban=iban, remittance=text.strip("\n"), reference=_dutch_reference(text))


def _first_iban(texts: Iterable[str]) -> str:
    """The one IBAN in texts; "" when there are none or several, since then none is certain."""
    found = {one for text in texts for one in _IBAN_IN_TEXT.findall(text) if is_iban(one)}
    return normalise(found.pop()) if len(found) == 1 else ""


def ing_sentence(text: str) -> Details:
    """The sentence of ING's export: `Naam: … Omschrijving: … IBAN: … Kenmerk: …`; the last IBAN is the bank's own.

    A sentence of any other order is read by its labels.
    """
    usual = _USUAL_ING(text)
    if usual is not None:
        remittance, iban, end_to_end = usual.groups("")
        end_to_end = "" if end_to_end == "NOTPROVIDED" else end_to_end
        return tuple.__new__(Details, ("", iban, remittance, "", end_to_end, "", "", "", "", ""))
    _, label, rest = text.partition("Omschrijving: ")
    remittance, _, rest = rest.rpartition(" IBAN: ")
    rest = rest.partition(" Valutadatum: ")[0]
    found = dict.fromkeys(_ING_LABELS, "")
    for name in _ING_LABELS:
        if name in rest:
            rest, _, found[name] = rest.rpartition(name)
    iban = rest.partition(" ")[0]
    if not label or not IBAN_SHAPE(iban):
        return read_text(text)
    creditor, mandate, end_to_end = found.values()
    return Details("", iban, remittance, "", _given(end_to_end), _given(mandate), creditor.partition(" ")[0])


# What most payments say: no colon in any value, so that each label is the bank's, and no space in the reference.
_USUAL_ING = re.compile(
    r"(?:[^:]*+: )?[^:]*+(?<=Omschrijving): ([^:]*) IBAN: ([A-Z]{2}[0-9]{2}[A-Z0-9]{8,30})"
    r"(?: Kenmerk: ([^: ]*+))?+ Valutadatum: [^:]*+",
    re.ASCII,
).fullmatch
# From the end: each stands behind the one before.
_ING_LABELS = (" Incassant ID: ", " Machtiging ID: ", " Kenmerk: ")


def _pairs(labels: re.Pattern[str], text: str) -> dict[str, str]:
    """The text behind each label up to the next; the first of equal labels counts."""
    parts = labels.split(text)
    pairs: dict[str, str] = {}
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        pairs.setdefault(label.upper(), value)
    return pairs
