"""The form with which a person says what a rule goes by: the account or the name, words, and what it is for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accessibility.plain import iban_text
from backend.desk.categories import KEYS, choices
from backend.web.forms import PlainForm
from budgeting.core.taught import Lesson, NothingToGoBy, Taught, checked

ACCOUNT, NAME, WORDS = "account", "name", "words"


class LessonForm(PlainForm):
    """What the rule goes by, from what the entry offers; `rule` is what was chosen."""

    by = forms.ChoiceField(label=_("What does the rule go by?"), widget=forms.RadioSelect)
    words = forms.MultipleChoiceField(
        label=_("These words have to be in the text as well"), required=False, widget=forms.CheckboxSelectMultiple
    )
    category = forms.ChoiceField(label=_("What is it for?"))

    def __init__(self, data: Any, *, lesson: Lesson, initial: dict[str, Any] | None = None) -> None:
        ways = _ways(lesson)
        super().__init__(data, initial={"by": ways[0][0]} | (initial or {}))
        self.lesson = lesson
        self.rule: Taught | None = None
        for name, options in (
            ("by", ways),
            ("words", [(w, w) for w in lesson.words]),
            ("category", choices(lesson.direction)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options
        if not lesson.words:
            del self.fields["words"]

    def clean(self) -> dict[str, Any]:
        """Adds the rule; one that goes by too little is refused."""
        cleaned = super().clean() or {}
        if {"by", "category"} <= cleaned.keys():
            self.rule = self._rule(cleaned)
        return cleaned

    def proposed(self) -> Taught | None:
        """The rule as the fields stand before anybody chose; None when that goes by too little."""
        category = str(self.initial.get("category", ""))
        if category not in KEYS:
            return None
        try:
            return checked(self._made({"by": self.initial["by"], "category": category, **self._words()}))
        except NothingToGoBy:
            return None

    def _words(self) -> dict[str, Any]:
        return {"words": self.initial.get("words", [])}

    def _rule(self, cleaned: dict[str, Any]) -> Taught:
        try:
            return checked(self._made(cleaned))
        except NothingToGoBy as error:
            raise ValidationError(
                _("This is too little to go by: it would also fit others. Tick a word as well."), code="too_little"
            ) from error

    def _made(self, cleaned: dict[str, Any]) -> Taught:
        way = cleaned["by"]
        return Taught(
            number=0,
            version=0,
            direction=self.lesson.direction,
            category=cleaned["category"],
            iban=self.lesson.iban if way == ACCOUNT else "",
            name=self.lesson.name if way == NAME else "",
            words=frozenset(cleaned.get("words", ())),
        )


def _ways(lesson: Lesson) -> list[tuple[str, Any]]:
    ways = [
        (ACCOUNT, _("The account number %(iban)s") % {"iban": iban_text(lesson.iban)}) if lesson.iban else None,
        (NAME, _("The name “%(name)s”") % {"name": lesson.name}) if lesson.name else None,
        (WORDS, _("Only the words")) if lesson.words else None,
    ]
    return [way for way in ways if way] or [(WORDS, _("Only the words"))]
