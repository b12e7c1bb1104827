"""The forms of this room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor
from saiban.intake.models import Source
from saiban.ui.forms import Form


class UploadForm(Form):
    """Which source, and which file."""

    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.none(),
        to_field_name="code",
        empty_label=_("Choose a source"),
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
        offered = Source.objects.visible_to(actor).filter(on=True).exclude(kind=Source.Kind.INTERNAL)
        self.fields["source"].queryset = offered  # type: ignore[attr-defined]
