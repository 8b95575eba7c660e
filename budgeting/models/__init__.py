"""Rows and the constraints that keep them true."""

from budgeting.models.accounts import AccountConfirmation, ColleagueAccount
from budgeting.models.agreements import Agreement, AgreementAmount, AgreementException, AgreementPause, Direction
from budgeting.models.alerts import Alert
from budgeting.models.audit import AuditEvent
from budgeting.models.ledger import Allocation, JournalEntry, JournalSeal, LedgerAccount, Posting
from budgeting.models.people import (
    Account,
    Assignment,
    Counterparty,
    Household,
    LetterCode,
    Resident,
    Role,
    RoleGrant,
    Town,
    User,
)
from budgeting.models.statements import (
    BankAccount,
    Entry,
    ImportUndo,
    Statement,
    StatementDay,
    StatementFile,
    StatementImport,
    WaitingEntry,
)

# Tables on which the application's role may only insert and read; triggers refuse the rest to everyone.
APPEND_ONLY = (
    "statement_file",
    "statement_import",
    "import_undo",
    "statement",
    "statement_day",
    "entry",
    "journal_entry",
    "posting",
    "journal_seal",
    "allocation",
    "agreement_amount",
    "audit_event",
    "account_confirmation",
)

__all__ = [
    "APPEND_ONLY",
    "Account",
    "AccountConfirmation",
    "Agreement",
    "AgreementAmount",
    "AgreementException",
    "AgreementPause",
    "Alert",
    "Allocation",
    "Assignment",
    "AuditEvent",
    "BankAccount",
    "ColleagueAccount",
    "Counterparty",
    "Direction",
    "Entry",
    "Household",
    "ImportUndo",
    "JournalEntry",
    "JournalSeal",
    "LedgerAccount",
    "LetterCode",
    "Posting",
    "Resident",
    "Role",
    "RoleGrant",
    "Statement",
    "StatementDay",
    "StatementFile",
    "StatementImport",
    "Town",
    "User",
    "WaitingEntry",
]
