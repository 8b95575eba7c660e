"""What somebody who looks with a resident is told: the same story, of which some blocks or values stay covered."""

from dataclasses import replace

from accessibility.sentence import Sentence, Story, sentence
from budgeting.models import Scope

_WITHIN: dict[str, frozenset[str]] = {
    Scope.WHEN: frozenset({"payout", "help"}),
    Scope.PAID: frozenset({"payout", "charges", "help"}),
}


def story_within(story: Story, scope: str) -> Story:
    """The blocks of the home page that the resident agreed to show, in their order."""
    if scope == Scope.ALL:
        return story
    return replace(story, blocks=tuple(block for block in story.blocks if block.key in _WITHIN[scope]))


def card_of(block: str) -> Sentence:
    """What a helper can say about a block, in the words of the resident's language."""
    return sentence(f"card.{block}")


def first_name(names: str) -> str:
    """How a helper calls the resident; nobody needs the last name to look along."""
    return names.split(maxsplit=1)[0] if names.split() else ""
