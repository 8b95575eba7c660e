"""Shows what somebody outside wrote: in its own direction, without what cannot be seen, and never endless."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from accessibility.foreign import cut, hides_something

register = template.Library()
A_LINE, LONGEST = 140, 1000


@register.filter
def foreign(text: object, most: int = A_LINE) -> SafeString:
    """The text, at most so many characters of it; what was left out is said behind it."""
    whole = str(text or "")
    shown, more = cut(whole, most)
    left_out = []
    if more:
        left_out.append(ngettext("and {n} more character", "and {n} more characters", more).format(n=more))
    if hides_something(whole[: 4 * most]):
        left_out.append(gettext("characters that cannot be seen are left out"))
    note = format_html(' <span class="hhb-muted">({})</span>', ", ".join(left_out)) if left_out else ""
    return format_html('<bdi translate="no">{}{}</bdi>{}', shown, "…" if more else "", note)


@register.filter
def foreign_whole(text: object) -> SafeString:
    """A longer text, such as a remittance."""
    return foreign(text, LONGEST)
