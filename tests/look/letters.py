"""Makes the letters of made-up residents, holds them against PDF/UA-1, and draws their sides."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from accessibility.letters.check import faults_of_letter
from accessibility.letters.letter import Letter, values_of
from accessibility.letters.make import make
from accessibility.notices import payment_failed
from accessibility.sentence import Story
from tests.accessibility.households import HOMES, ON, PAYMENT
from tests.accessibility.papers import PAGE, TO
from tests.look.screens import Finding, Seen

SHOWN = ("calm", "every state", "short, paid", "stopped, money left", "a million")


def letters(language: str, folder: Path) -> Iterator[Seen | Finding]:
    """The letters in a language, each with a picture of its front and what is wrong with it."""
    for name, letter in _letters(language).items():
        pdf = make(values_of(letter)).pdf
        file = folder / f"{language} letter {name}".replace(" ", "_").replace(",", "")
        file.with_suffix(".pdf").write_bytes(pdf)
        drawing = ["pdftoppm", "-jpeg", "-r", "60", "-f", "1", "-singlefile", file.with_suffix(".pdf"), file]
        subprocess.run(drawing, check=True, capture_output=True)
        yield Seen(language, f"letter: {name}", "paper", file.with_suffix(".jpg"))
        for fault in faults_of_letter(pdf):
            yield Finding("pdf", language, f"letter: {name}", "paper", f"{fault.code} {fault.where}")


def _letters(language: str) -> dict[str, Letter]:
    from tests.accessibility.papers import letter  # noqa: PLC0415 - its own name is wanted here

    monthly = {name: letter(HOMES[name], language, page=PAGE) for name in SHOWN}
    notice: Story = payment_failed(PAYMENT)
    assert notice.on == ON
    return monthly | {"payment came back": Letter(TO, notice, language, PAYMENT.help)}
