"""Payment files for the bank's tests, written by the product's own writer."""

from datetime import date, datetime
from decimal import Decimal

from backend.example.town import EXAMPLE_TOWN
from payments.core.pain001 import Payment, PaymentFile, write


def payment(
    name: str, iban: str, amount: str, execution: date, end_to_end_id: str, remittance: str = "Huur"
) -> Payment:
    return Payment(end_to_end_id, execution, Decimal(amount), name, iban, remittance)


def payment_file(message_id: str, created: date, *payments: Payment, version: str = "09") -> bytes:
    moment = datetime(created.year, created.month, created.day, 9, 30)  # noqa: DTZ001 - as on the wall
    return write(
        PaymentFile(message_id, moment, EXAMPLE_TOWN.account_name, EXAMPLE_TOWN.account_iban, payments), version=version
    )
