"""Keys of colleagues: the second step at the desk, what counts as fresh, and helping who lost theirs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from budgeting import access
from budgeting.actions.passkeys import LastWayIn, ask_to_make, end_key, forget_second_factor, keep_key
from budgeting.actions.persons import SamePerson
from budgeting.models import Passkey, Role, User
from payments.models import PaymentBatch
from tests import databases, factories
from tests.access.phone import Phone
from tests.access.test_keys import AT, KEYS, SECOND, come_in, home, make, question
from tests.backend.web.desk import ON, batch_of, code, secret, signed_in
from tests.factories import House

__all__ = ["home"]


def colleague_with_key(*roles: str) -> tuple[User, Phone]:
    user = factories.user(*roles)
    phone = Phone()
    asked = ask_to_make(user=user, house=AT, shown_as="x", alone=False)
    answer = phone.make(asked.options)
    now = timezone.now()
    keep_key(user=user, answer=answer, challenge=asked.challenge, house=AT, name="key", alone=False, now=now)
    return user, phone


def by_password(user: User) -> Client:
    user.set_password("een lang wachtwoord 12")
    user.save()
    client = Client()
    client.post(reverse("staff_login"), {"username": user.username, "password": "een lang wachtwoord 12"})
    return client


def test_takes_a_key_for_the_second_step_and_counts_it_as_fresh(
    home: House, monday_morning: time_machine.Traveller
) -> None:
    approver, phone = colleague_with_key(Role.APPROVER)
    factories.charge(home, factories.resident(home, money="900.00"), amount="600.00", day=5)
    address = reverse("batch", args=[batch_of(home).pk])
    client = by_password(approver)
    assert client.get(address).headers["Location"].startswith(reverse(SECOND))
    before = client.session.session_key
    asked = question(client.get(reverse(SECOND)))
    answer = client.post(reverse(SECOND), {"answer": phone.show(asked), "next": address})
    assert answer.headers["Location"] == address
    assert client.session.session_key != before, "who shows a second step is given another session"

    page = client.get(address).content.decode()
    assert 'name="code"' not in page, "a key that was touched just now is fresh"
    monday_morning.shift(timedelta(minutes=6))
    page = client.get(address).content.decode()
    assert 'name="code"' not in page, "who has no app finds no box for its digits"
    assert f"{reverse(SECOND)}?next=" in page
    sign = {"digest": PaymentBatch.objects.get().digest}
    assert client.post(reverse("approve", args=[PaymentBatch.objects.get().pk]), sign).status_code == 422
    asked = question(client.get(reverse(SECOND)))
    client.post(reverse(SECOND), {"answer": phone.show(asked)})
    assert client.post(reverse("approve", args=[PaymentBatch.objects.get().pk]), sign).status_code == 302
    assert PaymentBatch.objects.get().state == "approved"


@pytest.mark.parametrize("name", ["enrol", KEYS])
def test_sets_up_nothing_by_a_password_alone_beside_a_key(name: str, home: House) -> None:
    user, _ = colleague_with_key(Role.APPROVER)
    client = by_password(user)
    assert client.get(reverse(name)).headers["Location"].startswith(reverse(SECOND))
    assert (
        client.post(reverse(name), {"token": "123456", "answer": "{}"}).headers["Location"].startswith(reverse(SECOND))
    )
    assert not TOTPDevice.objects.filter(user=user).exists()
    assert client.post(reverse("end_own_key", args=[Passkey.objects.get().pk])).status_code == 302
    assert Passkey.objects.filter(user=user).exists()


def test_sets_up_a_key_instead_of_an_app(home: House) -> None:
    client = by_password(user := factories.user(Role.CASE_WORKER))
    assert reverse(KEYS) in client.get(reverse("enrol")).content.decode()
    phone = Phone(knows_owner=False)  # a key that is only touched: the password was the first step
    assert make(client, phone).status_code == 302
    assert client.get(reverse("today")).status_code == 200

    again = by_password(user)
    asked = question(again.get(reverse(SECOND)))
    assert again.post(reverse(SECOND), {"answer": phone.show(asked)}).status_code == 302
    assert again.get(reverse("today")).status_code == 200
    number = Passkey.objects.get().pk
    assert again.post(reverse("end_own_key", args=[number])).status_code == 403, "the last way stays"


def test_keeps_one_key_of_a_colleague_who_ends_both_at_once(own_database: databases.OwnDatabase) -> None:
    user, _ = colleague_with_key(Role.APPROVER)
    asked, phone = ask_to_make(user=user, house=AT, shown_as="x", alone=False), Phone()
    answer, now = phone.make(asked.options), timezone.now()
    keep_key(user=user, answer=answer, challenge=asked.challenge, house=AT, name="key", alone=False, now=now)

    def end(number: int) -> bool:
        try:
            return end_key(user=user, number=number, by=user, keeps_one=True)
        except LastWayIn:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as at_once:
        assert sum(at_once.map(end, Passkey.objects.values_list("pk", flat=True))) == 1
    assert Passkey.objects.filter(user=user).count() == 1


def test_lets_no_colleague_in_by_a_key_alone_or_by_anothers(home: House) -> None:
    _, phone = colleague_with_key(Role.CASE_WORKER)
    other = factories.user(Role.CASE_WORKER)
    other.totpdevice_set.create(name="app", key=secret(other))
    assert come_in(phone)[1].status_code == 422
    colleague_with_key(Role.CASE_WORKER)
    client = by_password(other)
    client.get(reverse(SECOND))
    assert client.post(reverse(SECOND), {"answer": phone.show('{"challenge": "AAAA"}')}).status_code == 422
    assert client.post(reverse(SECOND), {"token": code(other)}).status_code == 302


def test_forgets_a_lost_second_step_in_person_and_gives_weighty_roles_anew(home: House) -> None:
    manager = factories.user(Role.APPLICATION_MANAGER)
    user, phone = colleague_with_key(Role.APPROVER, Role.CASE_WORKER)
    user.totpdevice_set.create(name="app", key=secret(user))
    desk = signed_in(manager)
    address = reverse("lost_second_step", args=[user.pk])
    assert desk.post(address, {}).status_code == 422
    desk.post(address, {"seen": "on"})

    assert access.roles_of(user, on=ON) == {Role.CASE_WORKER}
    client = by_password(user)
    asked = client.get(reverse("today"))
    assert asked.headers["Location"].startswith(reverse(SECOND))
    assert client.get(reverse(SECOND)).headers["Location"].startswith(reverse("enrol"))
    assert client.post(reverse(SECOND), {"answer": phone.show('{"challenge": "AAAA"}')}).status_code == 302
    with pytest.raises(SamePerson):
        forget_second_factor(user=manager, on=ON, by=manager)
