"""A plain English source of words, marked so that `makemessages` finds it."""

Source = str | tuple[str, str]


def _(source: str) -> str:
    """The source itself."""
    return source


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Both sources of a message that counts."""
    return one, many
