"""Registers the room with Django."""

from django.apps import AppConfig


class BudgetingConfig(AppConfig):
    """People, agreements, statements, ledger and audit."""

    name = "budgeting"
