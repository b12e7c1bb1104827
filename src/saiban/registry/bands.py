"""The bands of a score in words, each with its tone."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

BANDS: dict[str, tuple[str | Promise, str]] = {
    "poor": (pgettext_lazy("band", "poor"), "warn"),
    "near": (pgettext_lazy("band", "near the cut-off"), "note"),
    "above": (pgettext_lazy("band", "above the cut-off"), ""),
    "unscored": (pgettext_lazy("band", "not scored"), ""),
}
