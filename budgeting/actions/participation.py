"""The participation sheet: made at the start and whenever its purposes or choices change, signed on paper, kept."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.core.participation import checked
from budgeting.models import LetIn, Mode, ParticipationSheet, Resident, User
from budgeting.models.people import ResidentQuerySet


class NothingChanged(ValueError):
    """The latest sheet says exactly this already."""


class AlreadySigned(ValueError):
    """The day of signing was written down before."""


class NotTheLatest(ValueError):
    """A later sheet has taken its place."""


class NotADayToSign(ValueError):
    """Before the sheet was made, or still to come."""


@transaction.atomic
def make_sheet(
    *, resident: Resident, purposes: Iterable[str], channels: Mapping[str, str], now: datetime, by: User
) -> ParticipationSheet:
    """A new version with what the resident chose until now. Raises `NoPurpose`, `NothingChanged` or `NotAllowed`."""
    access.check_may(by, "change_residents", on=now.date())
    hold("resident", resident.pk)
    says = what_it_says(resident, purposes=purposes, channels=channels, now=now)
    latest = latest_sheet(resident)
    if latest and differences(latest, says) == ():
        raise NothingChanged
    version = latest.version + 1 if latest else 1
    sheet = ParticipationSheet.objects.create(
        resident=resident, version=version, made_on=now.date(), made_by=by, **says
    )
    _tell("participation.sheet_made", sheet, by, version=version, purposes=sheet.purposes)
    return sheet


@transaction.atomic
def note_signed(*, sheet: ParticipationSheet, signed_on: date, on: date, by: User) -> ParticipationSheet:
    """The resident signed this version on paper. Raises `AlreadySigned`, `NotTheLatest`, `NotADayToSign`."""
    access.check_may(by, "change_residents", on=on)
    hold("resident", sheet.resident_id)
    row = ParticipationSheet.objects.get(pk=sheet.pk)
    if row.signed_on is not None:
        raise AlreadySigned
    if ParticipationSheet.objects.filter(resident=row.resident_id, version__gt=row.version).exists():
        raise NotTheLatest
    if not row.made_on <= signed_on <= on:
        raise NotADayToSign
    row.signed_on, row.signed_noted_by = signed_on, by
    row.save(update_fields=["signed_on", "signed_noted_by"])
    _tell("participation.sheet_signed", row, by, version=row.version, signed_on=signed_on)
    return row


def latest_sheet(resident: Resident) -> ParticipationSheet | None:
    """The version that holds, signed or not."""
    return ParticipationSheet.objects.filter(resident=resident).order_by("-version").first()


def what_it_says(
    resident: Resident, *, purposes: Iterable[str], channels: Mapping[str, str], now: datetime
) -> dict[str, object]:
    """What a sheet made now would say, as the fields of `ParticipationSheet`. Raises `NoPurpose`."""
    rows = LetIn.objects.standing(now).filter(resident=resident, mode=Mode.TRUSTED, helper__isnull=False)
    looks = [
        {"name": str(row.helper), "scope": row.scope, "until": row.until.date().isoformat()}
        for row in rows.select_related("helper").order_by("pk")
    ]
    return {
        "purposes": checked(list(purposes)),
        "language": resident.language,
        "channels": {str(kind): str(channel) for kind, channel in channels.items()},
        "pay_rhythm": Resident.objects.values_list("pay_rhythm", flat=True).get(pk=resident.pk),
        "may_look": looks,
    }


def differences(sheet: ParticipationSheet, says: Mapping[str, object]) -> tuple[str, ...]:
    """The names of what a new sheet would say otherwise."""
    return tuple(name for name, value in says.items() if getattr(sheet, name) != value)


def who_has_not_signed(residents: ResidentQuerySet, *, on: date) -> ResidentQuerySet:
    """Those of them who take part without a signature under the sheet that holds."""
    later = ParticipationSheet.objects.filter(resident=OuterRef("resident"), version__gt=OuterRef("version"))
    signed = ParticipationSheet.objects.signed().filter(~Exists(later), resident=OuterRef("pk"))
    return residents.taking_part(on).filter(~Exists(signed), stopped_because="")


def _tell(action: str, sheet: ParticipationSheet, by: User, **facts: object) -> None:
    record(action=action, subject=f"participation_sheet:{sheet.pk}", by=by, resident_id=sheet.resident_id, **facts)
