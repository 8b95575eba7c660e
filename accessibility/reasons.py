"""Reason codes as sentences for colleagues: why an entry fits, why an order is held, why money came back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext as counted

from accessibility import plain
from accessibility.languages import language_for

Source = str | tuple[str, str]


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Both sources of a reason that counts `days`; named so that `makemessages` finds it."""
    return one, many


# Codes and values as `budgeting.core.match_reasons` and `budgeting.actions.recognition` give them.
MATCHING: dict[str, Source] = {
    "same_reference": _("same payment reference"),
    "same_iban": _("same account number"),
    "word": _("“{word}” is in the text"),
    "number": _("the number {number} is in the text"),
    "name": _("the name {name} is in the text"),
    "amount_as_agreed": _("{amount}, as agreed"),
    "amount_in_range": _("{amount}, between {low} and {high} as agreed"),
    "on_the_day": _("on the expected day, {due}"),
    "days_late": ngettext("{days} day later than {due}", "{days} days later than {due}"),
    "days_early": ngettext("{days} day earlier than {due}", "{days} days earlier than {due}"),
    "other_direction": _("the money goes the other way"),
    "amount_outside_range": _("{amount} is not between {low} and {high}"),
    "word_missing": _("“{word}” is not in the text"),
    "name_differs": _("only a part of the name {name} is in the text"),
    "no_words": _("the agreement has no words to recognise it by"),
    "other_iban": _("another account number: {iban}"),
    "unknown_iban": _("an account number we do not know"),
    "other_reference": _("another payment reference"),
    "outside_window": _("far from the expected day, {due}"),
    "outside_period": _("outside the period of the agreement"),
    "points_at_several": _("fits several residents"),
    "shared_account": _("this account pays several residents"),
    "several_fit": _("several agreements fit equally well"),
    "zero_amount": _("the amount is zero"),
    "other_currency": _("not in euro but in {currency}"),
    "reversal": _("the bank takes back an earlier entry"),
    "returned": _("a payment that came back ({reason})"),
    "not_booked": _("not booked by the bank yet ({status})"),
    "unknown_account": _("an account number we do not know"),
    "nothing_fits": _("no agreement fits"),
    "same_counterparty": _("earlier entries of {name} were for this"),
    "learnt": _("learnt from earlier decisions: {words}"),
    "known_kind": _("we know the other side as {kind}"),
    "shape": _("the entry looks like it: {shape}"),
    "nothing_known": _("nothing in the entry says what it is for"),
    "taken_back": _("a colleague took it back: {reason}"),
    "cancels_another": _("another line of this statement takes exactly {amount} the other way: look at it at the bank"),
    "large_in_mt940": _(
        "{amount} is a large amount, and this kind of file can be tampered with: look at it at the bank"
    ),
    "own_payment": _("a payment of our own"),
    "own_payment_returned": _("a payment of our own that came back ({reason})"),
    "own_id_other_amount": _("the number of a payment of our own ({id}), with another amount"),
}

# Reasons of held, cancelled, returned and rejected orders, as `payments.actions` writes them.
ORDERS: dict[str, Source] = {
    "short": _("Too little money"),
    "resident_stopped": _("The resident has stopped"),
    "iban_wrong": _("The account number is not right"),
    "iban_is_ours": _("The account number is our own"),
    "name_does_not_match": _("The bank says: this name does not belong to this account"),
    "account_is_new": _("The account number is new: a few days to check it"),
    "account_not_confirmed": _("A second person has to confirm the account number"),
    "iban_under_two_names": _("The account number stands under another name too: a second person has to explain it"),
    "iban_is_a_colleagues": _("The account number is a colleague's"),
    "name_cannot_be_written": _("The bank cannot write this name: only plain letters and digits"),
    "remittance_cannot_be_written": _("The bank cannot write this description"),
    "reference_wrong": _("The payment reference is not right"),
    "amount_cannot_be": _("The bank does not pay this amount"),
    "day_cannot_be": _("The bank does not pay on this day"),
    "id_cannot_be_written": _("The number of this payment is not one the bank takes"),
    "over_order_limit": _("Higher than one payment may be"),
    "over_resident_limit": _("More than may go out for one resident on one day"),
    "over_batch_limit": _("More than may go into files at once"),
    "over_day_limit": _("More than may go out on one day, all files together"),
    "resident_died": _("The resident has died: somebody has to decide"),
    "perhaps_died": _("A bank says that the resident has died: first find out"),
    "not_after_death": _("Not paid after the death"),
    "replaced": _("Replaced by another payment"),
    "by_hand": _("Held by a colleague"),
    "no_longer_due": _("Not due any more"),
    "nothing_left": _("Nothing is left to pay out"),
    "returned": _("The money came back, the bank gives no reason"),
    "rejected": _("The bank refused it and gives no reason"),
}

