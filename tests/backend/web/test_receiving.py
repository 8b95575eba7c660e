"""Files on their way in: held in memory, sealed in the database, never in the clear on a disk, never for a stranger."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from backend import uploads
from backend.models import Upload
from backend.web import receiving
from backend.web.desk.bank import StatementsForm
from tests.backend.web.desk import signed_in
from tests.factories import House
from tests.house.tree import ROOT

MARK = b"Een naam die nergens mag blijven liggen"


@pytest.fixture
def no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may make a temporary file."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", refuse)


def post(client: Client, *files: tuple[str, bytes]) -> Any:
    return client.post("/bank/", {"chosen": [SimpleUploadedFile(name, data) for name, data in files]})


@pytest.mark.usefixtures("no_disk")
def test_holds_a_large_file_in_memory_and_seals_it(home: House) -> None:
    data = MARK + b"x" * 6_000_000

    assert post(signed_in(home.case_worker), ("groot.xml", data)).status_code == 302

    assert Upload.objects.get().content == data
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM upload")
        assert MARK not in bytes(cursor.fetchone()[0])


def test_names_the_file_that_is_too_big_and_holds_nothing_of_it(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "LARGEST_FILE", 1024 * 1024)
    monkeypatch.setattr(StatementsForm.base_fields["chosen"], "largest", 1024 * 1024)

    answer = post(signed_in(home.case_worker), ("klein.xml", b"a"), ("groot.xml", b"x" * 1_100_000))

    assert answer.status_code == 400
    assert "groot.xml is te groot: hoogstens 1 MB." in answer.content.decode()
    assert Upload.objects.count() == 0


def test_says_that_files_are_too_big_together(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "LARGEST_TOGETHER", 1024 * 1024)
    monkeypatch.setattr(StatementsForm.base_fields["chosen"], "together", 1024 * 1024)

    answer = post(signed_in(home.case_worker), ("a.xml", b"x" * 600_000), ("b.xml", b"x" * 600_000))

    assert answer.status_code == 400
    assert "Samen zijn deze bestanden te groot: hoogstens 1 MB. Kies er minder tegelijk." in answer.content.decode()


def test_has_one_limit_in_form_and_memory() -> None:
    field = StatementsForm.base_fields["chosen"]

    assert (field.largest, field.together) == (uploads.LARGEST_FILE, uploads.LARGEST_TOGETHER)


@pytest.mark.parametrize("who", ["stranger", "without a second factor"])
def test_holds_nothing_for_who_may_not_choose_files(home: House, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    whole = receiving.HeldInMemory.file_complete
    monkeypatch.setattr(
        receiving.HeldInMemory,
        "file_complete",
        lambda self, size: kept.append(len(self.held.getvalue())) or whole(self, size),
    )
    client = Client() if who == "stranger" else signed_in(home.case_worker, second_factor=False)

    answer = client.post("/inloggen/", {"code": SimpleUploadedFile("a.xml", b"x" * 100_000)})

    assert answer.status_code in {200, 302, 400, 422}
    assert kept == [0]


def test_sets_a_long_request_aside_in_memory() -> None:
    told = "import tempfile, backend.wsgi; print(tempfile.gettempdir())"

    found = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, env={})

    types = {line.split()[1]: line.split()[2] for line in Path("/proc/mounts").read_text().splitlines()}
    assert types[found.stdout.strip()] == "tmpfs"
