"""What residents chose, which languages a town switched on, and whether pages were clear: rows of this room."""

from django.db import models
from django.db.models import Q

from budgeting.models import Resident, User


class MessageKind(models.TextChoices):
    """The kinds of message that we send by ourselves; for each a resident chooses a channel."""

    MONTH = "month"
    PAYOUT = "payout"
    PAYMENT_FAILED = "payment_failed"
    AMOUNT_CHANGED = "amount_changed"
    LET_IN = "let_in"


class Channel(models.TextChoices):
    """How a message goes. A text message has no amounts and no links, so that a month can not be told in one."""

    PAPER = "paper"
    SCREEN = "screen"
    TEXT = "text"


class ChannelChoice(models.Model):
    """One kind of message by one channel, because the resident said so; without a row it goes on paper (Wmebv)."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="channel_choices")
    kind = models.CharField(max_length=20, choices=MessageKind)
    channel = models.CharField(max_length=10, choices=Channel)
    chosen_at = models.DateTimeField()

    class Meta:
        db_table = "channel_choice"
        constraints = [
            models.UniqueConstraint(fields=["resident", "kind"], name="channel_chosen_once_per_kind"),
            models.CheckConstraint(
                name="channel_month_not_by_text", condition=~Q(kind=MessageKind.MONTH, channel=Channel.TEXT)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"


class TextMessage(models.Model):
    """A text message on its way to a telephone: written once for each thing that happened, then sent.

    `words` hold no amount and no link, so that a phone that others see tells nothing. After sending, only that it was
    sent stays: words and number are wiped.
    """

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="text_messages")
    kind = models.CharField(max_length=20, choices=MessageKind)
    about = models.CharField(max_length=40, unique=True)
    phone = models.CharField(max_length=20)
    words = models.CharField(max_length=300)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "text_message"
        constraints = [
            models.CheckConstraint(name="text_without_amount_or_link", condition=~Q(words__regex="[0-9€]|://|www")),
            models.CheckConstraint(
                name="text_wiped_once_sent", condition=Q(sent_at__isnull=True) | Q(words="", phone="")
            ),
        ]
        indexes = [models.Index(fields=["id"], name="text_to_send", condition=Q(sent_at__isnull=True))]

    def __str__(self) -> str:
        return f"text message about {self.about}"


class ReadingPreference(models.Model):
    """How a resident likes to read; their language stands with the resident."""

    resident = models.OneToOneField(Resident, on_delete=models.CASCADE, related_name="reading")
    dutch_too = models.BooleanField(default=False)

    class Meta:
        db_table = "reading_preference"

    def __str__(self) -> str:
        return f"how {self.resident_id} reads"


class LanguageDecision(models.Model):
    """A named decision of the town about one language; the latest counts. Dutch needs none."""

    class Status(models.TextChoices):
        """On as a draft that says so; read by someone whose language it is; or not offered."""

        DRAFT = "draft"
        CHECKED = "checked"
        OFF = "off"

    language = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status)
    reader = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=200)
    decided_on = models.DateField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "language_decision"
        constraints = [
            models.CheckConstraint(name="language_checked_by_someone", condition=~Q(status="checked") | ~Q(reader="")),
            models.CheckConstraint(name="language_decided_for_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["language", "-id"], name="language_latest_decision")]

    def __str__(self) -> str:
        return f"{self.language}: {self.status}"


class Clearness(models.Model):
    """How many people found a page clear in a month, by language. Counted only: not who, not when."""

    page = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    month = models.DateField()
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "clearness"
        constraints = [models.UniqueConstraint(fields=["page", "language", "month"], name="clearness_counted_once")]

    def __str__(self) -> str:
        return f"{self.page} in {self.language}: {self.yes} yes, {self.no} no"


# Tables on which the application's role may only insert and read.
APPEND_ONLY = ("language_decision",)