# What banks say of payments that do not arrive: ISO 20022 external codes that Dutch banks use.
BANK_CODES: dict[str, Source] = {
    "AC01": _("The account number does not exist"),
    "AC03": _("The account number of the receiver is not right"),
    "AC04": _("The account is closed"),
    "AC06": _("The account is blocked"),
    "AC13": _("This kind of account cannot be paid"),
    "AG01": _("This account may not receive this payment"),
    "AG02": _("The bank does not know this kind of payment"),
    "AM04": _("There was too little money on the account"),
    "AM05": _("The bank thinks it was paid twice"),
    "BE04": _("The address of the receiver is missing"),
    "CNOR": _("The bank of the receiver cannot be reached"),
    "CUST": _("The receiver sent it back"),
    "DNOR": _("Our bank cannot be reached"),
    "DUPL": _("The bank thinks it was paid twice"),
    "FOCR": _("Sent back after we asked for it"),
    "MD07": _("The receiver has died"),
    "MS02": _("The receiver sent it back and gives no reason"),
    "MS03": _("The bank gives no reason"),
    "RC01": _("The bank code is not right"),
    "RR01": _("The account of the sender is missing"),
    "RR02": _("The name or address of the sender is missing"),
    "RR03": _("The name or address of the receiver is missing"),
    "RR04": _("A rule of the bank forbids it"),
    "TM01": _("Too late for this day"),
}


# What a bank says of a payment file or of one payment in it: ISO 20022 external status codes.
STATUSES = {
    "ACCP": _("Accepted"),
    "ACTC": _("Received, and technically right"),
    "ACSP": _("Accepted, is being carried out"),
    "ACSC": _("Carried out"),
    "ACWC": _("Accepted, with a change"),
    "PART": _("Partly refused"),
    "PDNG": _("The bank is still looking at it"),
    "RCVD": _("Received"),
    "RJCT": _("Refused"),
}


class NoWordsForReason(KeyError):
    """A reason code that stands in no table."""


def matching_reason(code: str, values: Mapping[str, object]) -> str:
    """Why an entry does or does not fit, as part of a sentence. Raises `NoWordsForReason`."""
    return _told(MATCHING, code, values)


def order_reason(code: str) -> str:
    """Why an order is where it is; a bank's code we do not know is told as such."""
    if code in ORDERS or code in BANK_CODES:
        return _told(ORDERS | BANK_CODES, code, {})
    return gettext("The bank gives the code {code}").format(code=code)


def bank_status(code: str) -> str:
    """What the bank says of a file or payment; a status we do not know is told as such."""
    return gettext(STATUSES[code]) if code in STATUSES else gettext("The bank gives the code {code}").format(code=code)


def _told(table: Mapping[str, Source], code: str, values: Mapping[str, object]) -> str:
    try:
        source = table[code]
    except KeyError:
        raise NoWordsForReason(code) from None
    words = gettext(source) if isinstance(source, str) else counted(*source, int(str(values["days"])))
    return words.format_map({name: _value(name, value) for name, value in values.items()})


_AMOUNTS = {"amount", "low", "high"}


def _value(name: str, value: object) -> str:
    text = str(value)
    if name in _AMOUNTS:
        return _amount(text)
    if name == "due":
        day = date.fromisoformat(text)
        return plain.day_text(day, language_for(get_language()), on=day)
    return plain.iban_text(text) if name == "iban" and text else text


def _amount(text: str) -> str:
    try:
        return plain.amount_text(Decimal(text))
    except InvalidOperation:
        return text
