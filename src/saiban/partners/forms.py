"""The form that prepares an agreement."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor, Area
from saiban.partners import queries
from saiban.partners.fields import groups
from saiban.ui.forms import Form, PlaceField

CODE = r"^[A-Z0-9]+(-[A-Z0-9]+)*$"
SOURCE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
HEAD_OF_FIELDS = '{% include "partners/head_of_fields.html" %}'
FACTS = ("code", "source", "purpose", "basis", "area", "starts_on", "ends_on")


class SuggestingInput(forms.TextInput):
    """A line of text with what was written there before, offered by the browser; no script."""

    template_name = "partners/suggesting_input.html"
    suggestions: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Hand the suggestions to the template."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-suggestions"
        context["suggestions"] = self.suggestions
        return context


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick; the summary of errors leads to the first of them."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Name the first box where the whole group is meant."""
        return str(super().id_for_label(id_, index or "0"))


class AgreementForm(Form):
    """What a partner would send, why, where, from when until when, and which fields."""

    code = forms.RegexField(
        CODE,
        label=_("Code"),
        max_length=40,
        help_text=_("Capital letters, figures and hyphens, such as AG-DISCO-2."),
        error_messages={"invalid": _("Write capital letters, figures and hyphens only.")},
    )
    source = forms.RegexField(
        SOURCE,
        label=_("Source"),
        max_length=40,
        widget=SuggestingInput,
        help_text=_("The code of the source, such as disco-electricity."),
        error_messages={"invalid": _("Write small letters, figures and hyphens only.")},
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        widget=SuggestingInput,
        help_text=_("In the words of the source's own description: for any other purpose nothing passes."),
    )
    basis = forms.CharField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_("The law, notification or memorandum that it rests on."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    area = PlaceField(label=_("Area"), queryset=Area.objects.none(), empty_label=None)
    starts_on = forms.DateField(
        label=_("From"),
        help_text=_("Day, month, year: 14/11/2026"),
        widget=forms.DateInput(format="%d/%m/%Y"),
    )
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("The first day on which it no longer holds; empty: open."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the actor's areas, what other agreements name, and the fields of the dictionary."""
        super().__init__(*args, **kwargs)
        self.actor, self.groups = actor, groups()
        areas = Area.objects.visible_to(actor).valid_on(timezone.localdate()).order_by("path")
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        for name in ("source", "purpose"):
            self.fields[name].widget.suggestions = queries.written_before(actor=actor, name=name)
        self.fields["starts_on"].initial = timezone.localdate()
        for group in self.groups:
            self.fields[group.name] = forms.MultipleChoiceField(
                label=str(group.title), choices=group.choices(), required=False, widget=Ticks
            )

    @property
    def helper(self) -> FormHelper:
        """Set the groups of fields side by side where there is room."""
        helper = super().helper
        helper.layout = Layout(
            *FACTS, HTML(HEAD_OF_FIELDS), Div(*(group.name for group in self.groups), css_class="halves")
        )
        return helper

    def clean_code(self) -> str:
        """Refuse a code that already stands for an approved agreement."""
        code: str = self.cleaned_data["code"]
        if queries.is_code_taken(actor=self.actor, code=code):
            raise forms.ValidationError(_("Another agreement has this code. Choose a code of its own."))
        return code

    def clean(self) -> dict[str, Any]:
        """Ask for a field, and for days in order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("Choose a day after the day from which it holds."))
        if not any(cleaned.get(group.name) for group in self.groups):
            self.add_error(self.groups[0].name, _("Tick at least one field in any of the groups."))
        return cleaned

    def agreed(self) -> dict[str, Any]:
        """What the service takes, apart from actor and partner."""
        asked = {name: self.cleaned_data[name] for name in FACTS if name != "area"}
        picked = [code for group in self.groups for code in self.cleaned_data[group.name]]
        return asked | {"area_code": self.cleaned_data["area"].code, "fields": picked}
