"""Entries for the Dutch algorithm register, made from the running rules and held against the standard's fields."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.db.models import Min
from django.utils import timezone

from accessibility.register import Publisher, register_entries
from accessibility.register_history import keep_now
from accessibility.register_standard import STANDARD_VERSION, wrong_with
from budgeting.core.measured import NotMeasured, fingerprint, measured
from budgeting.models import LearntRule, StatementImport


class Command(BaseCommand):
    help = "Writes the entries for the Algoritmeregister; refuses entries that do not keep the standard."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contact", default=settings.CONTACT, help="mail or https address for questions")
        parser.add_argument("--page", default="", help="https address of the page that explains recognition")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--keep", action="store_true", help="adds the rules that run to their history, if changed")

    def handle(self, **options: Any) -> None:
        try:
            kept = measured()
        except NotMeasured as problem:
            self._refuse([f"no measurement: {problem}"])
        if kept.fingerprint != fingerprint():
            self._refuse(["the rules changed since they were measured: run python -m bench.left_out --keep"])
        if options["keep"]:
            self.stdout.write("kept" if keep_now(on=timezone.localdate()) else "nothing changed")
            return
        publisher = Publisher(_organisation(), options["contact"], options["page"], _used_since())
        entries = register_entries(publisher, kept, learnt=_learnt())
        self._refuse([f"{entry['name']}: {w.field} {w.reason}" for entry in entries for w in wrong_with(entry)])
        if options["json"]:
            self.stdout.write(json.dumps({"standard": STANDARD_VERSION, "entries": entries}, ensure_ascii=False))
            return
        for entry in entries:
            self.stdout.write("\n".join(f"{field}: {value}" for field, value in entry.items()) + "\n")

    def _refuse(self, problems: list[str]) -> None:
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            sys.exit(1)


def _organisation() -> str:
    name = str(settings.MUNICIPALITY)
    return name if name.lower().startswith("gemeente") else f"Gemeente {name}"


def _learnt() -> int:
    """How many learnt rules are on; none without a database."""
    try:
        return LearntRule.objects.on().count()
    except DatabaseError:
        return 0


def _used_since() -> date | None:
    """The first day on which a statement was read; None before that, or without a database."""
    try:
        first = StatementImport.objects.aggregate(first=Min("tried_at"))["first"]
    except DatabaseError:
        return None
    return first.date() if first else None
