"""Coming in by an identity provider: the right person gets in, once, and whatever is wrong with an answer does not."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import requests
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from backend import identity_providers
from backend.example.identity_provider import ExampleProvider, Somebody, served
from backend.identity_providers import EXAMPLE_ISSUER, RESIDENTS, STAFF, NotAProvider
from budgeting.actions.identities import IdentityIsTaken, link_identity
from budgeting.actions.numbers import keep_number
from budgeting.actions.rights import erase
from budgeting.models import AuditEvent, Identity, Resident, Role, User
from tests import factories
from tests.backend.web.desk import MORNING, ON

BSN = "111222333"  # passes the eleven-test, and is nobody's: the state gives out none with these digits for tests
WORKER, RESIDENT = "subject-of-a-colleague", "subject-of-a-resident"
ENVIRONMENT = {
    "STAFF_OIDC_ISSUER": "https://login.example",
    "STAFF_OIDC_CLIENT_ID": "budget",
    "STAFF_OIDC_CLIENT_SECRET": "a secret of some length",
    "STAFF_OIDC_AUTHORIZATION": "https://login.example/authorize",
    "STAFF_OIDC_TOKEN": "https://login.example/token",
    "STAFF_OIDC_KEYS": "https://login.example/keys",
}


@pytest.fixture(scope="module")
def running() -> Iterator[ExampleProvider]:
    people = lambda _client: [Somebody(WORKER, "A colleague"), Somebody(RESIDENT, "A resident")]  # noqa: E731
    with served(ExampleProvider(people)) as provider:
        yield provider


@pytest.fixture
def provider(running: ExampleProvider, settings: Any, db: None) -> Iterator[ExampleProvider]:
    settings.SIGN_IN = identity_providers.example(running.port)
    yield running
    running.changed = lambda _header, _claims: None


@pytest.fixture
def worker(provider: ExampleProvider) -> User:
    user = factories.user(Role.CASE_WORKER)
    link_identity(user=user, issuer=EXAMPLE_ISSUER, subject=WORKER, by=None)
    return user


@pytest.fixture
def resident(provider: ExampleProvider) -> Resident:
    who = factories.resident(factories.house())
    link_identity(user=who.user, issuer=EXAMPLE_ISSUER, subject=RESIDENT, by=None)
    return who


def leave(client: Client, name: str, **query: str) -> str:
    """The address at the provider that the door sends to."""
    return client.get(reverse(name), query).headers["Location"]


def choose(at_provider: str, subject: str) -> str:
    """The address that the provider sends back to, as a place in this house."""
    chosen = requests.post(at_provider, {"subject": subject}, allow_redirects=False, timeout=5)
    return chosen.headers["Location"].removeprefix("http://testserver")


def walk(client: Client, name: str, subject: str, **query: str) -> Any:
    """The whole way by this door, without following what comes after."""
    return client.get(choose(leave(client, name, **query), subject))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def refused(client: Client, answer: Any) -> bool:
    return answer.status_code == 422 and not is_in(client)


def test_lets_a_colleague_in_by_the_towns_account_and_asks_for_the_second_factor_inside(worker: User) -> None:
    client = Client()
    before = leave(client, "town_account", next="/vandaag/") and client.session.session_key
    answer = walk(client, "town_account", WORKER, next="/vandaag/")

    assert answer.headers["Location"] == f"{reverse('second_factor')}?next=/vandaag/"
    assert client.session["_auth_user_id"] == str(worker.pk)
    assert client.session.session_key != before, "a session that was planted is not the one that is let in"
    assert "oidc_states" not in client.session
    assert client.get("/vandaag/").headers["Location"].startswith(reverse("enrol")[:10]), "no page without it"
    assert AuditEvent.objects.filter(action="identity.used", actor=worker.username).count() == 1


def test_lets_a_resident_in_and_keeps_to_what_was_said_of_the_computer(resident: Resident) -> None:
    client, at_a_library = Client(), Client()

    assert walk(client, "digid", RESIDENT).headers["Location"] == reverse("home")
    assert client.get(reverse("resident_home")).status_code == 200
    walk(at_a_library, "digid", RESIDENT, shared="1")
    assert (client.session["shared_computer"], at_a_library.session["shared_computer"]) == (False, True)
    assert AuditEvent.objects.filter(action="identity.used", resident_id=resident.pk).count() == 2


def test_knows_a_resident_by_the_number_and_keeps_it_nowhere(
    resident: Resident, provider: ExampleProvider, settings: Any, caplog: Any
) -> None:
    settings.SIGN_IN[RESIDENTS] = _with(settings.SIGN_IN[RESIDENTS], number_claim="bsn")
    keep_number(resident=resident, number=BSN, basis="Wgs", now=MORNING, by=factories.user(Role.CASE_WORKER))
    client, nobody = Client(), Client()

    provider.changed = lambda _header, claims: claims.update(bsn=BSN, sub="by-number")
    assert walk(client, "digid", "x").status_code == 302
    provider.changed = lambda _header, claims: claims.update(bsn="123456782", sub=RESIDENT)
    assert refused(nobody, walk(nobody, "digid", "x")), "the number decides, not the name"

    kept = str(dict(client.session.items())) + "".join(AuditEvent.objects.values_list("body", flat=True)) + caplog.text
    assert BSN not in kept
    assert not Identity.objects.filter(subject__contains=BSN).exists()


NO_ANSWER = re.compile("Connection|HTTPError|JSONDecode|Timeout")


def test_knows_nobody_any_more_whose_data_were_erased(resident: Resident) -> None:
    Resident.objects.filter(pk=resident.pk).update(ends_on=ON)
    resident.refresh_from_db()
    erase(resident=resident, reason="asked", now=MORNING, on=ON, by=factories.user(Role.CASE_WORKER))
    client = Client()

    assert refused(client, walk(client, "digid", RESIDENT))
    assert not Identity.objects.filter(user=resident.user_id).exists()


Change = Callable[[dict[str, Any], dict[str, Any]], Any]
OTHER_KEY = rsa.generate_private_key(65537, 2048)
ATTACKS: dict[str, Change] = {
    "another nonce": lambda _header, claims: claims.update(nonce="planted"),
    "no nonce": lambda _header, claims: claims.pop("nonce"),
    "no signature": lambda header, _claims: header.update(alg="none", key=None),
    "a shared secret": lambda header, _claims: header.update(alg="HS256", key="example-and-no-secret" * 2),
    "another algorithm": lambda header, _claims: header.update(alg="PS256"),
    "somebody else's key": lambda header, _claims: header.update(key=OTHER_KEY),
    "an unknown key": lambda header, _claims: header.update(kid="other"),
    "another issuer": lambda _header, claims: claims.update(iss="http://127.0.0.1/other"),
    "another audience": lambda _header, claims: claims.update(aud="other"),
    "meant for another as well": lambda _header, claims: claims.update(aud=[claims["aud"], "other"], azp="other"),
    "for many and nobody in particular": lambda _header, claims: claims.update(aud=[claims["aud"], "other"]),
    "expired": lambda _header, claims: claims.update(exp=claims["iat"] - 60),
    "without an end": lambda _header, claims: claims.pop("exp"),
    "of tomorrow": lambda _header, claims: claims.update(iat=claims["iat"] + 86400),
    "without a name": lambda _header, claims: claims.pop("sub"),
    "an unknown name": lambda _header, claims: claims.update(sub="unknown"),
}
OF_RESIDENTS: dict[str, Change] = {
    "too low a level": lambda _header, claims: claims.update(acr="low"),
    "no level": lambda _header, claims: claims.pop("acr"),
    "proved long ago": lambda _header, claims: claims.update(auth_time=claims["iat"] - 3600),
    "proved in the future": lambda _header, claims: claims.update(auth_time=claims["iat"] + 3600),
    "never proved": lambda _header, claims: claims.pop("auth_time"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_refuses_a_colleagues_token_that_is(attack: str, worker: User, provider: ExampleProvider, caplog: Any) -> None:
    provider.changed = ATTACKS[attack]
    client = Client()

    assert refused(client, walk(client, "town_account", WORKER))
    assert not NO_ANSWER.search(caplog.text), "refused for what it said, not because nothing was said"


@pytest.mark.parametrize("attack", OF_RESIDENTS)
def test_refuses_a_residents_token_that_has(
    attack: str, resident: Resident, provider: ExampleProvider, caplog: Any
) -> None:
    provider.changed = OF_RESIDENTS[attack]
    client = Client()

    assert refused(client, walk(client, "digid", RESIDENT))
    assert not NO_ANSWER.search(caplog.text)


def test_gives_one_answer_for_a_wrong_token_and_an_unknown_person(
    resident: Resident, provider: ExampleProvider
) -> None:
    unknown = walk(Client(), "digid", "nobody").content
    provider.changed = ATTACKS["expired"]

    assert _without_token(walk(Client(), "digid", RESIDENT).content) == _without_token(unknown)


def test_takes_an_answer_once_in_the_browser_that_asked(worker: User) -> None:
    client, other = Client(), Client()
    back = choose(leave(client, "town_account"), WORKER)

    assert refused(other, other.get(back)), "planted in another browser"
    assert client.get(back).status_code == 302
    client.post(reverse("stop"))
    assert refused(client, client.get(back)), "replayed"


def test_takes_a_code_once_even_with_a_new_try_around_it(worker: User) -> None:
    first, second = Client(), Client()
    used = dict(parse_qsl(urlsplit(choose(leave(first, "town_account"), WORKER)).query))
    first.get(f"{reverse('town_account_back')}?{urlencode(used)}")
    state = parse_qs(urlsplit(leave(second, "town_account")).query)["state"][0]

    assert is_in(first)
    assert refused(second, second.get(f"{reverse('town_account_back')}?{urlencode(used | {'state': state})}"))


def test_refuses_a_code_that_was_begun_at_the_other_door(worker: User, resident: Resident) -> None:
    client = Client()
    back = choose(leave(client, "town_account"), RESIDENT).replace("/gemeente/", "/digid/")

    assert refused(client, client.get(back))


def test_refuses_an_answer_in_the_name_of_another_provider(worker: User) -> None:
    client = Client()
    back = choose(leave(client, "town_account"), WORKER)

    assert refused(client, client.get(back.replace(urlencode({"iss": EXAMPLE_ISSUER}), "iss=https://other.example")))


def test_refuses_an_answer_that_comes_too_late_or_says_nothing(
    worker: User, monday_morning: time_machine.Traveller
) -> None:
    client = Client()
    back = choose(leave(client, "town_account"), WORKER)
    monday_morning.shift(timedelta(minutes=11))

    assert refused(client, client.get(back))
    for query in ("", "?code=x", "?state=x", "?error=access_denied", "?code=x&state=staff."):
        assert refused(client, client.get(reverse("town_account_back") + query))


@pytest.mark.parametrize("place", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_sends_nobody_elsewhere_after(place: str, resident: Resident) -> None:
    assert walk(Client(), "digid", RESIDENT, next=place).headers["Location"] == reverse("home")


def test_lets_colleagues_and_residents_in_by_their_own_door_only(worker: User, resident: Resident) -> None:
    one, other = Client(), Client()

    assert refused(one, walk(one, "digid", WORKER))
    assert refused(other, walk(other, "town_account", RESIDENT))


def test_makes_nobody_and_matches_nobody_by_e_mail(worker: User, provider: ExampleProvider) -> None:
    User.objects.filter(pk=worker.pk).update(email="someone@town.example")
    provider.changed = lambda _header, claims: claims.update(
        sub="new", email="someone@town.example", email_verified=True
    )
    count, client = User.objects.count(), Client()

    assert refused(client, walk(client, "town_account", "new"))
    assert User.objects.count() == count


def test_lets_nobody_in_whose_account_is_off_or_whose_roles_ended(worker: User) -> None:
    client = Client()
    worker.role_grants.all().delete()
    assert refused(client, walk(client, "town_account", WORKER))

    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert refused(client, walk(client, "town_account", WORKER))


def test_says_the_same_when_the_provider_does_not_answer(worker: User, settings: Any) -> None:
    settings.SIGN_IN[STAFF] = _with(settings.SIGN_IN[STAFF], token="http://127.0.0.1:9/token")
    client = Client()

    assert refused(client, walk(client, "town_account", WORKER))


def test_asks_with_state_nonce_and_a_hashed_verifier(worker: User) -> None:
    asked = dict(parse_qsl(urlsplit(leave(Client(), "town_account")).query))
    again = dict(parse_qsl(urlsplit(leave(Client(), "town_account")).query))

    assert asked["code_challenge_method"] == "S256"
    assert all(len(asked[name]) > 40 and asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))
    assert asked["scope"] == "openid", "nothing is asked that is not needed"


def test_has_no_door_without_a_provider(settings: Any, db: None) -> None:
    settings.SIGN_IN = {}

    assert Client().get(reverse("digid")).status_code == Client().get(reverse("town_account_back")).status_code == 404
    assert "DigiD" not in Client().get(reverse("login")).content.decode()


def test_shows_the_doors_that_have_a_provider(provider: ExampleProvider) -> None:
    assert reverse("digid") in Client().get(reverse("login")).content.decode()
    assert reverse("town_account") in Client().get(reverse("staff_login")).content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAFF_OIDC_CLIENT_ID", ""),
        ("STAFF_OIDC_CLIENT_SECRET", "short"),
        ("STAFF_OIDC_TOKEN", "http://login.example/token"),
        ("STAFF_OIDC_ISSUER", EXAMPLE_ISSUER),
        ("STAFF_OIDC_KEYS", "https://user@login.example/keys"),
        ("STAFF_OIDC_ALGORITHM", "HS256"),
        ("STAFF_OIDC_ALGORITHM", "none"),
        ("STAFF_OIDC_MAX_AGE", "-1"),
        ("RESIDENT_OIDC_ISSUER", "https://broker.example"),
    ],
)
def test_starts_with_no_provider_that_is_half_set_or_weak(name: str, value: str) -> None:
    with pytest.raises(NotAProvider, match=name.rsplit("_", 1)[0]):
        identity_providers.from_environment({**ENVIRONMENT, name: value})


def test_asks_of_a_residents_provider_how_sure_it_is() -> None:
    residents = {name.replace("STAFF", "RESIDENT"): value for name, value in ENVIRONMENT.items()}
    with pytest.raises(NotAProvider, match="RESIDENT_OIDC_ACR"):
        identity_providers.from_environment(residents)

    found = identity_providers.from_environment({**ENVIRONMENT, **residents, "RESIDENT_OIDC_ACR": "a, b"})
    assert (found[RESIDENTS].acr, found[RESIDENTS].max_age, found[STAFF].max_age) == (("a", "b"), 300, None)


def test_links_a_subject_to_one_user_and_writes_it_down(worker: User) -> None:
    other = factories.user(Role.APPROVER)
    with pytest.raises(IdentityIsTaken):
        link_identity(user=other, issuer=EXAMPLE_ISSUER, subject=WORKER, by=None)
    with pytest.raises(CommandError, match="never an e-mail"):
        call_command("identity", "link", other.username, "--subject", "a@town.example")
    call_command("identity", "link", other.username, "--subject", "approver-1")
    call_command("identity", "unlink", worker.username)
    client = Client()

    assert refused(client, walk(client, "town_account", WORKER))
    assert AuditEvent.objects.filter(action__in=("identity.linked", "identity.unlinked")).count() == 3


def _with(provider: identity_providers.Provider, **changes: Any) -> identity_providers.Provider:
    fields = {name: getattr(provider, name) for name in provider.__slots__}
    return identity_providers.Provider(**(fields | changes))


def _without_token(content: bytes) -> str:
    """A page without what is different in every answer."""
    return "".join(line for line in content.decode().splitlines() if "csrfmiddlewaretoken" not in line)
