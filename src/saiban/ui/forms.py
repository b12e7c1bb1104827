"""Forms: the summary of errors on top, the sentence at the field, one way to ask for a reason."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LEAST_REASON, MOST_REASON = 5, 500
INDENT = "\u00a0" * 3


class Laid:
    """Mix-in of every form: laid out by crispy, without the form tag (``ui/form.html`` draws it)."""

    @property
    def helper(self) -> FormHelper:
        """Return how crispy lays the fields out."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class Form(Laid, forms.Form):
    """The base of our forms."""


class NarrowingForm(Laid, forms.Form):
    """The form of a filter: none of its fields is asked for."""


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An area or agency, by its name in the reader's language; areas indented by their level."""

    def label_from_instance(self, obj: Any) -> str:
        """Write the name."""
        name: str = obj.name_ur if get_language() == "ur" else obj.name_en
        return INDENT * getattr(obj, "path", "").count(".") + name


class ReasonForm(Form):
    """Asks why; the reason is kept with the decision."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with the decision, and seen by who reviews it."),
        min_length=LEAST_REASON,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
