"""The letter with our answer to what a resident said is not right: for who does not read it on a screen."""

from datetime import date

from accessibility.facts import Help
from accessibility.known import help_of_town
from accessibility.letters.gather import language_of, to_of
from accessibility.letters.letter import Letter
from accessibility.sentence import Block, Name, Phone, Story, sentence
from accessibility.story import help_block
from payments.models import Objection


class NotAnswered(LookupError):
    """There is no answer to tell yet."""


def letter_of_answer(objection: Objection, *, on: date) -> Letter:
    """Yes or no, and why; then the resident's own words. Raises `NotAnswered`."""
    if objection.answered_on is None:
        raise NotAnswered
    desk, resident = help_of_town(), objection.resident
    story = answer_story(objection, on=on, desk=desk)
    return Letter(to_of(resident), story, language_of(resident, desk), desk, kind=f"answer-{objection.pk}")


def answer_story(objection: Objection, *, on: date, desk: Help) -> Story:
    """The answer, without language."""
    verdict = sentence("objection.granted" if objection.granted else "objection.refused", strong=True)
    told = (verdict, sentence("objection.words", words=Name(objection.answer)))
    wrong = sentence("payment.wrong", phone=Phone(desk.phone))
    heading = sentence("objection.ours")
    own = (sentence("objection.words", words=Name(objection.words)),)
    yours = Block("yours", sentence("objection.yours"), sentences=own)
    return Story("notice", on, heading, (Block("notice", heading, sentences=(*told, wrong)), yours, help_block(desk)))
