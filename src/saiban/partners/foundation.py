"""The partners and agreements that every installation starts from. Repeatable."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from saiban.calc import yamlfile
from saiban.core import foundation
from saiban.core.models import Actor, ActorKind, Agency, Area, Duty, Role
from saiban.data.dictionary import Level, fields
from saiban.partners import services
from saiban.partners.models import Agreement, Partner

APPROVER = "system-approver"
KINDS = {"company": "company", "ngo": "ngo"}


class PartnerFact(BaseModel):
    """A partner that is no agency of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    kind: Literal["agency", "company", "ngo", "internal"]
    name_en: str
    name_ur: str


class AgreementFact(BaseModel):
    """An agreement as the file gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    code: str
    partner: str
    source: str
    basis: str
    purpose: str
    area: str
    starts_on: date = Field(alias="from")
    fields: tuple[str, ...] = ()
    every_field: tuple[Level, ...] = ()

    @property
    def codes(self) -> list[str]:
        """The fields by code; derived ones are never reported."""
        every = [
            code for level in self.every_field for code, field in fields(level).items() if not field.derived
        ]
        return [*self.fields, *every]


class StartingPoint(BaseModel):
    """The content of ``data/agreements.yaml``; its head explains each part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    partners: tuple[PartnerFact, ...]
    agreements: tuple[AgreementFact, ...]


@cache
def starting_point() -> StartingPoint:
    """Read the file."""
    text = (files("saiban.data") / "agreements.yaml").read_text(encoding="utf-8")
    return yamlfile.parse(text, StartingPoint, place="agreements.yaml")


def lay(actor: Actor) -> None:
    """Make the partners, and the agreements that are not there yet: ``actor`` prepares, a second approves."""
    facts = starting_point()
    for fact in facts.partners:
        Partner.objects.get_or_create(code=fact.code, defaults=fact.model_dump(exclude={"code"}))
    for agreement in facts.agreements:
        _partner(agreement.partner)
        if not Agreement.objects.filter(code=agreement.code).exists():
            _agree(actor, agreement)


def _partner(code: str) -> Partner:
    known = Partner.objects.filter(code=code).first()
    if known:
        return known
    agency = Agency.objects.get(code=code)
    kind = KINDS.get(agency.kind, "agency")
    return Partner.objects.create(
        code=code, kind=kind, agency=agency, name_en=agency.name_en, name_ur=agency.name_ur
    )


def _agree(actor: Actor, fact: AgreementFact) -> None:
    draft = services.prepare_agreement(
        actor=actor,
        code=fact.code,
        partner_id=_partner(fact.partner).pk,
        source=fact.source,
        basis=fact.basis,
        purpose=fact.purpose,
        fields=fact.codes,
        area_code=fact.area,
        starts_on=fact.starts_on,
    )
    services.approve_agreement(actor=approver(), agreement_id=draft.pk)


def approver() -> Actor:
    """Return the second actor of the system: it approves what the first one lays; nobody can log in as it."""
    actor, made = Actor.objects.get_or_create(
        username=APPROVER,
        defaults={
            "kind": ActorKind.SYSTEM,
            "name_en": "saiban, second actor",
            "name_ur": "سائبان، دوسرا عمل کنندہ",
            "password": "!",
        },
    )
    if made:
        Duty.objects.create(
            actor=actor,
            role=Role.SYSTEM,
            area=Area.objects.get(level="province"),
            agency=Agency.objects.get(code=foundation.OWNER_AGENCY),
            purpose=foundation.PURPOSE,
            starts_on=date(2020, 1, 1),
        )
    return actor.under(Duty.objects.select_related("area", "agency").get(actor=actor, role=Role.SYSTEM))
