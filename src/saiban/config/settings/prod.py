"""A real installation: nothing has a default that would be unsafe. See docs/configuration.md."""

from django.core.exceptions import ImproperlyConfigured

from saiban.config.settings.base import *  # noqa: F403
from saiban.config.settings.base import SAIBAN_DEMO, SAIBAN_THREADS, databases, env
from saiban.core.web import pool_of

SECRET_KEY = env("SAIBAN_SECRET_KEY")
SAIBAN_KEYS = env.list("SAIBAN_KEYS")
ALLOWED_HOSTS = env.list("SAIBAN_HOSTS")
for _name, _given in (("SAIBAN_KEYS", SAIBAN_KEYS), ("SAIBAN_HOSTS", ALLOWED_HOSTS)):
    if not _given:
        raise ImproperlyConfigured(f"{_name} is empty. See docs/configuration.md")
if SAIBAN_DEMO:
    raise ImproperlyConfigured("SAIBAN_DEMO lets synthetic numbers in: not beside the data of real people")
# Only `saiban migrate` needs the owner: web and worker are better off without a password that could undo the
# audit.
DATABASES = databases(env.db_url("DATABASE_URL"), env.db_url("OWNER_DATABASE_URL", default="postgresql:///"))
SAIBAN_POOL = pool_of(env("SAIBAN_POOL", default=f"1,{SAIBAN_THREADS}"))  # one for each thread at most

SECURE_SSL_REDIRECT = env.bool("SAIBAN_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool(
    "SAIBAN_HSTS_SUBDOMAINS", default=False
)  # other sites may live below
SILENCED_SYSTEM_CHECKS = [
    "security.W005",
    "security.W021",
]  # subdomains and preload are for the site to decide
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
# Throttles count by the client's address as the outermost of so many proxies saw it; 0: none stands there.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("SAIBAN_PROXIES", default=1)
