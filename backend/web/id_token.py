"""What an identity provider says of who comes in, checked: mozilla-django-oidc with each of its choices made here.

The library matches people by e-mail, makes users, and looks at neither issuer, audience, level nor age (its 5.0.2). So
the token is opened here, and who is meant is asked of `budgeting.actions.identities`. A BSN goes no further than that.
"""

import logging
import time
from typing import Any

import jwt
import requests
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils import timezone
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from backend.identity_providers import Provider
from budgeting.actions.identities import colleague_known_as, resident_known_as, resident_numbered
from budgeting.models import User

CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nonce")
LEEWAY = 10  # seconds that two clocks may differ
LOGGER = logging.getLogger(__name__)
# All that an answer can be wrong in: words, shape, signature, or no answer at all.
WRONG = (
    SuspiciousOperation,
    jwt.PyJWTError,
    requests.RequestException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
)


def user_behind(
    request: HttpRequest, provider: Provider, *, for_staff: bool, nonce: str, code_verifier: str
) -> User | None:
    """The user the provider's code stands for, or None; why not is logged by its kind and never told."""
    try:
        backend = _Backend(provider, for_staff=for_staff)
        found: User | None = backend.authenticate(request, nonce=nonce, code_verifier=code_verifier)
    except WRONG as wrong:
        LOGGER.warning("log-in by provider refused: %s", type(wrong).__name__)
        return None
    return found


class _Backend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """One log-in at one provider. Not among Django's backends: nothing but `user_behind` asks it."""

    def __init__(self, provider: Provider, *, for_staff: bool) -> None:
        self.provider, self.for_staff = provider, for_staff
        super().__init__()

    def get_settings(self, attr: str, *default: Any) -> Any:
        """The provider's choice, else the caller's default; never a setting of the whole house."""
        if attr == "OIDC_AUTHENTICATION_CALLBACK_URL":
            return "town_account_back" if self.for_staff else "digid_back"
        return self.provider.settings.get(attr, *default)

    def get_payload_data(self, token: str, key: Any) -> dict[str, Any]:
        """The claims of a token that this provider signed, for us, now. Raises `SuspiciousOperation` or of `jwt`."""
        wanted = self.provider
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[wanted.algorithm],
            audience=wanted.client_id,
            issuer=wanted.issuer,
            leeway=LEEWAY,
            options={"require": list(CLAIMS)},
        )
        if problem := _problem(claims, wanted):
            raise SuspiciousOperation(problem)
        return claims

    def get_or_create_user(self, _access_token: str, _id_token: str, payload: dict[str, Any]) -> User | None:
        """Who is meant; nobody is ever made."""
        names = {"issuer": self.provider.issuer, "subject": str(payload["sub"])}
        if self.for_staff:
            return colleague_known_as(**names, on=timezone.localdate())
        if claim := self.provider.number_claim:
            return resident_numbered(str(payload[claim]))
        return resident_known_as(**names)


def _problem(claims: dict[str, Any], wanted: Provider) -> str:
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        return "azp"
    if claims.get("azp", wanted.client_id) != wanted.client_id:
        return "azp"
    if wanted.acr and claims.get("acr") not in wanted.acr:
        return "acr"
    if wanted.max_age is not None and not 0 <= time.time() - claims["auth_time"] + LEEWAY <= wanted.max_age + LEEWAY:
        return "auth_time"
    return ""
