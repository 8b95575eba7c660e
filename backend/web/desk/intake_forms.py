"""The forms of an intake: the files of a resident, and the proposals found in them to tick and correct."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext_lazy as _

from accessibility.schedules import in_words
from accessibility.telling import amount_html
from backend.desk.categories import KEYS, choices
from backend.desk.counterparties import known_account
from backend.templatetags.desk import category_name
from backend.web.desk.rhythms import RhythmForm
from backend.web.forms import AmountField, FilesField, IbanField, PlainForm
from budgeting.actions.agreements import AgreementTerms
from budgeting.actions.intake import Confirmed
from budgeting.core.budget import Regular
from budgeting.core.schedule import NotARecurrence, Recurrence
from budgeting.models import Direction

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_TOGETHER = 20 * 1024 * 1024
MOST_PROPOSALS = 30  # more regular incomes and charges than a household has; the form has a limit on fields


class HistoryForm(PlainForm):
    """A resident's own export of their bank: one or more files."""

    chosen = FilesField(
        largest=LARGEST_FILE,
        together=LARGEST_TOGETHER,
        label=_("Bank statements of the resident"),
        help_text=_("Three to twelve months: camt, MT940, OFX or CSV. We read them and do not keep them."),
        error_messages={"required": _("Choose at least one file.")},
    )


class ProposalForm(RhythmForm):
    """One regular income or charge. What is not ticked may be as it is."""

    take = forms.BooleanField(label=_("Make this agreement"), required=False)
    direction = forms.ChoiceField(choices=Direction, widget=forms.HiddenInput)
    told = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)
    category = forms.ChoiceField(label=_("What is it for?"))
    name = forms.CharField(label=_("Who is the other side?"), max_length=70)
    iban = IbanField(label=_("Account number of the other side"), required=False)
    amount = AmountField(label=_("Amount"))
    low = AmountField(label=_("At least"), required=False)
    high = AmountField(label=_("At most"), required=False)
    words = forms.CharField(label=_("Words and numbers by which it is recognised"), max_length=200, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = choices(str(self["direction"].value() or "out"))
        self.fields["starts_on"].label = _("The next time on")
        self.order_fields(["take", "category", "name", "iban", "amount", "low", "high"])

    @property
    def amount_in_words(self) -> str:
        """The amount as people write it; what is no amount as it was typed."""
        typed = self["amount"].value() or ""
        try:
            value = AmountField().clean(typed)
        except ValidationError:
            return str(typed)
        return "" if value is None else amount_html(value)

    def full_clean(self) -> None:
        """Whatever stands in a proposal that is not ticked is of no matter."""
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("take"):
            self.errors.clear()

    def clean(self) -> dict[str, Any]:
        """The amount lies within its range, and the other side can be found."""
        cleaned = super().clean()
        low, amount, high = (cleaned.get(name) for name in ("low", "amount", "high"))
        if amount and not (low or amount) <= amount <= (high or amount):
            self.add_error("amount", _("The amount has to be between the least and the most."))
        if {"name", "iban"} <= cleaned.keys() and not cleaned["iban"]:
            known = known_account(name=cleaned["name"], iban="")
            if known is None:
                raise ValidationError({"iban": _("We do not know this name yet. Type the account number as well.")})
            cleaned["iban"] = known.iban
        return cleaned

    @property
    def schedule(self) -> str:
        """How often and when, as a sentence; nothing when that cannot be read."""
        try:
            every, day = int(str(self["every"].value())), self.next_day
            return in_words(Recurrence(str(self["unit"].value()), day, every)) if day else ""
        except (NotARecurrence, ValueError):
            return ""

    @property
    def next_day(self) -> date | None:
        """The next time, when that is a day."""
        try:
            found = self.fields["starts_on"].to_python(self["starts_on"].value())
        except ValidationError:
            return None
        return found if isinstance(found, date) else None

    @property
    def label(self) -> str:
        """What it is for, in words; nothing for what is no category."""
        key = str(self["category"].value())
        return category_name(key) if key in KEYS else ""

    @property
    def confirmed(self) -> Confirmed:
        """What a person confirmed."""
        given = self.cleaned_data
        said = [word for part in given["words"].split(",") if (word := part.strip())]
        terms = AgreementTerms(
            direction=given["direction"],
            category=given["category"],
            description=given["name"],
            amount=given["amount"],
            recurrence=given["recurrence"],
            valid_from=given["starts_on"],
            words=tuple(word for word in said if not _is_number(word)),
            marks=tuple(word for word in said if _is_number(word)),
            low=given["low"] or (given["high"] and given["amount"]),
            high=given["high"] or (given["low"] and given["amount"]),
        )
        return Confirmed(given["name"], given["iban"], terms)

    @property
    def regular(self) -> Regular:
        """As a budget counts it."""
        given = self.cleaned_data
        way = "in" if given["direction"] == Direction.IN else "out"
        return Regular("in" if way == "in" else "out", given["amount"], given["unit"], given["every"])


class ProposalFormSet(forms.BaseFormSet[ProposalForm]):
    """All proposals of one household."""

    form = ProposalForm
    renderer = get_default_renderer()
    extra, min_num, max_num, absolute_max = 0, 0, MOST_PROPOSALS, MOST_PROPOSALS
    can_order = can_delete = validate_min = validate_max = False

    @property
    def ticked(self) -> list[ProposalForm]:
        """Those a person wants; only after `is_valid`."""
        return [form for form in self.forms if form.cleaned_data.get("take")]


def _is_number(word: str) -> bool:
    return any(map(str.isdigit, word))
