"""Registers the room with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Orders, batches, approvals and the bank's answers."""

    name = "payments"
