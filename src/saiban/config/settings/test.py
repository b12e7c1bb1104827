"""Tests: an own cluster without fsync, one database per worker, made and flushed by the owner."""

import os

from saiban.config.settings.base import *  # noqa: F403
from saiban.config.settings.base import STORAGES, databases, env
from saiban.core import embedded

SECRET_KEY = "tests-only"  # noqa: S105
SAIBAN_DEMO = True
SAIBAN_DEVELOPMENT_KEY = True
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

if env("DATABASE_URL", default=""):
    DATABASES = databases(env.db_url("DATABASE_URL"), env.db_url("OWNER_DATABASE_URL"))
else:
    DATABASES = databases(*embedded.ensure("pg-test", fast=True))
SAIBAN_WORKERS = 1  # another process would not find the tests' own database
SAIBAN_LOSES_DATA = True
SAIBAN_LAKE = str(embedded.home() / "lake-of-no-test")  # a test that writes one names its own
TEST_NAME = "test_saiban" + os.environ.get("SAIBAN_TEST_DB", "")
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["TEST"] = {"NAME": TEST_NAME, "MIRROR": "owner"}
DATABASES["owner"]["TEST"] = {"NAME": TEST_NAME, "TEMPLATE": embedded.TEMPLATE, "DEPENDENCIES": []}
DATABASES["owner"].setdefault("OPTIONS", {})["options"] = "-c saiban.flush=on"
