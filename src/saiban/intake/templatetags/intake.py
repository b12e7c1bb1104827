"""Words of the dictionary for the pages of this room."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy as _

from saiban.data.dictionary import DictionaryField
from saiban.ui.templatetags.saiban import tag

register = template.Library()
SENSITIVITIES = {"personal": _("personal"), "sensitive": _("sensitive")}


@register.simple_tag
def field_words(field: DictionaryField) -> str:
    """Write the label of a field in the reader's language."""
    return field.label["ur" if get_language() == "ur" else "en"]


@register.simple_tag
def sensitivity(code: str) -> SafeString:
    """Show how sensitive a field is."""
    return tag(code, SENSITIVITIES[code], "note" if code == "personal" else "warn")
