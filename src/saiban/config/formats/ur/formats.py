"""As in English: dates and figures are written alike in both languages, months by their names in each."""

from saiban.config.formats.en.formats import *  # noqa: F403
