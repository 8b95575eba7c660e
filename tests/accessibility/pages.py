"""Finished pages from made-up facts, in any language, without a database."""

from types import SimpleNamespace

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from accessibility.closer import story_of_amount, story_of_month, story_of_payment
from accessibility.languages import EVERY_LANGUAGE, LANGUAGES
from accessibility.models import Channel, MessageKind
from accessibility.news import story_of_news
from accessibility.recognised import story_of_recognition
from accessibility.sentence import Name, Phone, Story
from accessibility.story import story_of
from accessibility.telling import Reader, told
from accessibility.who_looked import story_of_looks
from budgeting.core.knowledge.rules import dutch
from budgeting.core.measured import measured
from tests.accessibility.households import HELP, HOMES, LOOKED, MONTH, NEWS, ON, PAYMENT, WHY

CLOSER: dict[str, tuple[str, Story]] = {
    "month": ("resident/month.html", story_of_month(MONTH)),
    "payment": ("resident/payment.html", story_of_payment(PAYMENT)),
    "why": ("resident/why.html", story_of_amount(WHY)),
    "looked": ("resident/looked.html", story_of_looks(LOOKED)),
    "news": ("resident/news.html", story_of_news(NEWS, on=ON, desk=HELP)),
    "no news": ("resident/news.html", story_of_news([], on=ON, desk=HELP)),
    "listen": ("resident/listen.html", story_of(HOMES["every state"])),
}
KINDS = [
    {
        "name": kind.value,
        "message": f"message.{kind.value}",
        "channels": [
            {"name": one.value, "message": f"channel.{one.value}", "chosen": one == Channel.PAPER}
            for one in Channel
            if (kind, one) != (MessageKind.MONTH, Channel.TEXT)
        ],
    }
    for kind in MessageKind
]
REFUSALS = {
    "not found": {"kind": "not_found", "heading": "refused.not_found"},
    "not allowed": {"kind": "not_allowed", "heading": "refused.not_allowed"},
    "not understood": {"kind": "not_understood", "heading": "refused.not_understood"},
    "broken": {"kind": "broken", "heading": "refused.broken"},
    "too often": {"kind": "too_often", "heading": "refused.too_often", "minutes": 15},
}
DOORS = ("code", "login", "second_factor", "enrol", "stopped", "language")


def page(template: str, language: str, *, inside: bool = True, dutch_too: bool = False, **context: object) -> str:
    """A page as it is sent, for who is logged in or not."""
    request = RequestFactory().get("/mijn-geld/")
    request.user = SimpleNamespace(is_authenticated=True) if inside else AnonymousUser()
    request.stay_until, request.stay_seconds = (Name("14:20"), 900) if inside else (None, 0)
    shown = {
        "reader": Reader(LANGUAGES[language], ON, dutch_too=dutch_too),
        "town": f"Gemeente {HELP.town}",
        "phone": Phone(HELP.phone),
        "offer": EVERY_LANGUAGE,
    }
    with translation.override(language):
        return render_to_string(template, shown | context, request=request)


def story_page(story: Story, template: str, language: str, *, dutch_too: bool = False, **context: object) -> str:
    """A story as it is sent."""
    finished = told(story, Reader(LANGUAGES[language], ON, dutch_too=dutch_too))
    return page(template, language, dutch_too=dutch_too, story=finished, asks=story.key, **context)


def homes(language: str, *, dutch_too: bool = False) -> dict[str, str]:
    """Every turn of the home page."""
    pages = {}
    for name, facts in HOMES.items():
        coming = facts.payout is not None and facts.payout.day >= ON
        more = {"highlight": coming, "why": coming, "dutch_too": dutch_too, "first_level": "h1"}
        pages[f"home: {name}"] = story_page(story_of(facts), "resident/home.html", language, **more)
    return pages


def second_level(language: str) -> dict[str, str]:
    """The pages one step from home."""
    pages = {name: story_page(story, template, language) for name, (template, story) in CLOSER.items()}
    months = [("2026-11", "November 2026"), ("2026-10", "Oktober 2026")]
    return pages | {
        "months": page("resident/months.html", language, months=months, asks="months", answered="yes"),
        "choices": page("resident/choices.html", language, kinds=KINDS, texts=True, kept=True, asks="choices"),
        "choices, no number": page(
            "resident/choices.html", language, kinds=KINDS[:1], refused=True, asks="choices", answered="no"
        ),
    }


def explained(language: str) -> dict[str, str]:
    """How money is recognised, for everyone; its words are Dutch."""
    story = story_of_recognition(measured(), rules=len(dutch().rules), desk=HELP, on=ON)
    return {"recognised": story_page(story, "resident/recognised.html", language, inside=False)}


def doors(language: str) -> dict[str, str]:
    """Logging in, choosing a language, having stopped; with an answer that was refused where there is one."""
    return {
        name: page(f"account/{name}.html", language, inside=False, refused=True, key="ABCD EFGH JKLM") for name in DOORS
    }


def refusals(language: str) -> dict[str, str]:
    """Doors that stay shut."""
    return {f"refused: {name}": page("refused.html", language, **shown) for name, shown in REFUSALS.items()}


def every_page(language: str) -> dict[str, str]:
    """All of them."""
    return homes(language) | second_level(language) | explained(language) | doors(language) | refusals(language)
