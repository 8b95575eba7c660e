"""A letter as a file to print, made while one waits."""

from django.http import HttpResponse

from accessibility.letters.letter import Letter, values_of
from accessibility.letters.make import make


def as_pdf(letter: Letter) -> HttpResponse:
    """The letter, to be kept or printed; its name says whose it is and of what kind."""
    name = f"{letter.to.number}-{letter.kind}.pdf"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(make(values_of(letter)).pdf, content_type="application/pdf", headers=disposition)
