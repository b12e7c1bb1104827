"""The sources that every installation starts from: those with a shipped mapping, and our own rooms.
Repeatable.
"""

from __future__ import annotations

from saiban.core.models import Actor
from saiban.intake import services
from saiban.intake.mapping import shipped_mappings
from saiban.intake.models import Source

CLERK = "clerk"


def lay(actor: Actor) -> None:
    """Add the sources that are not there yet."""
    for mapping in shipped_mappings().values():
        _add(
            actor,
            code=mapping.source,
            name_en=mapping.name["en"],
            name_ur=mapping.name["ur"],
            kind=mapping.kind,
            partner_code=mapping.partner,
            expected_every_days=mapping.expected_every_days,
        )
    _add(
        actor,
        code=CLERK,
        name_en="Corrections by clerks",
        name_ur="اہلکاروں کی تصحیحات",
        kind=Source.Kind.INTERNAL,
        partner_code="saiban",
        expected_every_days=None,
    )


def _add(actor: Actor, *, code: str, **values: object) -> None:
    if not Source.objects.filter(code=code).exists():
        services.add_source(actor=actor, code=code, **values)
