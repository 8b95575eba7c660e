"""What one payment of a camt line says: references, the other side, remittance, batch; filled into the line's draft."""

import re
from typing import Any

from lxml.etree import _Element

from budgeting.core.iban import normalise
from budgeting.core.readers.camt_words import Account, Kids, Names, children, code_of, content, count_of, first, text_at
from budgeting.core.readers.coded_text import coded_details

_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9 ]{6,28}", re.ASCII).fullmatch


def fill(draft: Any, part: _Element, account: Account, text: str) -> None:
    """Fill in what a detail says; the line's own `text` tells of the payment only when it has just one."""
    names = account.names
    kids: Kids = {child.tag: child for child in part}
    get = kids.get
    if (found := get(names.Refs)) is not None:
        _fill_references(draft, found, names)
    if (found := get(names.RltdPties)) is not None:
        _fill_counterparty(draft, found, account)
    if (found := get(names.RmtInf)) is not None:
        _fill_remittance(draft, found, account)
    if (found := get(names.RtrInf)) is not None:
        draft.return_reason = _return_reason(found, account.cut)
    if not draft.bank_code and not draft.proprietary_code and (found := get(names.BkTxCd)) is not None:
        draft.bank_code, draft.proprietary_code = code_of(found, account)
    fill_from_text(draft, content(get(names.AddtlTxInf)), text)


def _fill_references(draft: Any, refs: _Element, names: Names) -> None:
    for ref in refs:
        text = (ref.text or "").strip()
        if ref.tag == names.EndToEndId:
            draft.end_to_end_id = "" if text == "NOTPROVIDED" else text
        elif ref.tag == names.MndtId:
            draft.mandate_id = "" if text == "NOTPROVIDED" else text
        elif ref.tag == names.AcctSvcrRef:
            draft.bank_reference = text or draft.bank_reference
        elif ref.tag == names.PmtInfId:
            draft.batch_id = text


def _fill_counterparty(draft: Any, parties: _Element, account: Account) -> None:
    """The party on the other side and its IBAN: the debtor of money in, the creditor of money out.

    Returned and reversed payments are told from either side's view; our own account then shows which side is ours.
    """
    names = account.names
    kids: Kids = {child.tag: child for child in parties}
    far, far_account = kids.get(names.Dbtr), kids.get(names.DbtrAcct)
    near, near_account = kids.get(names.Cdtr), kids.get(names.CdtrAcct)
    if draft.amount < 0:
        far, far_account, near, near_account = near, near_account, far, far_account
    iban = _iban(far_account, account)
    if (iban and iban == account.iban) or (far is None and not iban):
        far, iban = near, _iban(near_account, account)
        if iban == account.iban:
            return
    draft.counterparty_iban = iban
    if far is not None and len(far):
        _fill_party(draft, far, account)


def _iban(holder: _Element | None, account: Account) -> str:
    """The IBAN of an account, mostly the first of the first; looked for when it is not."""
    if holder is None:
        return ""
    names = account.names
    try:
        identification = holder[0]
        number = identification[0]
        if number.tag == names.IBAN and identification.tag == names.Id:
            text = number.text or ""
            return text if text.isalnum() and text.isupper() else normalise(text)
    except IndexError:  # nothing stands in it, or what stands first is empty
        pass
    return normalise(text_at(holder, account.cut, "Id", "IBAN"))


def _fill_party(draft: Any, party: _Element, account: Account) -> None:
    """The name: straight under the party up to .03, under `Pty` or a bank's `Agt` since; and a creditor's id."""
    names = account.names
    first = party[0]
    holder = party
    if first.tag == names.Pty and len(first):
        holder, first = first, first[0]
    if first.tag == names.Nm:
        draft.counterparty_name = (first.text or "").strip()
    else:
        cut = account.cut
        draft.counterparty_name = text_at(holder, cut, "Nm") or text_at(holder, cut, "Agt", "FinInstnId", "Nm")
    if len(holder) > 1:
        draft.creditor_id = _creditor(holder, account.cut)


def _creditor(party: _Element, cut: int) -> str:
    """The creditor's SEPA identification: a private or organisation's other id of the scheme SEPA, or of its shape."""
    identification = first(party, cut, "Id")
    for kind in identification if identification is not None else ():
        text = text_at(kind, cut, "Othr", "Id")
        scheme = first(kind, cut, "Othr", "SchmeNm")
        if _CREDITOR_ID(text) or (scheme is not None and any(content(one) == "SEPA" for one in scheme)):
            return text
    return ""


def _fill_remittance(draft: Any, information: _Element, account: Account) -> None:
    """What the payer wrote, untouched (lines of several `Ustrd` apart), and the first structured reference."""
    cut = account.cut
    lines, added = [], []
    for child in information:
        if child.tag == account.names.Ustrd:
            lines.append(child.text or "")
        elif child.tag[cut:] == "Strd":
            reference = text_at(child, cut, "CdtrRefInf", "Ref") or text_at(child, cut, "CdtrRefInf", "CdtrRef")
            draft.structured_reference = draft.structured_reference or reference
            added += [one.text or "" for one in child if one.tag[cut:] == "AddtlRmtInf"]
    draft.remittance = "\n".join(lines or added)


def fill_from_text(draft: Any, own: str, of_line: str) -> None:
    """Fill in from the bank's coded text what the elements leave open; plain text stands for a remittance."""
    text = own or of_line
    if text[:1] == "/" and (
        not (draft.counterparty_name and draft.counterparty_iban and draft.remittance)
        or (draft.mandate_id and not draft.creditor_id)
        or "/RTRN/" in text
    ):
        said = coded_details(text)
        draft.counterparty_name = draft.counterparty_name or said.name
        draft.counterparty_iban = draft.counterparty_iban or said.iban
        draft.remittance = draft.remittance or said.remittance
        draft.structured_reference = draft.structured_reference or said.reference
        draft.end_to_end_id = draft.end_to_end_id or said.end_to_end
        draft.mandate_id = draft.mandate_id or said.mandate
        draft.creditor_id = draft.creditor_id or said.creditor
        draft.return_reason = draft.return_reason or said.return_reason
    draft.remittance = draft.remittance or draft.structured_reference or text


def fill_batch(draft: Any, batch: _Element, cut: int) -> None:
    """Fill in which batch a line or payment is of, and how many payments the bank says it holds."""
    kids = children(batch, cut)
    draft.batch_id = content(kids.get("PmtInfId")) or draft.batch_id or content(kids.get("MsgId"))
    draft.batch_count = count_of(content(kids.get("NbOfTxs")))


def _return_reason(returned: _Element, cut: int) -> str:
    reason = next((child for child in returned if child.tag[cut:] in {"Rsn", "RtrRsn"}), None)
    return text_at(reason, cut, "Cd") or text_at(reason, cut, "Prtry")
