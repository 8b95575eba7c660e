"""Problems in bank files as sentences for colleagues: which file, where in it, what is wrong, and what to do now."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from accessibility import plain
from accessibility.foreign import cut
from accessibility.languages import language_for
from budgeting.core.money import NotAnAmount
from budgeting.core.statement import Problem

AGAIN = _("Download the file from the bank again and choose the new file.")
CALL_BANK = _("Call the bank: the file they made is not right.")
OTHER_FILE = _("Choose the bank statement: camt.053, MT940 or OFX.")
LOOK = _("Look at it together with the bank statement on paper before you go on.")
UNPACK = _("Unpack it first and choose the files that were in it.")
TELL = _("Do not try again. Tell the application manager where the file came from.")
NOTHING = _("You need to do nothing.")
SMALLER = _("Ask the bank for smaller files, for example one for each week.")

# What is wrong, and what to do. Values in braces are given with every problem of that code.
PROBLEMS: dict[str, tuple[str, str]] = {
    # Not a file we can read.
    "empty": (_("The file is empty."), AGAIN),
    "too_big": (_("The file is too big."), SMALLER),
    "too_many_entries": (_("There are more than {limit} entries in the file."), SMALLER),
    "too_many_statements": (_("There are more than {limit} statements in the file."), SMALLER),
    "not_recognised": (_("We do not recognise what kind of file this is."), OTHER_FILE),
    "not_a_statement": (_("This is not a bank statement ({kind})."), OTHER_FILE),
    "no_statement": (_("There is no bank statement in the file."), OTHER_FILE),
    "packed": (_("The file is packed ({kind})."), UNPACK),
    "version_unknown": (_("We do not know this version: {version}."), _("Ask the bank for camt.053.001.08.")),
    "interim": (
        _("This is a message during the day ({format}). It may still change, so we do not book it."),
        _("Wait for the statement of the whole day (camt.053 or MT940)."),
    ),
    "dtd_forbidden": (
        _("The file contains instructions that a bank statement never has. That can be an attack."),
        TELL,
    ),
    "charset": (_("The letters in the file are not readable ({charset})."), AGAIN),
    "control_character": (_("There are characters in the file that do not belong in it."), AGAIN),
    "not_well_formed": (_("The file is damaged."), AGAIN),
    "cut_off": (_("The file stops too early: the end is missing."), AGAIN),
    "too_deep": (_("The file is built in a way that no bank uses."), AGAIN),
    "element_too_big": (_("One part of the file is far too big."), AGAIN),
    "other_message_inside": (_("There is another message inside than the file says."), CALL_BANK),
    "readers_disagree": (_("One amount can be read in two ways: {ours} or {theirs}."), CALL_BANK),
    "too_many_files": (_("There are {files} files inside, and at most {limit} may be."), UNPACK),
    "archive_nested": (_("There is a packed file inside the packed file."), UNPACK),
    "archive_damaged": (_("The packed file is damaged."), AGAIN),
    "archive_locked": (_("The packed file has a password."), UNPACK),
    "archive_name": (_("A file inside has a name that points outside. That can be an attack."), TELL),
    "archive_ratio": (_("The packed file becomes more than {limit} times as big. That can be an attack."), TELL),
    "column_missing": (_("This looks like an export of {bank}, but the column “{column}” is missing."), AGAIN),
    "column_twice": (_("The column “{column}” is there twice."), AGAIN),
    "column_count": (_("This line has another number of columns than the first one."), AGAIN),
    "no_entries": (_("There is not one entry in the file."), AGAIN),
    # A line that says too little or too much.
    "unreadable": (_("We cannot read “{text}” here."), CALL_BANK),
    "amount_missing": (_("An amount is missing."), CALL_BANK),
    "date_missing": (_("A date is missing."), CALL_BANK),
    "sign_missing": (_("It does not say whether money comes in or goes out (“{text}”)."), CALL_BANK),
    "header_missing": (_("The beginning is missing ({missing})."), AGAIN),
    "out_of_place": (_("A line stands where it does not belong ({tag})."), AGAIN),
    "currencies_differ": (_("It begins in {opening} and ends in {closing}."), CALL_BANK),
    "booking_date_missing": (_("The day of booking is missing; {used} was filled in."), LOOK),
    "impossible_value_date": (_("The value date {date} does not exist."), NOTHING),
    "details_do_not_add_up": (_("The parts of a collected amount do not add up to that amount."), LOOK),
    "statement_repeated": (_("The same statement is in the file twice. We count it once."), NOTHING),
    "id_missing": (_("{count} entries have no number of the bank."), LOOK),
    "id_twice": (_("The number {id} is used {count} times."), LOOK),
    "amount_out_of_bounds": (_("The amount {value} cannot be right."), CALL_BANK),
    "rows_do_not_chain": (_("The balances behind the {rows} entries do not follow from each other."), LOOK),
    "balance_derived": (_("The balance is not in the file; we worked it out from the entries."), LOOK),
    "end_unknown": (_("This kind of file does not say where it ends."), LOOK),
    # Read well, but not to be booked without a person.
    "account_missing": (_("It does not say of which account this is."), AGAIN),
    "another_account": (
        _("This statement is of account {account}. That is not one of our accounts."),
        _("Choose the statement of our own account."),
    ),
    "account_not_an_iban": (_("The account is written without IBAN: {account}."), NOTHING),
    "not_in_euro": (_("The account is not in euro but in {currency}."), CALL_BANK),
    "other_currency": (_("{count} entries are not in euro but in {value}."), CALL_BANK),
    "not_booked": (_("{count} entries are not booked by the bank yet. We leave them out."), NOTHING),
    "status_missing": (_("{count} entries do not say whether the bank has booked them."), CALL_BANK),
    "lines_lost": (_("There are {counted} lines in the file, and we could read {read}."), AGAIN),
    "improbable_date": (_("The date {date} cannot be right."), CALL_BANK),
    "improbable_value_date": (_("The value date {date} is too far away."), LOOK),
    "balance_missing": (
        _("The balance at the beginning or the end is missing."),
        _("Type both balances, or ask the bank for a statement that has them."),
    ),
    "no_balances": (
        _("This kind of file has no balances, so that we cannot check that it is complete."),
        _("Choose camt.053 or MT940 of the same days."),
    ),
    "does_not_balance": (
        _("Beginning and entries come to {expected}, but the end says {said}. The difference is {difference}."),
        AGAIN,
    ),
    "typed_balance_differs": (
        _("You typed {typed}, but the file says {said}."),
        _("Look again at the statement on paper or in internet banking."),
    ),
    "sequence_jump": (
        _(
            "After number {before} comes number {number}: {count} in between did not come in. "
            "The balances join, so no money is missing."
        ),
        _("Ask the bank for it if you want your file complete."),
    ),
    "control_total": (_("The bank counts {said}, and we count {read}."), AGAIN),
    "day_differs": (
        _("We already know {day}, with {known} entries. This file has {found} entries for that day, and not the same."),
        _("Compare both files. Ask the bank which one is right."),
    ),
    "gap": (
        _("{from} closes with {closing}, but {until} begins with {opening}. Something is missing in between."),
        _("First choose the statements of the days in between."),
    ),
    "month_is_closed": (
        _("{day} lies in a month that is closed: the books are closed until {until}."),
        _("Ask for the month to be opened again, then choose the file once more."),
    ),
    # The bank's answer to a payment file.
    "not_a_status_report": (_("This is not an answer of the bank to a payment file."), _("Choose the pain.002 file.")),
    "original_message_missing": (_("It does not say to which payment file this is the answer."), CALL_BANK),
    "answers_no_payment_file": (_("This answers a message that is no payment file ({message})."), CALL_BANK),
    "status_not_known": (_("We do not know the answer {status}."), CALL_BANK),
    "end_to_end_id_missing": (_("The answer about one payment does not say which one."), CALL_BANK),
    "payment_named_twice": (_("The answer names one payment twice."), LOOK),
    "unknown_batch": (_("We sent no payment file with the number {message_id}."), _("Choose the answer to our file.")),
}


@dataclass(frozen=True, slots=True)
class ProblemInWords:
    """One problem, told: the file's name, where in it (may be empty), what is wrong and what to do."""

    file: str
    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: {self.what} {self.todo}".strip()


