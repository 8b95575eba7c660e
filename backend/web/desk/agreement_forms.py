"""The forms of an agreement: to make one, and the four ways to change it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accessibility.languages import language_for
from accessibility.plain import day_text
from backend.desk.categories import choices
from backend.desk.counterparties import known_account, usual_category
from backend.web.desk.rhythms import RhythmForm
from backend.web.forms import AmountField, DayField, IbanField, PlainForm
from budgeting.actions.agreements import AgreementTerms
from budgeting.models import Agreement, Direction, Resident

DIRECTIONS = [(Direction.OUT, _("We pay it")), (Direction.IN, _("It comes in"))]
MOST_WORDS = 10


class AgreementForm(RhythmForm):
    """What is agreed; the other side is one we know by name, or a new one with its account number."""

    direction = forms.ChoiceField(label=_("Which way?"), choices=DIRECTIONS, widget=forms.RadioSelect)
    category = forms.ChoiceField(
        label=_("What is it for?"),
        help_text=_("May stay empty for somebody whom everybody pays for the same."),
        required=False,
    )
    name = forms.CharField(label=_("Who is the other side?"), max_length=70)
    iban = IbanField(
        label=_("Account number of the other side"),
        help_text=_("May stay empty for somebody we know already."),
        required=False,
    )
    description = forms.CharField(
        label=_("Description"), help_text=_("Empty: what it is for."), max_length=140, required=False
    )
    amount = AmountField(label=_("Amount"), help_text=_("In euro, for example 612,40."))
    reference = forms.CharField(
        label=_("Payment reference"), help_text=_("If the other side gave one."), max_length=35, required=False
    )
    words = forms.CharField(
        label=_("Words by which the bank entry is recognised"),
        help_text=_("With commas in between, for example: huur, 12345."),
        max_length=200,
        required=False,
    )
    ends_on = DayField(label=_("The last day"), required=False)
    beside = forms.BooleanField(label=_("Yes, both are right"), required=False)

    def __init__(self, *args: Any, resident: Resident, **options: Any) -> None:
        super().__init__(*args, **options)
        self.resident = resident
        if not self.is_bound:
            del self.fields["beside"]
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [("", "-"), *choices(self["direction"].value() or "out")]
        self.fields["name"].widget.attrs["list"] = "names"
        self.order_fields(["direction", "category", "name", "iban", "description", "amount"])

    def clean_words(self) -> tuple[str, ...]:
        """Each word or number once."""
        words = tuple(dict.fromkeys(word for part in self.cleaned_data["words"].split(",") if (word := part.strip())))
        if len(words) > MOST_WORDS or any(len(word) > 60 for word in words):
            raise ValidationError(_("At most ten words, each of at most 60 letters."), code="too_many")
        return words

    def clean(self) -> dict[str, Any]:
        """Finds the account of the other side, and holds the last day against the first."""
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("The last day has to be after the first."))
        if {"name", "iban"} <= cleaned.keys():
            cleaned["account"] = known_account(name=cleaned["name"], iban=cleaned["iban"])
            if cleaned["account"] is None and not cleaned["iban"]:
                self.add_error("iban", _("We do not know this name yet. Type the account number as well."))
        if "category" in cleaned and not cleaned["category"]:
            cleaned["category"] = self._usual(cleaned)
        self._ask_whether_both(cleaned)
        return cleaned

    def _ask_whether_both(self, cleaned: dict[str, Any]) -> None:
        """The same with the same other side in the same days is mostly a slip: it is asked, once."""
        running = None if self.errors else self._running(cleaned)
        if running is None:
            del self.fields["beside"]
        elif not cleaned["beside"]:
            told = gettext("{what} with {name} is agreed already, from {day}. Is this a second one beside it?")
            day = day_text(running.valid_from, language_for(get_language()), on=date.min)
            what = self._what_for(running.category)
            self.add_error("beside", told.format(what=what, name=running.counterparty, day=day))

    def _running(self, cleaned: dict[str, Any]) -> Agreement | None:
        """What was agreed before for days that this one has as well."""
        account, ends_on = cleaned["account"], cleaned["ends_on"]
        if account is None:
            return None
        rows = Agreement.objects.filter(
            Q(valid_until=None) | Q(valid_until__gt=cleaned["starts_on"]),
            resident=self.resident,
            counterparty=account.counterparty_id,
            direction=cleaned["direction"],
            category=cleaned["category"],
        )
        if ends_on:
            rows = rows.filter(valid_from__lt=ends_on)
        return rows.select_related("counterparty").order_by("pk").first()

    def _usual(self, cleaned: dict[str, Any]) -> str:
        """What everybody else agreed with this other side; without one answer somebody has to say it."""
        account, direction = cleaned.get("account"), str(cleaned.get("direction", ""))
        category = usual_category(account.counterparty_id, direction) if account else ""
        if not category:
            self.add_error("category", _("Fill this in."))
        return category

    @property
    def terms(self) -> AgreementTerms:
        """What was agreed."""
        given = self.cleaned_data
        return AgreementTerms(
            direction=given["direction"],
            category=given["category"],
            description=given["description"] or self._what_for(given["category"]),
            amount=given["amount"],
            recurrence=given["recurrence"],
            valid_from=given["starts_on"],
            valid_until=given["ends_on"],
            words=given["words"],
            reference=given["reference"],
        )

    def _what_for(self, category: str) -> str:
        """The category by its name."""
        groups = choices(str(self.cleaned_data["direction"]))
        return next(name for _group, named in groups for key, name in named if key == category)


class AmountForm(PlainForm):
    """Another amount from a day on."""

    amount = AmountField(label=_("New amount"))
    valid_from = DayField(label=_("From which day?"))


class PauseForm(PlainForm):
    """Nothing falls due for a while."""

    valid_from = DayField(label=_("From which day?"))
    valid_until = DayField(
        label=_("Until which day?"), help_text=_("On this day it begins again. May stay empty."), required=False
    )
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """The end lies after the begin."""
        cleaned = super().clean() or {}
        if cleaned.get("valid_until") and cleaned.get("valid_from") and cleaned["valid_until"] <= cleaned["valid_from"]:
            self.add_error("valid_until", _("The last day has to be after the first."))
        return cleaned


class SkipForm(PlainForm):
    """One date does not count."""

    due_on = forms.TypedChoiceField(label=_("Which date?"))
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def __init__(self, *args: Any, dates: Collection[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        due_on = self.fields["due_on"]
        assert isinstance(due_on, forms.ChoiceField)
        due_on.choices = list(dates)


class EndForm(PlainForm):
    """Nothing falls due any more."""

    valid_until = DayField(label=_("From which day on is nothing due?"))
