"""Rows and the constraints that keep them true."""

from budgeting.models.accounts import AccountConfirmation, ColleagueAccount
from budgeting.models.agreed import Agreed
from budgeting.models.agreements import Agreement, AgreementAmount, AgreementException, AgreementPause, Direction
from budgeting.models.alerts import Alert
from budgeting.models.audit import AuditEvent
from budgeting.models.closing import MonthClosing, MonthReopening, ReopeningRequest
from budgeting.models.directory import CounterpartyMerge, CreditorIdentifier, Department
from budgeting.models.disputes import AccountStop, DebitDispute, Recall
from budgeting.models.endings import Heir, ParticipationEnd
from budgeting.models.helping import BreakGlass, HelpCode, How, LetIn, Mode, RoleProposal, Scope
from budgeting.models.identities import Identity
from budgeting.models.ledger import Allocation, JournalEntry, JournalSeal, KeptSum, LedgerAccount, Posting
from budgeting.models.ledger_codes import LedgerCode
from budgeting.models.moving_over import MoveOver
from budgeting.models.participation import ParticipationSheet
from budgeting.models.passkeys import Passkey, SpentChallenge
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
from budgeting.models.privacy import PersonalNumber, PrivacyRequest, ResidentKey
from budgeting.models.representing import Representation
from budgeting.models.statements import (
    BankAccount,
    Entry,
    HeldDecision,
    ImportUndo,
    Statement,
    StatementDay,
    StatementFile,
    StatementImport,
    WaitingEntry,
)
from budgeting.models.taught import LearntRule

# Tables on which the application's role may only insert and read; triggers refuse the rest to everyone.
APPEND_ONLY = (
    "statement_file",
    "statement_import",
    "import_undo",
    "held_decision",
    "statement",
    "statement_day",
    "entry",
    "journal_entry",
    "posting",
    "kept_sum",
    "journal_seal",
    "allocation",
    "agreement_amount",
    "audit_event",
    "account_confirmation",
    "month_closing",
    "reopening_request",
    "month_reopening",
    "ledger_code",
)

__all__ = [
    "APPEND_ONLY",
    "Account",
    "AccountConfirmation",
    "AccountStop",
    "Agreed",
    "Agreement",
    "AgreementAmount",
    "AgreementException",
    "AgreementPause",
    "Alert",
    "Allocation",
    "Assignment",
    "AuditEvent",
    "BankAccount",
    "BreakGlass",
    "ColleagueAccount",
    "Counterparty",
    "CounterpartyMerge",
    "CreditorIdentifier",
    "DebitDispute",
    "Department",
    "Direction",
    "Entry",
    "Heir",
    "HeldDecision",
    "HelpCode",
    "Household",
    "How",
    "Identity",
    "ImportUndo",
    "JournalEntry",
    "JournalSeal",
    "KeptSum",
    "LearntRule",
    "LedgerAccount",
    "LedgerCode",
    "LetIn",
    "LetterCode",
    "Mode",
    "MonthClosing",
    "MonthReopening",
    "MoveOver",
    "ParticipationEnd",
    "ParticipationSheet",
    "Passkey",
    "PersonalNumber",
    "Posting",
    "PrivacyRequest",
    "Recall",
    "ReopeningRequest",
    "Representation",
    "Resident",
    "ResidentKey",
    "Role",
    "RoleGrant",
    "RoleProposal",
    "Scope",
    "SpentChallenge",
    "Statement",
    "StatementDay",
    "StatementFile",
    "StatementImport",
    "Town",
    "User",
    "WaitingEntry",
]
