"""Registers the room with Django, and what it looks at before it opens."""

from importlib import import_module

from django.apps import AppConfig


class BackendConfig(AppConfig):
    """The doors."""

    name = "backend"

    def ready(self) -> None:
        """The checks register themselves when they are read."""
        import_module("backend.operate.checks")
