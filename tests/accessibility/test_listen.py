"""The story aloud: numbers a voice says right, a player without script, and no button where there is no voice."""

import io
import os
import shutil
import stat
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as examples

from accessibility import voices
from accessibility.aloud import aloud
from accessibility.facts import Facts
from accessibility.languages import LANGUAGES
from accessibility.scripts import stay
from accessibility.speech import amount_aloud
from accessibility.story import story_of
from accessibility.telling import Reader
from accessibility.voices import NoVoice, VoiceBusy, VoiceFailed, has_voice, sound_of
from budgeting.actions.people import issue_letter_code
from budgeting.models import Resident
from tests import factories
from tests.accessibility.households import HOMES, ON, facts
from tests.accessibility.pages import homes
from tests.accessibility.papers import EIGHT
from tests.accessibility.test_story import households

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DUTCH, ARABIC, TIGRINYA = (LANGUAGES[code] for code in ("nl", "ar", "ti"))
INSTALLED = shutil.which(voices.PROGRAM) is not None

# A stand-in that speaks Dutch: as many samples of sound as it was given letters, behind a header without a length.
PROGRAM = """#!/bin/sh
if [ "$1" = --voices ]; then printf 'Pty Language\\n 5 nl  --/M Dutch gmw/nl\\n'; exit 0; fi
printf 'RIFF\\377\\377\\377\\177WAVEfmt \\020\\0\\0\\0\\001\\0\\001\\0\\042\\126\\0\\0\\104\\254\\0\\0\\002\\0\\020\\0'
printf 'data\\377\\377\\377\\177'; cat; cat /dev/null
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """A program of this name, found before any other; the list of voices is asked anew."""
    file = folder / voices.PROGRAM
    file.write_text(program)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    voices._voices.cache_clear()


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    voices._voices.cache_clear()
    yield
    voices._voices.cache_clear()


@pytest.fixture
def dutch_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, PROGRAM)


@pytest.fixture
def no_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    voices._voices.cache_clear()


def test_says_amounts_numbers_and_names_as_a_voice_should() -> None:
    told = aloud(story_of(facts(charges=EIGHT)), Reader(DUTCH, ON))
    assert told.startswith("U krijgt op vrijdag, zestig euro. Vrijdag 27 november. Over 4 dagen.")
    assert "Huur, honderdachttien euro vijfenzeventig. Wij betalen op 25 november." in told
    assert "Bel 1 4, 0 1 9 9." in told
    assert "€" not in told


def test_says_days_without_the_number_of_their_month() -> None:
    assert "(11)" not in aloud(story_of(facts()), Reader(ARABIC, ON))


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("name", HOMES)
def test_tells_every_home_aloud_without_a_sign_that_is_only_for_the_eye(name: str, language: str) -> None:
    told = aloud(story_of(HOMES[name]), Reader(LANGUAGES[language], ON))
    assert not set("€<>{}\u00a0\u200b") & set(told)
    assert ".." not in told
    assert len(told) < voices.LONGEST_TEXT


@examples(max_examples=50)
@given(households)
def test_says_every_amount_that_the_screen_shows(household: Facts) -> None:
    story = story_of(household)
    told = aloud(story, Reader(DUTCH, ON))
    shown = [item.amount for block in story.blocks for item in block.items]
    shown += [block.figure for block in story.blocks if block.figure is not None]
    shown += [
        value for b in story.blocks for s in b.sentences for value in s.values.values() if isinstance(value, Decimal)
    ]
    assert all(amount_aloud(amount, DUTCH) in told for amount in shown)


@pytest.mark.usefixtures("dutch_voice")
def test_knows_which_languages_have_a_voice() -> None:
    assert has_voice(DUTCH)
    assert not has_voice(TIGRINYA)
    with pytest.raises(NoVoice):
        sound_of("ሰላም", TIGRINYA)


@pytest.mark.usefixtures("dutch_voice")
def test_makes_light_sound_with_a_true_length() -> None:
    with wave.open(io.BytesIO(sound_of("abcd" * 100, DUTCH))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 1, 11025)
        assert sound.getnframes() == 100


@pytest.mark.usefixtures("no_voice")
def test_has_no_voice_when_no_program_is_installed() -> None:
    assert not any(has_voice(language) for language in LANGUAGES.values())


@pytest.mark.parametrize(
    "program",
    ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho geen geluid\n", "#!/bin/sh\n", "no program at all"],
)
def test_takes_a_program_that_fails_for_no_voice(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, program)
    assert not has_voice(DUTCH)


@pytest.mark.parametrize("ending", ["exit 1", "printf RIFF", "sleep 5"])
def test_says_that_a_voice_failed(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, PROGRAM.replace("printf 'RIFF", f"{ending}; exit 0\nprintf 'RIFF", 1))
    assert has_voice(DUTCH)
    monkeypatch.setattr(voices, "LONGEST_WAIT", 0.3)
    with pytest.raises(VoiceFailed):
        sound_of("abcd", DUTCH)


@pytest.mark.usefixtures("dutch_voice")
def test_speaks_no_longer_than_people_listen() -> None:
    with pytest.raises(VoiceFailed):
        sound_of("a" * (voices.LONGEST_TEXT + 1), DUTCH)


@pytest.mark.usefixtures("dutch_voice")
def test_lets_a_few_listen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "LONGEST_WAIT", 0.1)
    for _ in range(voices.AT_ONCE):
        voices._busy.acquire()
    try:
        with pytest.raises(VoiceBusy):
            sound_of("abcd", DUTCH)
    finally:
        for _ in range(voices.AT_ONCE):
            voices._busy.release()


@pytest.mark.usefixtures("dutch_voice")
def test_hands_words_to_the_program_without_a_shell() -> None:
    nasty = "$(touch aangeraakt); `id` --help\n-v ar "
    assert len(sound_of(nasty + " " * (-len(nasty) % 4), DUTCH)) > 44
    assert not Path("aangeraakt").exists()


def test_speaks_with_the_real_program_when_it_is_there() -> None:
    assert has_voice(DUTCH) == INSTALLED
    if INSTALLED:
        with wave.open(io.BytesIO(sound_of(aloud(story_of(facts()), Reader(DUTCH, ON)), DUTCH))) as sound:
            assert 20 < sound.getnframes() / sound.getframerate() < 120


@pytest.fixture
def inside(db: None) -> Iterator[Client]:
    """A resident's browser, logged in, in Dutch."""
    with time_machine.travel(NOW, tick=False):
        home = factories.house()
        who: Resident = factories.resident(home, money="900.00")
        client = Client()
        client.cookies["language"] = "nl"
        client.post(reverse("login"), {"code": issue_letter_code(resident=who, now=NOW, by=home.case_worker)})
        yield client


