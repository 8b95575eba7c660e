"""What a bank's reason for sending money back means for what is still to go to the same account (ISO 20022 codes)."""

# The account does not exist, is closed, blocked, may not receive this, or its holder has died. Paying there again
# only sends the money round. MS03 (no reason given) may hide a closed account as well, and stops nothing by itself.
STOPS_ACCOUNT = frozenset({"AC01", "AC03", "AC04", "AC06", "AC13", "AG01", "MD07"})
CODE_OF_DEATH = "MD07"
AFTER_RECALL = "FOCR"


def stops_account(code: str) -> bool:
    """Whether nothing may go to the account until a person has looked."""
    return code in STOPS_ACCOUNT


def means_death(code: str) -> bool:
    """Whether the bank says that the holder of the account has died."""
    return code == CODE_OF_DEATH
