"""Every page is closed to someone who has not logged in, except the few named here."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

# Pages that answer without logging in, each because it must: logging in itself, choosing a language, how it looks, and
# how money is recognised, which everyone may know. Whoever watches the house asks how it is; figures ask for a token.
OPEN_PAGES = {
    "recognition_explained",
    "openness",
    "open_values",
    "open_algorithms",
    "open_figures",
    "open_figures_file",
    "key_login",
    "login",
    "staff_login",
    "language",
    "stylesheet",
    "ended",
    "api_openapi",
    "helper_card",
    "security_txt",
    "town_account",
    "town_account_back",
    "digid",
    "digid_back",
    "health_alive",
    "health_ready",
    "health_figures",
}
SAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": str(uuid.UUID(int=1)), "path": "x"}


def every_page(patterns: list[Any], above: str = "", names: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Name, address with sample values, and pattern of every page."""
    for pattern in patterns:
        address = above + _sample(pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from every_page(pattern.url_patterns, address, inside)
        else:
            yield f"{names}{pattern.name}", f"/{address}", pattern


@pytest.mark.django_db
def test_sends_away_everyone_who_is_not_logged_in() -> None:
    pages = list(every_page(get_resolver().url_patterns))
    login = resolve_url(settings.LOGIN_URL)

    assert len(pages) > 10
    let_in = [
        f"{method} {name} {address} answered {answer.status_code}"
        for name, address, _ in pages
        if name not in OPEN_PAGES
        for method in ("get", "post", "put", "patch", "delete", "head")
        if not _is_sent_away(answer := getattr(Client(), method)(address), login)
    ]
    assert not let_in


def test_names_every_open_page_and_no_other() -> None:
    pages = {name: pattern for name, _, pattern in every_page(get_resolver().url_patterns)}

    opened = {name for name, pattern in pages.items() if not getattr(pattern.callback, "login_required", True)}

    # A view of the API is exempt from the login middleware by its framework, which asks for a login by itself.
    assert {name for name in opened if not hasattr(pages[name].callback, "cls")} == OPEN_PAGES


def _is_sent_away(answer: Any, login: str) -> bool:
    if answer.status_code in {401, 403}:
        return True
    return answer.status_code == 302 and answer.headers["Location"].split("?")[0] == login


def _sample(pattern: URLPattern | URLResolver) -> str:
    """The pattern's address with a sample in place of every value."""
    address = str(pattern.pattern)
    kinds = {id(converter): name for name, converter in get_converters().items()}
    for value, converter in pattern.pattern.converters.items():
        kind = kinds.get(id(converter), "str")
        address = address.replace(f"<{kind}:{value}>", SAMPLES[kind]).replace(f"<{value}>", SAMPLES[kind])
    assert "<" not in address, f"no sample for {address}"
    return address
