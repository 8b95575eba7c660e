"""Systems that are told of events: add one (its secret is told once), list them, stop one."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.api.events import ALL_KINDS, NotASubscriber, subscribe
from backend.models import Subscriber
from budgeting import access
from budgeting.actions.audit import record
from budgeting.models import User


class Command(BaseCommand):
    help = "add NAME --url URL --kind KIND: tells it from now on; list; stop NAME: it is told nothing any more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=("add", "list", "stop"))
        parser.add_argument("name", nargs="?", default="")
        parser.add_argument("--url", default="", help="https; outside production also this computer itself")
        parser.add_argument("--kind", action="append", default=[], choices=ALL_KINDS, help="may be repeated")
        parser.add_argument("--by", default="", help="user name of an application manager")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        told = {"add": self._add, "list": self._list, "stop": self._stop}[options["do"]](options)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in told.get("subscribers", [told]):
            self.stdout.write("  ".join(f"{name}: {value}" for name, value in one.items()))

    def _add(self, options: dict[str, Any]) -> dict[str, Any]:
        by = _manager(options["by"])
        try:
            made, secret = subscribe(name=options["name"], url=options["url"], kinds=options["kind"], by=by)
        except NotASubscriber as wrong:
            raise CommandError(f"nobody was added: {wrong}") from None
        return {**_told(made), "secret": secret}

    def _list(self, _options: dict[str, Any]) -> dict[str, Any]:
        return {"subscribers": [_told(row) for row in Subscriber.objects.order_by("pk")]}

    def _stop(self, options: dict[str, Any]) -> dict[str, Any]:
        by = _manager(options["by"])
        rows = Subscriber.objects.filter(name=options["name"], stopped_at=None)
        row = rows.first()
        if row is None or not rows.update(stopped_at=timezone.now()):
            raise CommandError(f"{options['name']} is told nothing already")
        record(action="subscriber.stopped", subject=f"subscriber:{row.pk}", by=by, name=row.name)
        return _told(Subscriber.objects.get(pk=row.pk))


def _manager(name: str) -> User:
    found = User.objects.filter(username=name).first()
    if found is None or not access.may(found, "change_settings", on=timezone.localdate()):
        raise CommandError("--by: the user name of an application manager", returncode=2)
    return found


def _told(row: Subscriber) -> dict[str, Any]:
    return {
        "name": row.name,
        "url": row.url,
        "kinds": row.kinds,
        "cursor": row.cursor,
        "wrong": row.wrong,
        "last_error": row.last_error,
        "stopped": row.stopped_at is not None,
    }
