"""The demo: its own cluster, which `saiban demo` empties; synthetic numbers and unconfirmed figures are let
in."""

import warnings

from saiban.config.settings.base import *  # noqa: F403
from saiban.config.settings.base import SAIBAN_LAKE, databases
from saiban.core import embedded

SECRET_KEY = "demo-only-this-key-protects-nothing"  # noqa: S105
SAIBAN_DEMO = True
SAIBAN_DEVELOPMENT_KEY = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
SAIBAN_LAKE = SAIBAN_LAKE or str(embedded.home() / "lake-demo")
DATABASES = databases(*embedded.ensure("pg-demo"))
# nobody in the demo is real: that its key protects nothing need not be said by each process
warnings.filterwarnings("ignore", message="SAIBAN_KEYS is not set")
