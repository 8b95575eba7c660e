"""The rules of the books as the desk reads them: each by the name that a check of the books gives it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

RULES = frozenset(
    {
        _("the postings of every journal entry sum to zero"),
        _("what the books say is on each bank account is the closing balance of its last statement"),
        _("a journal entry is reversed at most once, and by its exact opposite"),
        _("every journal entry is sealed"),
        _("every amount is a number of whole cents, never NaN or infinite"),
        _("every sum that is kept is the sum of its postings, day by day"),
        _("no resident's money is below zero: what was lent stands as an advance"),
        _("the entries of every booking day are exactly those between its opening and closing balance"),
        _("each day opens with the balance the day before closed with"),
        _("every entry is in the books with its whole amount, and one of an undone import with nothing"),
        _("every file of a bank is kept byte for byte"),
        _("what waits for a person lies in suspense, and all that lies there waits"),
        _("what was said of an entry adds up to what left suspense, and who or which rule said so is kept"),
        _("every due date has at most one live order"),
        _("every released batch was approved by another person than its assembler"),
        _("every batch holds exactly the orders that were approved"),
        _("every payment file is kept byte for byte as it was released"),
        _("every account to which money went has a second person's, the bank's or a statement's word"),
        _("every batch's count and total are those of its orders"),
        _("what is in transit is exactly the orders that were released and not yet settled"),
        _("no order that was due has been forgotten: none is still planned three days after its day"),
        _("the audit chain is whole: every event follows the one before and has the hash of its content"),
        _("every head of the audit chain that was kept outside the database is still in it"),
        _("the books hold, of the months that are closed, exactly what they held when these were closed"),
        _("whose participation has ended has nothing, owes nothing, and nothing of theirs is underway"),
    }
)


def in_words(name: str) -> str:
    """The rule in the reader's language; one without words of its own by its name."""
    return gettext(name) if name in RULES else name
