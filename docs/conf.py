"""The documentation site: Sphinx with MyST and furo. Tables of states, duties, fields and commands are taken
from the code while the site is built (``_ext/from_code.py``), so they cannot fall behind it.
"""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))
os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.typing"  # starts no database

project = "saiban"
author = "the saiban contributors"
release = version_of("saiban")
extensions = ["myst_parser", "from_code"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "saiban · سائبان"
html_copy_source = False
html_show_copyright = False
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
