"""The words and small moves that reading camt takes: names of elements, texts down a path, days, codes, signs.

A file has one namespace. Names are compared whole, namespace included, where it is done for every entry; elsewhere the
namespace is cut off (`cut` is its length).
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

from lxml.etree import _Element, tostring

from budgeting.core.iban import normalise
from budgeting.core.readers.written import NotWrittenSo, iso_day

SIGNS = {"CRDT": 1, "DBIT": -1}

# A statement that writes more codes than this is odd, and is read without remembering more.
_MOST_CODES = 1024

Kids = dict[str, _Element]


@dataclass(frozen=True, slots=True)
class Names:
    """The names of elements as lxml gives them, namespace included: comparing them whole spares cutting each."""

    Amt: str
    CdtDbtInd: str
    Sts: str
    RvslInd: str
    BookgDt: str
    ValDt: str
    AcctSvcrRef: str
    NtryRef: str
    BkTxCd: str
    AddtlNtryInf: str
    NtryDtls: str
    TxDtls: str
    Btch: str
    Refs: str
    EndToEndId: str
    MndtId: str
    PmtInfId: str
    AmtDtls: str
    AddtlTxInf: str
    RltdPties: str
    Dbtr: str
    DbtrAcct: str
    Cdtr: str
    CdtrAcct: str
    Id: str
    IBAN: str
    Nm: str
    Pty: str
    RmtInf: str
    Ustrd: str
    RtrInf: str


class Account(NamedTuple):
    """What stands above the entries of one statement: how elements are called, whose account it is, and, where entries
    need no day (052 and 054), the day of the report. `codes` remembers what codes say, as `code_of` found it."""

    names: Names
    entry: str
    cut: int
    iban: str
    made_on: date | None
    codes: dict[bytes, tuple[str, str]]


def local_name(element: _Element) -> str:
    """The name of an element without its namespace."""
    tag: str = element.tag
    return tag[tag.rfind("}") + 1 :]


def children(element: _Element, cut: int) -> Kids:
    """The children of an element by local name; of several with one name the last."""
    return {child.tag[cut:]: child for child in element}


def account_of(holder: _Element | None, kind: str) -> Account:
    """What is known of the account when its first entry comes by."""
    assert holder is not None  # an entry always stands in its report
    cut = holder.tag.rfind("}") + 1
    names = Names(*(holder.tag[:cut] + one.name for one in fields(Names)))
    kids = children(holder, cut)
    made_on = None
    if kind != "053":
        try:
            made_on = iso_day(content(kids.get("CreDtTm")))
        except NotWrittenSo:
            made_on = None
    return Account(names, f"{holder.tag[:cut]}Ntry", cut, account_name(kids.get("Acct"), cut), made_on, {})


def account_name(account: _Element | None, cut: int) -> str:
    """The IBAN, or the bank's own number where there is none; "" without either."""
    identification = first(account, cut, "Id")
    if identification is None:
        return ""
    return normalise(text_at(identification, cut, "IBAN")) or next(
        (text for one in identification if (text := text_at(one, cut, "Id"))), ""
    )


def first(element: _Element | None, cut: int, *path: str) -> _Element | None:
    """The first element down a path of local names, or None."""
    for name in path:
        element = next((child for child in element if child.tag[cut:] == name), None) if element is not None else None
    return element


def text_at(element: _Element | None, cut: int, *path: str) -> str:
    """The text of the first element down a path, "" when there is none."""
    found = first(element, cut, *path)
    return (found.text or "").strip() if found is not None else ""


def content(element: _Element | None) -> str:
    """The text straight in an element, without white space around it; "" when there is none."""
    return (element.text or "").strip() if element is not None else ""


def day_in(element: _Element | None) -> date | None:
    """The day in `Dt` or `DtTm`, or None when the element is not there."""
    if element is None or not len(element):
        return None
    return iso_day((element[0].text or "").strip())


def count_of(text: str) -> int:
    """A number of payments; 0 when the text is none, or more than any file holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def code_of(code: _Element, account: Account) -> tuple[str, str]:
    """Domain, family and sub-family as one text (PMNT/RCDT/ESCT), and the bank's own code.

    A file has few codes and each comes many times: what one says is remembered by how it is written.
    """
    written = tostring(code, with_tail=False)
    told = account.codes.get(written)
    if told is None:
        told = _told(code, account.cut)
        if len(account.codes) < _MOST_CODES:
            account.codes[written] = told
    return told


def _told(code: _Element, cut: int) -> tuple[str, str]:
    holder = ""
    found: dict[str, str] = {}
    for part in code.iter():
        name = part.tag[cut:]
        if name in {"Domn", "Fmly", "Prtry"}:
            holder = name
        found.setdefault(f"{holder}/{name}", content(part))
    domain = [found.get(place, "") for place in ("Domn/Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "/".join(domain) if any(domain) else "", found.get("Prtry/Cd", "")
