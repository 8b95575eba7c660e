"""What a key may be allowed: each scope with what it opens. What no scope names is closed to machines."""

SCOPES = {
    "residents:read": "who takes part, their account, and all that is kept of one resident",
    "residents:write": "register a resident, change their account",
    "agreements:read": "what comes in and goes out, as agreed",
    "agreements:write": "make, change, pause and end agreements",
    "statements:read": "bank files that came in and what became of them",
    "statements:write": "give a bank file, take an import back",
    "entries:read": "entries of statements and what waits for a decision",
    "entries:write": "decide whose an entry is, take that back",
    "payments:read": "orders and payment files",
    "payments:write": "put orders in a payment file, pay once more; approving and releasing stay with people",
    "payments:file": "fetch the released file for the bank",
    "alerts:read": "what is amiss",
    "alerts:write": "put an alert off or away, with a reason",
    "outlook:read": "what the coming weeks bring",
    "story:read": "a resident's own story and letters, in every language",
    "books:read": "the journal, and whether the books hold",
}
