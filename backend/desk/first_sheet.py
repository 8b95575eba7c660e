"""The sheet that is made with every registration, by whichever door: all we do, and the choices as they stand."""

from datetime import datetime

from accessibility.choosing import channels_of
from budgeting.actions.participation import make_sheet
from budgeting.core.participation import PURPOSES
from budgeting.models import ParticipationSheet, Resident, User


def make_first_sheet(*, resident: Resident, now: datetime, by: User) -> ParticipationSheet:
    """The paper is there; a person still reads it with the resident, who signs. Raises as `make_sheet` does."""
    channels = {kind.value: channel.value for kind, channel in channels_of(resident).items()}
    return make_sheet(resident=resident, purposes=PURPOSES, channels=channels, now=now, by=by)
