"""The journal of a period for the town's financial system, as CSV or as XAF 3.2, the same bytes every time.

A journal entry is never changed, but one may be booked later on an earlier day: `up_to` names the last entry that is
counted, and repeats an earlier export exactly. Residents are told by their number, never by name.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from xml.sax.saxutils import escape

from django.db.models import Case, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from budgeting.actions.ledger_codes import codes_at, last_code
from budgeting.core.money import ZERO
from budgeting.models import Allocation, JournalEntry, Posting, Town
from payments.models import PaymentOrder

COLUMNS = (
    "journal_entry", "booked_on", "kind", "account", "resident", "debit", "credit", "end_to_end_id", "reason",
    "category", "ledger_code",
)  # fmt: skip
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NAMESPACE = "http://www.auditfiles.nl/XAF/3.2"
_KINDS = {
    "bank": "Bankrekening",
    "resident": "Inwoner",
    "advance": "Voorschot aan inwoner",
    "suspense": "Tussenrekening",
    "in_transit": "Kruispost",
    "own": "Gemeente",
}


@dataclass(frozen=True, slots=True)
class Period:
    """`since` <= day < `until`; of entries up to a number, or up to the last there is now (0).

    `codes` names the last change of a ledger code that counts, or the last there is now (0).
    """

    since: date
    until: date
    up_to: int = 0
    codes: int = 0

    def fixed(self) -> "Period":
        """The same, with the last entry and the last code named, so that it can be repeated."""
        last = self.up_to or JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        return replace(self, up_to=last, codes=self.codes or last_code())


@dataclass(frozen=True, slots=True)
class Line:
    """One posting; `amount` is euro, above zero for debit. `owner` is an IBAN, a resident's number or nothing.

    `category` is what the money of a resident was for, where that is known.
    """

    entry: int
    booked_on: date
    kind: str
    account: str
    owner: str
    amount: Decimal
    reference: str
    reason: str
    category: str = ""

    def code(self, codes: Mapping[str, str]) -> str:
        """What the town's own system calls it: by its category when that has a code, else by its ledger account."""
        return codes.get(f"category:{self.category}") or codes.get(f"account:{self.account}", "")

    @property
    def account_id(self) -> str:
        """What the account is called in the export."""
        return f"{self.account}-{self.owner}" if self.owner else self.account


def lines_of(period: Period) -> Iterator[Line]:
    """Every posting of the period, in the order of the journal."""
    rows = Posting.objects.filter(
        journal_entry__booked_on__gte=period.since,
        journal_entry__booked_on__lt=period.until,
        journal_entry__lte=period.up_to,
    )
    rows = rows.annotate(category=_category())
    fields = (
        "journal_entry", "journal_entry__booked_on", "journal_entry__kind", "account__kind",
        "account__bank_account__iban", "account__resident__number", "amount", "end_to_end_id", "journal_entry__reason",
        "category",
    )  # fmt: skip
    for entry, day, kind, account, iban, number, *rest in rows.order_by("journal_entry", "pk").values_list(*fields):
        yield Line(entry, day, kind, account, iban or number or "", *rest)


def _category() -> Combinable:
    """Of money of a resident: what the entry was said to be for, else what the order paid that moved with it."""
    of_one = Q(account__kind="resident")
    said = Allocation.objects.filter(
        journal_entry=OuterRef("journal_entry"), resident=OuterRef("account__resident"), undoes=None
    )
    moved = Posting.objects.filter(journal_entry=OuterRef(OuterRef("journal_entry"))).exclude(end_to_end_id="")
    paid = PaymentOrder.objects.filter(end_to_end_id__in=moved.values("end_to_end_id"))
    first = (Subquery(rows.order_by("pk").values("category")[:1]) for rows in (said, paid))
    return Case(When(of_one, then=Coalesce(*first, Value(""))), default=Value(""))


