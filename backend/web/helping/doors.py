"""The doors of this folder, in one place."""

from backend.web.helping import counter, glass, own, representing, rights, roles, trusts, visitor, ways_in

DOORS = (own, visitor, trusts, glass, counter, rights, roles, ways_in, representing)
