"""The doors of this folder, in one place."""

from backend.web.helping import own, trusts, visitor

DOORS = (own, visitor, trusts)
