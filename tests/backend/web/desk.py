"""A morning at the desk: a small town on a Monday, colleagues who are logged in, and a statement of the bank."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from backend.web.guards import SECOND_FACTOR_AT
from backend.web.session_limits import CAME_IN_AT, SEEN_AT
from budgeting.models import User
from payments.actions.plan import plan_orders
from payments.models import PaymentBatch
from tests.factories import House
from tests.one_file import assemble_batch

ON = date(2026, 11, 2)  # a Monday
MORNING = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


def signed_in(user: User, *, second_factor: bool = True, fresh: bool = False) -> Client:
    """A browser in which this user came in just now; `fresh` when the code was given just now as well."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[CAME_IN_AT] = session[SEEN_AT] = timezone.now().isoformat()
    if second_factor:
        device, _ = TOTPDevice.objects.get_or_create(user=user, defaults={"name": "app", "key": secret(user)})
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        if fresh:
            session[SECOND_FACTOR_AT] = timezone.now().isoformat()
    session.save()
    return client


def code(user: User) -> str:
    """The six digits the app of this user shows now."""
    return f"{totp(bytes.fromhex(secret(user))):06d}"


def secret(user: User) -> str:
    """What the user's app and we know: everyone has their own."""
    return f"{user.pk:040x}"


def batch_of(home: House) -> PaymentBatch:
    """Everything due this week, planned and put in a draft file by the case worker."""
    first = ON + timedelta(days=3)
    plan_orders(on=ON, first=ON, by=home.case_worker)
    return assemble_batch(bank_account=home.account, on=ON, first=first, by=home.case_worker)
