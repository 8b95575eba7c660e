"""Whether the story can be heard: the button to listen is shown only where a voice of the language is."""

from django import template
from django.template.context import Context

from accessibility.telling import Reader
from accessibility.voices import has_voice

register = template.Library()


@register.simple_tag(takes_context=True)
def voice_here(context: Context) -> bool:
    """Whether there is a voice of the reader's language on this computer."""
    reader = context.get("reader")
    return isinstance(reader, Reader) and has_voice(reader.language)
