"""What a resident can take part in: the purposes that a participation sheet may name."""

# Each purpose is said in one sentence (`accessibility.words_of_agreeing`); a sheet names at least one.
PURPOSES = ("receive", "pay", "payout", "ahead", "tell")


class NoPurpose(ValueError):
    """A sheet without a purpose, or with one that is none of ours."""


def checked(purposes: object) -> list[str]:
    """The purposes in their own order, each once. Raises `NoPurpose`."""
    given = list(purposes) if isinstance(purposes, list | tuple | set | frozenset) else []
    if not given or any(purpose not in PURPOSES for purpose in given):
        raise NoPurpose
    return [purpose for purpose in PURPOSES if purpose in given]
