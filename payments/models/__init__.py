"""Orders, batches, approvals, the bank's answers; shortages, objections, advances and limits; parts of a day's run."""

from payments.models.advances import AdvanceAllowance, AdvanceLent, RepaymentPlan, WriteOff
from payments.models.limits import LimitChange
from payments.models.orders import (
    IN_A_FILE,
    LIVE,
    Approval,
    BankAnswer,
    OrderQuerySet,
    PaymentBatch,
    PaymentOrder,
)
from payments.models.parts import DayPart
from payments.models.shortages import Objection, ShortageOutcome, ShortageProposal, ShortageTold

APPEND_ONLY = ("approval", "bank_answer", "advance_allowance", "advance_lent", "shortage_outcome", "shortage_told")

__all__ = (
    "APPEND_ONLY",
    "IN_A_FILE",
    "LIVE",
    "AdvanceAllowance",
    "AdvanceLent",
    "Approval",
    "BankAnswer",
    "DayPart",
    "LimitChange",
    "Objection",
    "OrderQuerySet",
    "PaymentBatch",
    "PaymentOrder",
    "RepaymentPlan",
    "ShortageOutcome",
    "ShortageProposal",
    "ShortageTold",
    "WriteOff",
)
