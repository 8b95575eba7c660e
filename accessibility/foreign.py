"""Words that somebody outside wrote - a payer, a bank, whoever named a file - made safe to show beside our own.

What is stored stays as it came. Shown, it lacks the characters that cannot be seen but change what is seen: controls,
marks of zero width, and those that turn the direction of writing (a name could show an account number backwards).
Joiners stay: Persian and Hindi need them. Direction itself is kept apart by `<bdi>`. Source: Unicode UAX 9 and UTS 39.
"""

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def harmless(text: str) -> str:
    """The text without what cannot be seen; line ends become a new line or a space as they were."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def hides_something(text: str) -> bool:
    """Whether there is something in the text that cannot be seen."""
    return _UNSEEN.search(text.replace("\r", "")) is not None


def cut(text: str, most: int) -> tuple[str, int]:
    """At most so many characters of the harmless text, and how many more there are in the text as it came."""
    # What cannot be seen does not count, but an endless text is not looked through for it.
    shown = harmless(text[: 4 * most])
    if len(text) <= 4 * most and len(shown) <= most:
        return shown, 0
    return shown[:most], len(text) - most
