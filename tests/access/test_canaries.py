"""Names, account numbers and BSNs that belong to one resident, looked for where they may never be.

The pages themselves are searched while the matrix is walked (test_matrix.py); here is what leaves the house or stays
behind in it: letters, exports, text messages, events for other systems, the server's log and the chain of events.
"""

import io
import json
import logging
from pathlib import Path

import pypdf
import pytest
from django.core.management import call_command
from django.utils import timezone

from backend.api.events import ALL_KINDS, cloud_events
from backend.operate.log_lines import JsonLines
from backend.own_data import own_data
from backend.texting import text_residents
from budgeting.models import AuditEvent, Resident
from tests.access.town import NUMBERS, Walk
from tests.backend.web.desk import ON

PAGES = ("", "gegevens/", "meekijken/", "telefoon/", "vertegenwoordiger/")


def found(walk: Walk, content: str, *whose: Resident) -> list[str]:
    """Words of these residents, and anybody's BSN, in a text."""
    words = [word for who in whose for word in walk.canaries[who.pk].seen_in(content.encode())]
    return words + [number for number in NUMBERS if number in content]


def test_writes_a_letter_without_a_word_about_another(walk: Walk, tmp_path: Path) -> None:
    month = f"--month={ON:%Y-%m}"
    call_command(
        "make_letters",
        month,
        f"--resident={walk.other.number}",
        f"--out={tmp_path}",
        "--processes=1",
        stdout=io.StringIO(),
    )
    letters = list(tmp_path.rglob("*.pdf"))
    assert letters
    text = "\n".join(page.extract_text() for one in letters for page in pypdf.PdfReader(one).pages)
    assert walk.other.last_name in text
    assert not found(walk, text, walk.own)


@pytest.mark.parametrize("form", ["csv", "xaf"])
def test_exports_a_journal_that_names_nobody(form: str, walk: Walk, tmp_path: Path) -> None:
    out = tmp_path / f"journal.{form}"
    days = ["--since=2026-01-01", "--until=2027-01-01"]
    call_command("export_journal", *days, f"--form={form}", f"--out={out}", stdout=io.StringIO())
    text = out.read_bytes().decode()
    assert len(text) > 500
    assert not found(walk, text, walk.own, walk.other)


def test_copies_everything_of_one_and_nothing_of_another(walk: Walk) -> None:
    text = json.dumps(own_data(walk.other), ensure_ascii=False)
    assert walk.other.last_name in text
    assert not found(walk, text, walk.own)


def test_sends_texts_and_events_without_names_or_numbers(walk: Walk, settings: object, tmp_path: Path) -> None:
    settings.TEXT_OUTBOX = str(tmp_path)  # type: ignore[attr-defined]
    Resident.objects.update(phone="0612345678")
    text_residents(on=ON, now=timezone.now())
    sent = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    events = [json.dumps(one) for event in AuditEvent.objects.order_by("id") for one in cloud_events(event, ALL_KINDS)]
    assert len(events) >= 5
    assert not found(walk, "\n".join([*sent, *events]), walk.own, walk.other)


def test_keeps_names_and_numbers_out_of_the_log_and_bsns_out_of_the_chain(
    walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    logging.disable(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        for page in PAGES:
            address = f"/inwoners/{walk.own.pk}/{page}"
            walk.ask("case_worker", "GET", address)
            walk.ask("case_worker", "POST", address)
            walk.ask("auditor", "GET", address)
    asked = [record for record in caplog.records if not record.name.startswith("django.db")]
    lines = "\n".join(JsonLines().format(record) for record in asked)
    assert "/inwoners/" in lines
    assert not found(walk, lines, walk.own, walk.other)
    chain = "\n".join(f"{event.subject} {event.body}" for event in AuditEvent.objects.all())
    accounts = [walk.canaries[who.pk].words[3] for who in (walk.own, walk.other)]
    assert not [word for word in (*NUMBERS, *accounts) if word in chain]
