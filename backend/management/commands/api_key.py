"""Keys of other systems: make one (told this once), list them, stop one."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.api.access_keys import NotAKey, Wanted, add_key, stop_key
from backend.api.scopes import SCOPES
from backend.models import ApiKey
from budgeting import access
from budgeting.models import User


class Command(BaseCommand):
    help = "add NAME: a new key, told once; list: every key without its secret; stop LABEL: it opens nothing any more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=("add", "list", "stop"))
        parser.add_argument("name", nargs="?", default="", help="add: the system's name; stop: the key's label")
        parser.add_argument("--scope", action="append", default=[], choices=sorted(SCOPES), metavar="SCOPE")
        parser.add_argument("--purpose", action="append", default=[], help="what it may ask for; may be repeated")
        parser.add_argument("--until", type=date.fromisoformat, help="the first day it opens nothing")
        parser.add_argument("--per-minute", type=int, default=600)
        parser.add_argument("--by", default="", help="user name of the colleague who is responsible")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        told = {"add": self._add, "list": self._list, "stop": self._stop}[options["do"]](options)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in told.get("keys", [told]):
            self.stdout.write("  ".join(f"{name}: {_text(value)}" for name, value in one.items()))

    def _add(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["until"] is None:
            raise CommandError("--until: a key does not last for ever", returncode=2)
        wanted = Wanted(
            system=options["name"],
            scopes=tuple(options["scope"]),
            purposes=tuple(options["purpose"]),
            valid_until=options["until"],
            per_minute=options["per_minute"],
        )
        try:
            key, text = add_key(wanted=wanted, responsible=_colleague(options["by"]), on=timezone.localdate())
        except NotAKey as wrong:
            raise CommandError(f"no key was made: {wrong}") from None
        return {**_told(key), "key": text}

    def _list(self, _options: dict[str, Any]) -> dict[str, Any]:
        rows = ApiKey.objects.select_related("system", "made_by").order_by("pk")
        return {"keys": [_told(row) for row in rows]}

    def _stop(self, options: dict[str, Any]) -> dict[str, Any]:
        by = _colleague(options["by"])
        if not stop_key(label=options["name"], now=timezone.now(), by=by):
            raise CommandError(f"there is no open key {options['name']}")
        return _told(ApiKey.objects.select_related("system", "made_by").get(label=options["name"]))


def _colleague(name: str) -> User:
    found = User.objects.filter(username=name).first()
    if found is None or not access.is_staff(found, on=timezone.localdate()):
        raise CommandError("--by: the user name of a colleague", returncode=2)
    return found


def _told(row: ApiKey) -> dict[str, Any]:
    return {
        "label": row.label,
        "system": row.system.username,
        "scopes": row.scopes,
        "purposes": row.purposes,
        "per_minute": row.per_minute,
        "until": row.valid_until.isoformat(),
        "stopped": row.stopped_at is not None,
        "responsible": row.made_by.username,
    }


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
