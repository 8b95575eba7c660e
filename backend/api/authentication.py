"""Who asks, and what for: a key in `Authorization: Bearer`, a purpose in `X-Doelbinding`, and no more than agreed."""

from threading import Lock
from time import monotonic
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from backend.api.access_keys import key_of
from backend.api.problems import Refused
from backend.models import ApiKey
from budgeting.models import User

PURPOSE = "X-Doelbinding"


class KeyAuthentication(BaseAuthentication):
    """The system whose key is given; everything it does is told as done by it, for the purpose it says."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """None without a key; a key that is unknown, stopped or over raises."""
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != b"bearer":
            raise AuthenticationFailed
        key = key_of(parts[1].decode("latin-1"), on=timezone.localdate())
        if key is None:
            raise AuthenticationFailed
        return key.system, key

    def authenticate_header(self, _request: Request) -> str:
        """What is asked for with a 401."""
        return "Bearer"


class MayAsk(BasePermission):
    """The key carries the scope that the view wants for this method, and the purpose is one the key is for."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Closed unless every one of them fits."""
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        method = str(request.method)
        if method not in view.allowed_methods:
            return True  # the view answers 405, to who has a key
        scopes: dict[str, str] = getattr(view, "scopes", {})
        scope = scopes.get("GET" if method == "HEAD" else method)
        if scope is None or (scope and scope not in key.scopes):
            raise Refused("scope_missing", scope=scope or "-")
        if scope:
            key.system.purpose = _purpose(request, key)
        return True


def _purpose(request: Request, key: ApiKey) -> str:
    purpose = request.headers.get(PURPOSE, "")
    if not purpose:
        raise Refused("purpose_missing", field=PURPOSE)
    if purpose not in key.purposes:
        raise Refused("purpose_not_allowed", field=PURPOSE)
    return purpose


class KeyThrottle(BaseThrottle):
    """So many requests a minute for each key, refilled evenly; counted in this process, kept nowhere."""

    _left: dict[int, tuple[float, float]] = {}
    _lock = Lock()

    def allow_request(self, request: Request, _view: APIView) -> bool:
        """Takes one from the key's bucket, if there is one."""
        key, now = request.auth, monotonic()
        if not isinstance(key, ApiKey):
            return True
        with self._lock:
            left, before = self._left.get(key.pk, (float(key.per_minute), now))
            left = min(float(key.per_minute), left + (now - before) * key.per_minute / 60)
            allowed = left >= 1
            self._left[key.pk] = (left - 1 if allowed else left, now)
        self.seconds = 0.0 if allowed else (1 - left) * 60 / key.per_minute
        return allowed

    def wait(self) -> float | None:
        """After how many seconds there is one again."""
        return self.seconds

    @classmethod
    def forget(cls) -> None:
        """Full buckets for everyone, as after a start."""
        with cls._lock:
            cls._left.clear()


def system_of(request: Request) -> User:
    """The system that asks, with its purpose."""
    user: Any = request.user
    assert isinstance(user, User)
    return user