def as_csv(period: Period) -> bytes:
    """RFC 4180 in UTF-8 with a line of names; amounts with a point and two decimals, in debit or in credit."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    codes = codes_at(period.codes)
    for line in lines_of(period):
        debit, credit = _both(line.amount)
        texts = (line.account_id, line.owner if line.account in {"resident", "advance"} else "")
        told = (debit, credit, line.reference, line.reason, line.category, line.code(codes))
        cells = (line.entry, line.booked_on, line.kind, *texts, *told)
        writer.writerow([harmless(str(cell)) for cell in cells])
    return text.getvalue().encode()


def as_xaf(period: Period) -> bytes:
    """XML Auditfile Financieel 3.2: header, accounts, months, and a journal for each kind of movement."""
    lines = sorted(lines_of(period), key=lambda line: (line.kind, line.entry))
    town = Town.objects.values_list("name", flat=True).first() or ""
    debit = sum((line.amount for line in lines if line.amount > ZERO), ZERO)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', f'<auditfile xmlns="{_NAMESPACE}">', *_header(period)]
    parts += ["<company>", _tag("companyName", town), _tag("taxRegistrationCountry", "NL"), _tag("taxRegIdent", "-")]
    parts += [
        "<generalLedger>",
        *_accounts(lines, codes_at(period.codes)),
        "</generalLedger>",
        "<periods>",
        *_months(period),
        "</periods>",
    ]
    parts += ["<transactions>", _tag("linesCount", len(lines)), _tag("totalDebit", debit), _tag("totalCredit", debit)]
    parts += [
        part for kind, some in groupby(lines, key=lambda line: line.kind) for part in _journal(kind, some, period)
    ]
    parts += ["</transactions>", "</company>", "</auditfile>", ""]
    return "\n".join(parts).encode()


FORMS = {"csv": as_csv, "xaf": as_xaf}


def digest(data: bytes) -> str:
    """The checksum that goes with an export."""
    return hashlib.sha256(data).hexdigest()


def harmless(cell: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it, and is text."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _both(amount: Decimal) -> tuple[str, str]:
    return (f"{amount:.2f}", "") if amount > ZERO else ("", f"{-amount:.2f}")


def _header(period: Period) -> Iterator[str]:
    last = period.until - timedelta(days=1)
    yield "<header>"
    yield _tag("fiscalYear", last.year)
    yield _tag("startDate", period.since)
    yield _tag("endDate", last)
    yield _tag("curCode", "EUR")
    # Not the clock: the same export is the same bytes on any day.
    yield _tag("dateCreated", last)
    yield _tag("softwareDesc", f"Huishoudboekje, up to journal entry {period.up_to}"[:50])
    yield _tag("softwareVersion", "1")
    yield "</header>"


def _accounts(lines: Iterable[Line], codes: Mapping[str, str]) -> Iterator[str]:
    for name, kind, owner in sorted({(line.account_id, line.account, line.owner) for line in lines}):
        yield "<ledgerAccount>"
        yield _tag("accID", name)
        yield _tag("accDesc", f"{_KINDS[kind]} {owner}".strip())
        yield _tag("accTp", "P" if kind == "own" else "B")
        if code := codes.get(f"account:{kind}"):
            yield _tag("leadCode", code)
        yield "</ledgerAccount>"


def _months(period: Period) -> Iterator[str]:
    for number, (first, last) in enumerate(_each_month(period), 1):
        yield f"<period>{_tag('periodNumber', number)}{_tag('periodDesc', f'{first:%Y-%m}')}"
        yield f"{_tag('startDatePeriod', first)}{_tag('endDatePeriod', last)}</period>"


def _each_month(period: Period) -> Iterator[tuple[date, date]]:
    first = period.since
    while first < period.until:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        until = min(following, period.until)
        yield first, until - timedelta(days=1)
        first = until


def _journal(kind: str, lines: Iterable[Line], period: Period) -> Iterator[str]:
    yield "<journal>"
    yield _tag("jrnID", kind)
    yield _tag("desc", kind)
    yield _tag("jrnTp", "B" if kind == "entry" else "M")
    for entry, some in groupby(lines, key=lambda line: line.entry):
        yield from _transaction(entry, list(some), period)
    yield "</journal>"


def _transaction(entry: int, lines: list[Line], period: Period) -> Iterator[str]:
    first = lines[0]
    month = (first.booked_on.year - period.since.year) * 12 + first.booked_on.month - period.since.month + 1
    yield f"<transaction>{_tag('nr', entry)}{_tag('desc', first.reason or first.kind)}"
    yield f"{_tag('periodNumber', month)}{_tag('trDt', first.booked_on)}"
    for number, line in enumerate(lines, 1):
        yield f"<trLine>{_tag('nr', number)}{_tag('accID', line.account_id)}{_tag('docRef', line.reference or entry)}"
        yield f"{_tag('effDate', line.booked_on)}{_tag('desc', line.reason or line.kind)}"
        yield f"{_tag('amnt', abs(line.amount))}{_tag('amntTp', 'D' if line.amount > ZERO else 'C')}</trLine>"
    yield "</transaction>"


def _tag(name: str, value: object) -> str:
    text = f"{value:.2f}" if isinstance(value, Decimal) else str(value)
    readable = "".join(sign for sign in text if sign.isprintable())
    return f"<{name}>{escape(readable)}</{name}>"
