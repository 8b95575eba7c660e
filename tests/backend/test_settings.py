"""Production does not start half closed, and says what is missing."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accessibility import scripts
from backend import keys
from backend.engine import NotADatabaseUrl, settings_from_url, url_from_settings

OURS = ("DJANGO_ENV", "DEBUG", "DATABASE_URL", "DATABASE_OWNER_URL", "ALLOWED_HOSTS", *keys.NAMES)
PRODUCTION = {
    "DJANGO_ENV": "production",
    "DATABASE_URL": "postgresql://app:secret@db.example:5432/budget?sslmode=verify-full",
    "DATABASE_OWNER_URL": "postgresql://owner:secret@db.example:5432/budget?sslmode=verify-full",
    "ALLOWED_HOSTS": "budget.example",
    **keys.new_keys(),
}


def start(environment: dict[str, str], *, deploy: bool = False) -> subprocess.CompletedProcess[str]:
    """A new process, because settings are read once."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    command = [sys.executable, "manage.py", "check", *(["--deploy", "--fail-level", "WARNING"] if deploy else [])]
    return subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, check=False)


def test_starts_in_production_when_everything_is_set_and_passes_its_own_deployment_check() -> None:
    done = start(PRODUCTION, deploy=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", [*keys.NAMES, "DATABASE_URL", "ALLOWED_HOSTS"])
def test_refuses_to_start_in_production_without(missing: str) -> None:
    done = start({name: value for name, value in PRODUCTION.items() if name != missing})

    assert done.returncode != 0
    assert missing in done.stderr
    assert PRODUCTION["INDEX_KEY"] not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "the index key"),
        ("FIELD_KEYS", base64.b64encode(b"too short").decode()),
        ("FIELD_KEYS", "not base64!"),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", "mysql://app@db.example/budget"),
        ("EXAMPLE_PROVIDER", "8001"),
        ("STAFF_OIDC_ISSUER", "http://127.0.0.1/example-provider"),
    ],
)
def test_refuses_to_start_in_production_with_something_weak(name: str, value: str) -> None:
    weak = PRODUCTION["INDEX_KEY"] if value == "the index key" else value

    assert start({**PRODUCTION, name: weak}).returncode != 0


def test_takes_debug_0_for_production() -> None:
    assert "not set" in start({"DEBUG": "0"}).stderr


def test_makes_its_development_keys_once(tmp_path: Path) -> None:
    first = keys.kept_in(tmp_path)

    assert keys.kept_in(tmp_path) == first
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert len(first.fields[0]) == 32


def test_opens_with_every_field_key_it_is_given() -> None:
    older, newer = keys.new_keys()["FIELD_KEYS"], keys.new_keys()["FIELD_KEYS"]

    found = keys.from_environment({**PRODUCTION, "FIELD_KEYS": f"{newer},{older}"})

    assert found.fields == (base64.b64decode(newer), base64.b64decode(older))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:p%40ss%2Fword@db.example:6543/budget?sslmode=verify-full",
        "postgresql://app@/budget?host=%2Frun%2Fpostgresql&port=5433",
        "postgresql://app@db.example/budget",
        "postgresql://app:secret@db1.example:5432,db2.example:5433/budget?sslmode=verify-full",
        "postgresql://app@db1.example,db2.example/budget",
        "postgresql://app@[2001:db8::1]:5432,[2001:db8::2]:5432/budget",
    ],
)
def test_reads_back_the_database_address_it_writes(url: str) -> None:
    found = settings_from_url(url)

    assert settings_from_url(url_from_settings(found)) == found
    assert found["NAME"] == "budget"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "budget",
        "sqlite:///budget.db",
        "postgresql://db.example/budget",
        "postgresql://a@b",
        "postgresql://a@db1:port/b",
        "postgresql://a@db1,,db2/b",
        "postgresql://a@/b?host=db1,db2,db3&port=5432,5433",
        "postgresql://a@db1,db2/b?target_session_attrs=any",
    ],
)
def test_refuses_an_address_that_is_not_a_database(url: str) -> None:
    with pytest.raises(NotADatabaseUrl):
        settings_from_url(url)


@pytest.mark.django_db
def test_sends_every_page_with_headers_that_keep_it_to_itself(client: Client) -> None:
    headers = client.get("/no-such-page").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert set(headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'",
        f"script-src 'self' {' '.join(scripts.sources())}",  # the scripts of our pages, by the digests of their words
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    }


def test_speaks_dutch_in_amsterdam_and_keeps_no_cache() -> None:
    assert settings.LANGUAGE_CODE == "nl"
    assert settings.TIME_ZONE == "Europe/Amsterdam"
    assert settings.CACHES["default"]["BACKEND"].endswith("DummyCache")
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
