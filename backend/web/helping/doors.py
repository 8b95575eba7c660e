"""The doors of this folder, in one place."""

from backend.web.helping import counter, glass, own, rights, roles, trusts, visitor

DOORS = (own, visitor, trusts, glass, counter, rights, roles)
