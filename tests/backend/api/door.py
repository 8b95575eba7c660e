"""Another system at the door: a key with scopes, a purpose, and requests as it would send them."""

import json
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.test import Client

from backend.api.access_keys import Wanted, add_key
from backend.api.scopes import SCOPES
from backend.models import ApiKey
from tests.backend.web.desk import ON
from tests.factories import House

PURPOSE = "inkomensbeheer"
_names = count(1)


@dataclass
class Door:
    """One system; `language` is what it asks refusals in."""

    key: ApiKey
    text: str
    purpose: str = PURPOSE
    language: str = "en"

    @classmethod
    def of(cls, home: House, *scopes: str, system: str = "zaaksysteem", **wanted: Any) -> "Door":
        """A system with these scopes, or all of them."""
        facts = {"purposes": (PURPOSE, "schuldhulp"), "valid_until": date(2027, 1, 1)} | wanted
        asked = Wanted(system=system, scopes=scopes or tuple(SCOPES), **facts)
        return cls(*add_key(wanted=asked, responsible=home.case_worker, on=ON))

    def headers(self, **more: str) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self.text}", "Accept-Language": self.language}
        return {name: value for name, value in {**own, "X-Doelbinding": self.purpose, **more}.items() if value}

    def get(self, address: str, **headers: str) -> Any:
        return Client().get(f"/api/v1{address}", headers=self.headers(**_named(headers)))

    def post(self, address: str, body: Any, *, key: str = "", **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Idempotency-Key": key or f"verzoek-{next(_names):06d}", **_named(headers)}
        kind = named.pop("Content-Type", "application/json")
        return Client().post(f"/api/v1{address}", data, content_type=kind, headers=self.headers(**named))

    def change(self, row: str, what: str, body: Any, **options: str) -> Any:
        """Reads the row and changes the version that was read."""
        return self.post(f"{row}/{what}", body, if_match=self.get(row).headers["ETag"], **options)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}
