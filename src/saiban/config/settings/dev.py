"""One machine: the embedded database unless DATABASE_URL names another; a development key, with a loud
warning.
"""

from saiban.config.settings.base import *  # noqa: F403
from saiban.config.settings.base import SECRET_KEY, databases, env
from saiban.core import embedded

DEBUG = env.bool("SAIBAN_DEBUG", default=False)
SECRET_KEY = SECRET_KEY or "development-only-this-key-protects-nothing"
SAIBAN_DEMO = env.bool("SAIBAN_DEMO", default=True)
SAIBAN_DEVELOPMENT_KEY = True

if env("DATABASE_URL", default=""):
    DATABASES = databases(env.db_url("DATABASE_URL"), env.db_url("OWNER_DATABASE_URL"))
else:
    DATABASES = databases(*embedded.ensure("pg"))