def in_words(problem: Problem, *, file: str) -> ProblemInWords:
    """The problem in the reader's language. A code without words of its own is told by its code, never left out."""
    what, todo = PROBLEMS.get(problem.code, (_("Something in the file is not right ({code})."), AGAIN))
    values = {name: _value(name, value) for name, value in problem.values.items()}
    if "more" in values:
        what, todo = _("The same is wrong in {more} more places."), ""
    told = gettext(what).format_map({"code": problem.code, **values})
    return ProblemInWords(file, _place(problem.where), told, gettext(todo) if todo else "")


def told(problem: Problem) -> str:
    """What is wrong and what to do, for where file and place are named already."""
    words = in_words(problem, file="")
    return f"{words.what} {words.todo}".strip()


LONGEST = 80
_LINE = re.compile(r"\b(?:line|row) (\d+)")
_CHARACTER = re.compile(r"\b(?:byte|column) (\d+)")
_ENTRY = re.compile(r"\bNtry (\d+)")
_DAYS = {"date", "day", "from", "until", "used"}
_AMOUNTS = {"expected", "difference", "closing", "opening", "ours", "theirs", "said", "read", "typed", "value"}
_AMOUNT = re.compile(r"-?\d+\.\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _place(where: str) -> str:
    """Where in the file, with the words a core may not know put in the reader's language."""
    if _DAY.fullmatch(where):
        return _value("day", where)
    text = _LINE.sub(lambda found: gettext("line {number}").format(number=found[1]), where)
    text = _ENTRY.sub(lambda found: gettext("entry {number}").format(number=found[1]), text)
    return _foreign(_CHARACTER.sub(lambda found: gettext("character {number}").format(number=found[1]), text))


def _value(name: str, text: str) -> str:
    if name in _DAYS and _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return plain.day_text(day, language_for(get_language()), on=date.min)
    if name in _AMOUNTS and _AMOUNT.fullmatch(text):
        # An amount beyond what we ever book is told as the file has it.
        with suppress(NotAnAmount):
            return plain.amount_text(Decimal(text))
    return _foreign(text)


def _foreign(text: str) -> str:
    """What stands in the file, as it can be shown within a sentence."""
    shown, more = cut(text, LONGEST)
    return f"{shown}…" if more else shown


def problem_of(stored: Mapping[str, object]) -> Problem:
    """A problem as it was kept in a row: code, where and values."""
    values = stored.get("values")
    kept = {str(k): str(v) for k, v in values.items()} if isinstance(values, Mapping) else {}
    return Problem(str(stored["code"]), str(stored.get("where", "")), kept)
