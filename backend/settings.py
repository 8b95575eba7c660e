"""Every setting, from the environment; without any, a safe development house on its own embedded database.

| Variable | Means |
|---|---|
| DJANGO_ENV | `production` or `development` (the default); production does not start without keys, hosts, database |
| DEBUG | `1` shows errors in the browser (development only); `0` is another way to say production |
| DATABASE_URL, DATABASE_OWNER_URL | the application's role; the role that owns the tables |
| SECRET_KEY, INDEX_KEY, E2E_KEY, ANCHOR_KEY, FIELD_KEYS | see backend/keys.py |
| SECRET_KEY_FALLBACKS | earlier secret keys, commas between them |
| ALLOWED_HOSTS | host names, commas between them |
| SECURITY_CONTACT | where holes are told: an address as in RFC 9116; the national centre when left out |
| MUNICIPALITY, THEME | the name residents know; how its pages look |
| OPEN_FIGURES | `1` opens the page with the town's figures, small numbers hidden (/open/cijfers/); the example has it |
| CONTACT | mail or https address for questions about how we decide (algorithm register) |
| INBOX, OUTBOX | folders where the bank's client puts statements and takes payment files (backend/exchange.py) |
| EVENT_SOURCE | who we are in events to other systems, as a URN |
| DATA_DIR | the folder of the embedded database and development's keys |
| AUDIT_ANCHOR | the folder where the head of the audit chain is kept every day, best on another machine |
| STAFF_OIDC_…, RESIDENT_OIDC_… | the identity providers of colleagues and residents: backend/identity_providers.py |
| EXAMPLE_PROVIDER | the port of the example's identity provider; production does not start with it |
| METRICS_TOKEN | opens /gezond/cijfers/ for a watch that sends it as a bearer token; without it there is no such page |
| LOG_LEVEL, LOG_FORMAT | `WARNING` unless said otherwise; `json` writes one object a line, without personal data |
| EXAMPLE_DATA | `1`: example data may go into the empty database of DATABASE_URL |
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from accessibility import languages, scripts
from backend import engine, identity_providers, keys
from backend.api import document

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / ".data")).resolve()
_here = os.environ


def _listed(name: str) -> list[str]:
    return [part.strip() for part in _here.get(name, "").split(",") if part.strip()]


# What kind of house this is.
DJANGO_ENV = _here.get("DJANGO_ENV", "development")
if DJANGO_ENV not in {"development", "production"}:
    raise ImproperlyConfigured("DJANGO_ENV is development or production")
PRODUCTION = DJANGO_ENV == "production" or _here.get("DEBUG") == "0"
DEBUG = _here.get("DEBUG") == "1"
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG=1 shows residents' data in error pages: not in production")
MUNICIPALITY = _here.get("MUNICIPALITY", "Voorbeeldstad")
THEME = _here.get("THEME", "")
SECURITY_CONTACT = _here.get("SECURITY_CONTACT", "https://www.ncsc.nl/contact/kwetsbaarheid-melden")
CONTACT = _here.get("CONTACT", "" if PRODUCTION else "huishoudboekje@voorbeeldstad.example")

# Keys.
_keys = keys.from_environment(_here) if PRODUCTION else keys.kept_in(DATA_DIR)
SECRET_KEY = _keys.secret
SECRET_KEY_FALLBACKS = _listed("SECRET_KEY_FALLBACKS")
FIELD_KEYS = _keys.fields
INDEX_KEY = _keys.index
E2E_KEY = _keys.end_to_end
ANCHOR_KEY = _keys.anchor
AUDIT_ANCHOR = Path(_here.get("AUDIT_ANCHOR", DATA_DIR / "audit-anchors")).resolve()

# The database. EMBEDDED is the only place example data goes without being asked twice.
EMBEDDED = "DATABASE_URL" not in _here
EXAMPLE_DATA = _here.get("EXAMPLE_DATA") == "1"
if PRODUCTION and EMBEDDED:
    raise ImproperlyConfigured("DATABASE_URL is not set: the embedded database is for development")
_owner_url = _here.get("DATABASE_OWNER_URL")
if EMBEDDED:
    _database = engine.embedded_settings(DATA_DIR)
    DATABASE_OWNER: dict[str, Any] | None = engine.embedded_settings(DATA_DIR, role=engine.OWNER_ROLE)
else:
    _database = engine.settings_from_url(_here["DATABASE_URL"])
    DATABASE_OWNER = engine.settings_from_url(_owner_url) if _owner_url else None
DATABASES = {"default": _database | {"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What is in the house.
INSTALLED_APPS = [
    "backend",
    "accessibility",
    "payments",
    "budgeting",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Who comes in.
AUTH_USER_MODEL = "budgeting.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OTP_TOTP_ISSUER = "Huishoudboekje"
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = document.SETTINGS

# Other systems: folders shared with the bank's client, and our name in events.
INBOX, OUTBOX = (Path(_here[name]).resolve() if _here.get(name) else None for name in ("INBOX", "OUTBOX"))
EVENT_SOURCE = _here.get("EVENT_SOURCE", "urn:nld:gemeente:voorbeeldstad:systeem:huishoudboekje")

# What everybody may read. The town decides about its figures.
OPEN_FIGURES = _here.get("OPEN_FIGURES", "1" if EMBEDDED else "0") == "1"

# Who says who people are. A door without a provider is not there.
EXAMPLE_PROVIDER = int(_here.get("EXAMPLE_PROVIDER") or 0)
if PRODUCTION and EXAMPLE_PROVIDER:
    raise ImproperlyConfigured("EXAMPLE_PROVIDER lets anybody in as anybody: not in production")
SIGN_IN = identity_providers.from_environment(_here)
if EXAMPLE_PROVIDER:
    SIGN_IN = identity_providers.example(EXAMPLE_PROVIDER) | SIGN_IN

# Sessions, cookies and what a browser may do.
ALLOWED_HOSTS = _listed("ALLOWED_HOSTS") or ([] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set, or lets every host name in")
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 2 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "backend.web.refusals.kept_too_long"
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^gezond/"]  # a load balancer asks from nearby, and takes a redirect for health
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _here.get("BEHIND_PROXY") == "1" else None
SECURE_HSTS_SECONDS = 63072000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, *scripts.sources()],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
FILE_UPLOAD_HANDLERS = ["backend.web.receiving.HeldInMemory"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500  # an intake has thirty proposals of fifteen fields
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Languages and time.
LANGUAGE_CODE = "nl"
LANGUAGES = [(language.code, language.own_name) for language in languages.LANGUAGES.values()]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# Files a browser may have.
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
_static_storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_plain_storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # residents' files live in the database
    "staticfiles": {"BACKEND": _static_storage if PRODUCTION else _plain_storage},
}

# Work behind the pages; nothing is cached, because a cache can be wrong about money.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
TEXT_OUTBOX = _here.get("TEXT_OUTBOX", "")  # the folder a provider takes text messages from; without it none is sent
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Whoever watches the house.
METRICS_TOKEN = _here.get("METRICS_TOKEN", "")
LOG_FORMAT = _here.get("LOG_FORMAT", "line")
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured("LOG_FORMAT is line or json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "backend.operate.log_lines.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": _here.get("LOG_LEVEL", "WARNING")},
    "loggers": {"django": {"handlers": [], "level": _here.get("LOG_LEVEL", "WARNING"), "propagate": True}},
}
