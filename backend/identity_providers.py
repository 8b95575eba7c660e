"""Where people may come in by an identity provider: the town's own for colleagues, a DigiD broker for residents.

Off unless configured. For `STAFF_OIDC_` and `RESIDENT_OIDC_`: ISSUER, CLIENT_ID, CLIENT_SECRET, AUTHORIZATION, TOKEN
and KEYS (three addresses); ALGORITHM (RS256 unless said otherwise), ACR (levels that are good enough, commas between
them), NUMBER_CLAIM (the claim that carries the BSN) and MAX_AGE (seconds since the person proved who they are). None of
the library's own defaults is used (docs/decisions/0031).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

STAFF, RESIDENTS = "staff", "residents"
PREFIXES = {STAFF: "STAFF_OIDC_", RESIDENTS: "RESIDENT_OIDC_"}
NEEDED = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "AUTHORIZATION", "TOKEN", "KEYS")
ADDRESSES = ("ISSUER", "AUTHORIZATION", "TOKEN", "KEYS")
# Signatures with a key that only the provider has; a shared secret would let us forge what we check.
ALGORITHMS = ("RS256", "ES256")
SHORTEST_SECRET = 16
# Residents prove who they are anew: the next person at a shared computer is somebody else.
RESIDENTS_PROVED = 300
SECONDS_TO_ANSWER = 10
EXAMPLE_ISSUER = "http://127.0.0.1/example-provider"


class NotAProvider(RuntimeError):
    """A provider that is half configured or weak; the message names variables, never their values."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider and what we ask of it. `max_age` in seconds; None: whenever the person last proved who they are."""

    issuer: str
    client_id: str
    client_secret: str
    authorization: str
    token: str
    keys: str
    algorithm: str = "RS256"
    acr: tuple[str, ...] = ()
    number_claim: str = ""
    max_age: int | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What mozilla-django-oidc asks of settings; all that it may decide otherwise is decided here."""
        return {
            "OIDC_OP_AUTHORIZATION_ENDPOINT": self.authorization,
            "OIDC_OP_TOKEN_ENDPOINT": self.token,
            "OIDC_OP_JWKS_ENDPOINT": self.keys,
            "OIDC_OP_USER_ENDPOINT": "",
            "OIDC_RP_CLIENT_ID": self.client_id,
            "OIDC_RP_CLIENT_SECRET": self.client_secret,
            "OIDC_RP_SIGN_ALGO": self.algorithm,
            "OIDC_CREATE_USER": False,
            "OIDC_USE_NONCE": True,
            "OIDC_USE_PKCE": True,
            "OIDC_VERIFY_SSL": True,
            "OIDC_ALLOW_UNSECURED_JWT": False,
            "OIDC_TIMEOUT": SECONDS_TO_ANSWER,
        }


def from_environment(environment: Mapping[str, str]) -> dict[str, Provider]:
    """The providers an operator has set, by door. Raises `NotAProvider`."""
    found = {door: _provider(environment, door, prefix) for door, prefix in PREFIXES.items()}
    return {door: provider for door, provider in found.items() if provider}


def example(port: int) -> dict[str, Provider]:
    """The provider of the example town, on this computer: never in production, where addresses are https."""
    here = f"http://127.0.0.1:{port}"
    addresses = (f"{here}/authorize", f"{here}/token", f"{here}/keys")
    secret = "example-and-no-secret"  # noqa: S105 - it opens nothing but the example
    return {
        STAFF: Provider(EXAMPLE_ISSUER, STAFF, secret, *addresses),
        RESIDENTS: Provider(EXAMPLE_ISSUER, RESIDENTS, secret, *addresses, acr=("substantial",), max_age=300),
    }


def _provider(environment: Mapping[str, str], door: str, prefix: str) -> Provider | None:
    given = {name.removeprefix(prefix): value.strip() for name, value in environment.items() if name.startswith(prefix)}
    if not any(given.values()):
        return None
    wrong = _wrong(given, door)
    if wrong:
        raise NotAProvider(f"not set or too weak: {', '.join(prefix + name for name in wrong)} (docs/operating.md)")
    return Provider(
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        authorization=given["AUTHORIZATION"],
        token=given["TOKEN"],
        keys=given["KEYS"],
        algorithm=given.get("ALGORITHM") or ALGORITHMS[0],
        acr=tuple(level.strip() for level in given.get("ACR", "").split(",") if level.strip()),
        number_claim=given.get("NUMBER_CLAIM", ""),
        max_age=int(given["MAX_AGE"]) if given.get("MAX_AGE") else RESIDENTS_PROVED if door == RESIDENTS else None,
    )


def _wrong(given: Mapping[str, str], door: str) -> list[str]:
    wrong = [name for name in NEEDED if not given.get(name)]
    wrong += [name for name in ADDRESSES if given.get(name) and not _is_safe(given[name])]
    wrong += ["CLIENT_SECRET"] * (0 < len(given.get("CLIENT_SECRET", "")) < SHORTEST_SECRET)
    wrong += ["ALGORITHM"] * (given.get("ALGORITHM", "") not in ("", *ALGORITHMS))
    wrong += ["MAX_AGE"] * (not given.get("MAX_AGE", "0").isdecimal())
    # A resident's level of certainty is the point of DigiD; colleagues show a second factor here as well.
    wrong += ["ACR"] * (door == RESIDENTS and not given.get("ACR"))
    return wrong


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and not parts.username and not parts.fragment