@pytest.mark.usefixtures("dutch_voice")
def test_plays_without_a_script_and_keeps_nothing(inside: Client) -> None:
    page = inside.get(reverse("listen"))
    text = page.content.decode()
    assert f'<audio controls preload="none" src="{reverse("sound")}"' in text
    assert "<script" not in text.replace(f"<script>{stay()}</script>", "")
    assert page.headers["Cache-Control"] == "no-store"
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("dutch_voice")
def test_sends_the_sound_and_lets_no_one_keep_it(inside: Client) -> None:
    answer = inside.get(reverse("sound"))
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content[:4] == b"RIFF"


@pytest.mark.usefixtures("dutch_voice")
@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999999", 206, slice(None)),
        ("bytes=9-3", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=" + "9" * 50 + "-", 200, slice(None)),
        ("bytes=99999999-", 416, slice(0, 0)),
    ],
)
def test_sends_the_part_a_player_asks_for(inside: Client, asked: str, status: int, part: slice) -> None:
    whole = inside.get(reverse("sound")).content
    answer = inside.get(reverse("sound"), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, whole[part])


@pytest.mark.usefixtures("no_voice")
def test_has_no_page_and_no_sound_without_a_voice(inside: Client) -> None:
    assert inside.get(reverse("listen")).status_code == inside.get(reverse("sound")).status_code == 404


@pytest.mark.usefixtures("dutch_voice")
def test_asks_to_come_back_when_a_voice_fails(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "LONGEST_TEXT", 10)
    answer = inside.get(reverse("sound"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_lets_nobody_listen_to_someone_else(db: None) -> None:
    home = factories.house()
    client = Client()
    assert client.get(reverse("sound")).status_code == 302
    client.force_login(home.case_worker)
    assert client.get(reverse("sound")).status_code == 403
    assert client.get(reverse("listen")).status_code == 403


def test_shows_the_button_only_where_there_is_a_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: Any
) -> None:
    link = reverse("listen")
    assert (link in homes("nl")["home: calm"]) == INSTALLED
    request.getfixturevalue("no_voice")
    assert link not in homes("nl")["home: calm"]
