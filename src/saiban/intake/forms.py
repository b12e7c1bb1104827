"""The forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor
from saiban.data.errors import BadInput
from saiban.intake.lists import check_scheme, schemes_of
from saiban.intake.models import Source
from saiban.ui.forms import Form


class UploadForm(Form):
    """Which source, which file, and of a list of beneficiaries which scheme."""

    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.none(),
        to_field_name="code",
        empty_label=_("Choose a source"),
    )
    scheme = forms.ChoiceField(
        label=_("Scheme"),
        required=False,
        help_text=_("For a list of beneficiaries: the one scheme that all its rows are of."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8), Parquet or XLSX; each may be packed as .gz."),
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.parquet,.xlsx,.gz"}),
    )

    def __init__(self, actor: Actor, *args: object, **kwargs: object) -> None:
        """Offer the sources that deliver files."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        offered = Source.objects.delivered_by(actor).filter(on=True)
        self.fields["source"].queryset = offered  # type: ignore[attr-defined]
        self.fields["scheme"].choices = _schemes(offered)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say at the scheme what is wrong with it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "source" in cleaned and "scheme" in cleaned:
            try:
                check_scheme(cleaned["source"].code, cleaned["scheme"])
            except BadInput as error:
                self.add_error("scheme", error.message)
        return cleaned


def _schemes(sources: QuerySet[Source]) -> list[Any]:
    """The schemes that each of these sources may send, under its name."""
    name = "name_ur" if get_language() == "ur" else "name"
    offered = [
        (str(source), [(one.code, f"{one.code} · {getattr(one, name)}") for one in schemes_of(source.code)])
        for source in sources
        if source.kind == Source.Kind.LIST
    ]
    return [("", _("None: it is no list of beneficiaries")), *offered]
