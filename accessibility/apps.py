"""The application's name in the house."""

from django.apps import AppConfig


class AccessibilityConfig(AppConfig):
    """How a person takes in what we tell."""

    name = "accessibility"
