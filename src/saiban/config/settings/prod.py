"""A real installation: nothing has a default that would be unsafe. See docs/configuration.md."""

from saiban.config.settings.base import *  # noqa: F403
from saiban.config.settings.base import databases, env

SECRET_KEY = env("SAIBAN_SECRET_KEY")
SAIBAN_KEYS = env.list("SAIBAN_KEYS")
ALLOWED_HOSTS = env.list("SAIBAN_HOSTS")
DATABASES = databases(env.db_url("DATABASE_URL"), env.db_url("OWNER_DATABASE_URL"))

SECURE_SSL_REDIRECT = env.bool("SAIBAN_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
