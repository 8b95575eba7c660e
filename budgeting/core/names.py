"""Whether two ways to write a name mean the same owner of an account.

Strict on purpose: what is not the same name is asked of a person, while a name wrongly taken for the same would let
money go to a stranger.
"""

from budgeting.core.words import word_list

# Legal forms: written by one bank and left out by another, but two different ones are two owners.
_FORMS = frozenset({b"bv", b"nv", b"vof", b"cv", b"stichting", b"vereniging", b"cooperatie", b"gmbh", b"ltd"})
# Forms of address and the sign of a joint account say nothing of who it is.
_TITLES = frozenset({b"hr", b"dhr", b"heer", b"mw", b"mevr", b"mevrouw", b"eo", b"cj"})


def same_name(one: str, other: str) -> bool:
    """Whether both have the same words, in any order, apart from forms of address and a legal form only one has."""
    words, forms = _parts(one)
    others, other_forms = _parts(other)
    return bool(words) and words == others and (forms == other_forms or not forms or not other_forms)


def _parts(name: str) -> tuple[frozenset[bytes], frozenset[bytes]]:
    words = frozenset(word_list(name.replace(".", "").replace("/", ""))) - _TITLES  # B.V. and e/o are one word
    return words - _FORMS, words & _FORMS
