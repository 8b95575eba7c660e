"""The languages of the town: which are on, as a draft or checked, by whose decision; and decides about one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accessibility.languages import FALLBACK, LANGUAGES
from accessibility.offered import LanguageNotComplete, NoSuchLanguage, decide_language, decisions, missing_words
from budgeting import access
from budgeting.models import User


class Command(BaseCommand):
    help = "Lists the languages; with --decide switches one on, says it was checked, or switches it off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--decide", nargs=2, metavar=("LANGUAGE", "draft|checked|off"))
        parser.add_argument("--by", help="user name of the application manager who decides")
        parser.add_argument("--reason")
        parser.add_argument("--reader", default="", help="who checked it: name and why the language is theirs")

    def handle(self, **options: Any) -> None:
        if options["decide"]:
            self._decide(**options)
        answer = {"languages": [_told(code) for code in LANGUAGES]}
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for one in answer["languages"]:
            self.stdout.write(
                f"{one['code']:3} {one['status']:8} {one['missing']:4} missing  {one['decided_by']} {one['reason']}"
            )

    def _decide(self, *, decide: list[str], by: str | None, reason: str | None, reader: str, **_: Any) -> None:
        language, status = decide
        on = timezone.localdate()
        manager = User.objects.filter(username=by or "").first()
        if manager is None or not access.may(manager, "change_settings", on=on):
            raise CommandError("--by: the user name of an application manager")
        if status not in {"draft", "checked", "off"} or not reason or (status == "checked" and not reader):
            raise CommandError("a decision is draft, checked (with --reader) or off, and has a --reason")
        try:
            decide_language(language=language, status=status, reason=reason, on=on, by=manager, reader=reader)
        except NoSuchLanguage:
            raise CommandError(f"{language}: one of {', '.join(sorted(set(LANGUAGES) - {FALLBACK}))}") from None
        except LanguageNotComplete as problem:
            raise CommandError(str(problem)) from None


def _told(code: str) -> dict[str, Any]:
    decision = decisions().get(code)
    return {
        "code": code,
        "status": "source" if code == FALLBACK else decision.status if decision else "off",
        "missing": len(missing_words(LANGUAGES[code])),
        "decided_by": decision.decided_by.full_name if decision else "",
        "decided_on": decision.decided_on.isoformat() if decision else None,
        "reader": decision.reader if decision else "",
        "reason": decision.reason if decision else "",
    }
