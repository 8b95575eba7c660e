"""A voice on our own computer: espeak-ng as a program of its own, when it is installed. Nothing is sent on or kept.

espeak-ng (GPL-3) is never loaded into this program; it gets words on its standard input and answers with sound.
"""

import shutil
import struct
import subprocess
from functools import cache
from threading import BoundedSemaphore

import numpy as np

from accessibility.languages import Language

PROGRAM = "espeak-ng"
LONGEST_TEXT = 4000  # characters: some four minutes
LONGEST_WAIT = 15  # seconds
LARGEST_SOUND = 40 * 1024 * 1024
AT_ONCE = 2
WORDS_A_MINUTE = 135  # slower than the program's own 175

_HEADER = 44
_RATE = 22050
_busy = BoundedSemaphore(AT_ONCE)


class NoVoice(RuntimeError):
    """There is no voice of this language here, or no program at all."""


class VoiceFailed(RuntimeError):
    """The program did not answer with sound in time, or the text is too long; the message says which."""


class VoiceBusy(RuntimeError):
    """As many people listen as there are voices; trying again in a moment helps."""


def has_voice(language: Language) -> bool:
    """Whether the story can be heard in this language."""
    return language.code in _voices()


def sound_of(text: str, language: Language) -> bytes:
    """The text as a WAV file (11 kHz, 8 bit, mono: 11 kB a second). Raises `NoVoice`, `VoiceBusy` or `VoiceFailed`."""
    if not has_voice(language):
        raise NoVoice(language.code)
    if len(text) > LONGEST_TEXT:
        raise VoiceFailed(f"{len(text)} characters, more than {LONGEST_TEXT}")
    if not _busy.acquire(timeout=LONGEST_WAIT / 3):
        raise VoiceBusy
    try:
        spoken = _run("-v", language.code, "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout", text=text)
    except (subprocess.SubprocessError, OSError) as error:
        raise VoiceFailed(type(error).__name__) from error
    finally:
        _busy.release()
    return _lighter(spoken)


@cache
def _voices() -> frozenset[str]:
    """Codes of the languages that the program speaks; none when it is not installed. Asked once a process."""
    if shutil.which(PROGRAM) is None:
        return frozenset()
    try:
        listed = _run("--voices").decode(errors="replace")
    except (subprocess.SubprocessError, OSError):
        return frozenset()
    return frozenset(columns[1].split("-")[0] for line in listed.splitlines()[1:] if len(columns := line.split()) > 1)


def _run(*words: str, text: str = "") -> bytes:
    program = shutil.which(PROGRAM)
    if program is None:
        raise FileNotFoundError(PROGRAM)
    done = subprocess.run(  # noqa: S603 - our own words only; the text goes to standard input, and there is no shell
        [program, *words], input=text.encode(), capture_output=True, timeout=LONGEST_WAIT, check=True, cwd="/",
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return done.stdout


def _lighter(spoken: bytes) -> bytes:
    """Half the samples in half the bits: a quarter of the data for a phone, and a header that tells the true length.

    The program writes to a pipe and cannot know the length when it writes its header.
    """
    if spoken[:4] != b"RIFF" or int.from_bytes(spoken[24:28], "little") != _RATE or len(spoken) > LARGEST_SOUND:
        raise VoiceFailed("no sound")
    samples = np.frombuffer(spoken[_HEADER : len(spoken) - (len(spoken) - _HEADER) % 4], dtype="<i2")
    if not samples.size:
        raise VoiceFailed("silence")
    halved = samples.reshape(-1, 2).mean(axis=1)
    light = bytes(np.clip(np.rint(halved / 256) + 128, 0, 255).astype(np.uint8))
    return _wav_header(len(light), _RATE // 2) + light


def _wav_header(length: int, rate: int) -> bytes:
    """RIFF header of one channel with 8 bits a sample (Microsoft's Multimedia Data Standards, 1991)."""
    form = struct.pack("<HHIIHH", 1, 1, rate, rate, 1, 8)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", length)
    return b"RIFF" + struct.pack("<I", len(head) + length) + head
