"""Every address, method and role, and what is expected: made from the guards of the pages themselves.

Closed by default: a page that does not say whom it lets in has no place here (`UnguardedPage`), and a test fails.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from backend.web.guards import Guard, guard_of
from budgeting.access import ABILITIES
from budgeting.models import Role

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NOBODY = "not logged in"


@dataclass(frozen=True, slots=True)
class Row:
    """One expectation: `allowed` (an answer about the thing itself), `log_in`, `forbidden` or `not_a_method`."""

    url_name: str
    pattern: str
    method: str
    role: str
    expect: str


@dataclass(frozen=True, slots=True)
class Page:
    """One address with its view."""

    name: str
    pattern: str
    callback: Callable[..., Any]


def rows() -> Iterator[Row]:
    """Every row. Raises `UnguardedPage`."""
    for page in pages():
        guard, methods = guard_of(page.callback), methods_of(page.callback)
        for method in METHODS:
            for role in (NOBODY, *ABILITIES):
                expected = _expected(guard, role, known=method in methods)
                yield Row(page.name, page.pattern, method, str(role), expected)


def pages() -> Iterator[Page]:
    """Every address of the house."""
    return _pages(get_resolver().url_patterns)


def methods_of(callback: Callable[..., Any]) -> frozenset[str]:
    """The methods a page answers: those its `require_http_methods` was given, or those its class has."""
    if cls := getattr(callback, "cls", None):
        return frozenset(method.upper() for method in getattr(callback, "actions", None) or _handlers(cls))
    layer: Any = callback
    while layer is not None:
        if listed := inspect.getclosurevars(layer).nonlocals.get("request_method_list"):
            return frozenset(listed)
        layer = getattr(layer, "__wrapped__", None)
    return frozenset(METHODS)


def _expected(guard: Guard, role: str, *, known: bool) -> str:
    if guard.machines or (role == NOBODY and not guard.open):
        return "log_in"
    if not known:
        return "not_a_method"
    if not guard.abilities or _abilities(role).intersection(guard.abilities):
        return "allowed"
    return "forbidden"


def _abilities(role: str) -> frozenset[str]:
    """What a role may do on pages: a machine nothing, because it comes in by the API."""
    return frozenset() if role == Role.SYSTEM else ABILITIES.get(role, frozenset())


def _handlers(cls: type) -> list[str]:
    return [name for name in getattr(cls, "http_method_names", []) if hasattr(cls, name)]


def _pages(patterns: list[Any], above: str = "", names: str = "") -> Iterator[Page]:
    for pattern in patterns:
        address = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from _pages(pattern.url_patterns, address, inside)
        elif isinstance(pattern, URLPattern):
            yield Page(f"{names}{pattern.name}", f"/{address}", pattern.callback)
