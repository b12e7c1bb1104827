"""How the catalogue's codes are called where people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from saiban.programmes.models import Period
from saiban.ui.components import Words
from saiban.ui.words import NOTHING, rupees

PILLARS: Mapping[str, Words] = {
    "social_assistance": _("social assistance"),
    "social_insurance": _("social insurance"),
    "labour_market": _("labour market"),
    "social_care": _("social care"),
}

STAGES: Mapping[str, Words] = {
    "pregnancy_early_childhood": _("pregnancy and early childhood"),
    "childhood": _("childhood"),
    "youth": _("youth"),
    "working_age": _("working age"),
    "old_age": _("old age"),
    "all": _("every stage of life"),
}

TARGETS: Mapping[str, Words] = {
    "poor_households": _("poor households"),
    "women": _("women"),
    "children": _("children"),
    "students": _("students"),
    "elderly": _("elderly people"),
    "persons_with_disabilities": _("persons with disabilities"),
    "orphans_widows": _("orphans and widows"),
    "patients": _("patients"),
    "workers": _("workers"),
    "farmers": _("farmers"),
    "minorities": _("religious minorities"),
    "transgender": _("transgender people"),
    "disaster_affected": _("people struck by a disaster"),
    "survivors_of_violence": _("survivors of violence"),
    "homeless": _("homeless people"),
}

KINDS: Mapping[str, Words] = {
    "UCT": _("cash without a condition"),
    "CCT": _("cash with a condition"),
    "ALMP": _("help towards work"),
    "care": _("care"),
    "care/loan": _("care and a loan"),
    "cash grant": _("grant"),
    "food subsidy": _("food at a lower price"),
    "in-kind": _("in kind"),
    "insurance": _("insurance"),
    "loan": _("loan"),
    "shock cash": _("cash after a disaster"),
    "social pension": _("social pension"),
    "stipend": _("stipend"),
    "subsidy": _("lower price"),
}

LEVELS: Mapping[str, Words] = {
    "federal": _("federal"),
    "province": pgettext_lazy("level of a scheme", "provincial"),
    "joint": _("federal and provincial"),
    "NGO": _("non-government organisation"),
    "NGO/province": _("non-government organisation and province"),
}


def name_of(thing: Any) -> str:
    """The name of a scheme, agency or area in the reader's language."""
    return str(thing.name_ur if get_language() == "ur" else thing.name_en)


def benefit(amount_paisa: int | None, period: str) -> str:
    """An amount with its period, such as "Rs 2,000 a month"; a dash where there is no plain amount."""
    if not amount_paisa:
        return NOTHING
    if period not in Period.values:
        return rupees(amount_paisa)
    return str(_("%(amount)s %(period)s")) % {
        "amount": rupees(amount_paisa),
        "period": Period(period).label,
    }
