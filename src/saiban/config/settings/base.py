"""Settings common to every installation; starts nothing. Everything a site may set is named in
docs/configuration.md.
"""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from saiban.core.web import pool_of

env = environ.Env()
env.read_env(Path.cwd() / ".env")

SOURCE = Path(__file__).resolve().parents[2]

DEBUG = False
SECRET_KEY = env("SAIBAN_SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("SAIBAN_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("SAIBAN_ORIGINS", default=[])

# demo: accepts numbers that no authority issues, and policy values that nobody has confirmed.
SAIBAN_DEMO = env.bool("SAIBAN_DEMO", default=False)
# key ring: "1:<base64 of 32 bytes>,2:…"; the first is the one that new values are sealed with.
SAIBAN_KEYS = env.list("SAIBAN_KEYS", default=[])
SAIBAN_UPLOADS = env("SAIBAN_UPLOADS", default="")
# how large a file may be: sent by a browser, unpacked, and (beyond 100 MB) unpacked for each byte packed
SAIBAN_MOST_UPLOADED_MB = env.int("SAIBAN_MOST_UPLOADED_MB", default=4096)
SAIBAN_MOST_UNPACKED_GB = env.int("SAIBAN_MOST_UNPACKED_GB", default=20)
SAIBAN_MOST_RATIO = env.int("SAIBAN_MOST_RATIO", default=200)
SAIBAN_LAKE = env("SAIBAN_LAKE", default="")  # a folder, or s3://…; for how many days former versions stay
SAIBAN_LAKE_DAYS = env.int("SAIBAN_LAKE_DAYS", default=7)
SAIBAN_LAKE_LATE_HOURS = env.int("SAIBAN_LAKE_LATE_HOURS", default=24)  # as it is called late
# a year: by then a source has spoken or somebody looks again; after three an answer is too old anyway
SAIBAN_CORRECTION_DAYS = env.int("SAIBAN_CORRECTION_DAYS", default=365)
SAIBAN_CORRECTION_MOST_DAYS = env.int("SAIBAN_CORRECTION_MOST_DAYS", default=1095)
# households in a part of a batch: what one transaction loads, and one applies
SAIBAN_PART_HOUSEHOLDS = env.int("SAIBAN_PART_HOUSEHOLDS", default=5_000)
# workers that `serve` starts, and processes that apply and score parts beside the one that loads them
SAIBAN_WORKERS = env.int("SAIBAN_WORKERS", default=min(2, os.cpu_count() or 1))

# web: processes and threads of `saiban serve`; how long a statement, a wait for a lock, and a transaction
# without a statement may take there; the pool
SAIBAN_PROCESSES = env.int("SAIBAN_PROCESSES", default=1)
SAIBAN_THREADS = env.int("SAIBAN_THREADS", default=4)
SAIBAN_STATEMENT_SECONDS = env.int("SAIBAN_STATEMENT_SECONDS", default=30)
SAIBAN_LOCK_SECONDS = env.int("SAIBAN_LOCK_SECONDS", default=10)
SAIBAN_IDLE_SECONDS = env.int("SAIBAN_IDLE_SECONDS", default=300)
SAIBAN_POOL = pool_of(env("SAIBAN_POOL", default="off"))
SAIBAN_POOL_SECONDS = env.int("SAIBAN_POOL_SECONDS", default=10)
# everywhere: how long to wait for the database server to let someone in
SAIBAN_CONNECT_SECONDS = env.int("SAIBAN_CONNECT_SECONDS", default=10)
SAIBAN_LOSES_DATA = False  # tests only: the database may run without fsync

# the composition: who may what, who hears what, who fills which slot, what comes back by the clock
SAIBAN_DUTIES = "saiban.config.duties.DUTIES"
SAIBAN_LISTENERS = "saiban.config.listeners.LISTENERS"
SAIBAN_TOLD_LAST = "saiban.config.listeners.TOLD_LAST"
SAIBAN_TOKEN_TABLES = "saiban.config.keys.TOKEN_TABLES"  # noqa: S105
SAIBAN_SEALS = "saiban.config.keys.SEALS"
SAIBAN_PANELS = "saiban.config.panels.PANELS"
SAIBAN_NAVIGATION = "saiban.config.navigation.NAVIGATION"
SAIBAN_PERIODIC = "saiban.config.tasks.PERIODIC"
SAIBAN_LAKE_TABLES = "saiban.config.lake.TABLES"
SAIBAN_ERASURE_HOLDS = "saiban.config.erasure.HOLDS"
SAIBAN_SERVED = "saiban.config.served.SERVED"
SAIBAN_WEIGHED_FIELDS = "saiban.config.weighed.WEIGHED_FIELDS"

INSTALLED_APPS = [
    "saiban.core",
    "saiban.ui",
    "saiban.messages",
    "saiban.partners",
    "saiban.intake",
    "saiban.registry",
    "saiban.scoring",
    "saiban.programmes",
    "saiban.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "saiban.core.middleware.ActorMiddleware",
    "saiban.core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "saiban.config.urls"
WSGI_APPLICATION = "saiban.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "saiban.ui.context.frame",
            ],
            "builtins": [
                "saiban.ui.templatetags.saiban",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "ui/table.html"

# who acts
AUTH_USER_MODEL = "core.Actor"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "saiban.desk.adapter.ClosedDoorAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:enter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "saiban.ui.errors.csrf_failure"

# words and days
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ur", _("Urdu"))]
LANGUAGE_COOKIE_NAME = "saiban_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
TIME_ZONE = "Asia/Karachi"
USE_TZ = True
FORMAT_MODULE_PATH = ["saiban.config.formats"]
LOCALE_PATHS = [SOURCE / "config" / "locale"]
USE_THOUSAND_SEPARATOR = True

# static files and uploads
STATIC_URL = "static/"
STATIC_ROOT = env("SAIBAN_STATIC", default=str(SOURCE.parent.parent / "var" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["saiban.intake.uploading.LimitedUpload"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASE_ROUTERS = ["saiban.core.routers.OwnerWhileMigrating"]

# cache for throttles and counts: an unlogged table of PostgreSQL, made in the first migration of core
# Full, it forgets a third of its rows, throttles among them: so there is room for many that try many names.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# no inline script or style, nothing from outside
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "quiet": {
            "()": "saiban.core.logs.QuietFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"saiban": {"level": "INFO"}},
}


def databases(application: dict[str, Any], owner: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Both aliases: the application's role works, the owner's migrates (and creates and flushes in tests)."""
    return {"default": {"CONN_MAX_AGE": 60, **_patient(application)}, "owner": _patient(owner)}


def _patient(alias: dict[str, Any]) -> dict[str, Any]:
    return {**alias, "OPTIONS": {"connect_timeout": SAIBAN_CONNECT_SECONDS, **alias.get("OPTIONS", {})}}
