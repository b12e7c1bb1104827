"""A small province for the pages: one household in Rajanpur and what the addresses of all rooms ask for.

``build`` needs only the foundation (areas, agencies, the system's actor) and the sources; it writes rows
directly, so that the walk does not depend on the services that it asks the pages about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from saiban.core.models import Actor, Agency, Area, ChangeSet, ChangeSetItem, Duty, Role
from saiban.core.seal import seal
from saiban.intake.models import Batch, RejectedRow, Source, Subject
from saiban.intake.rejecting import context
from saiban.messages.models import Message
from saiban.partners.models import Agreement, Partner
from saiban.programmes.models import Cycle, Enrolment, Overlap, Proposal, Scheme
from saiban.registry import naming
from saiban.registry.models import (
    Correction,
    Erasure,
    Finding,
    Household,
    Identifier,
    Link,
    Membership,
    Person,
    Profile,
    ProfileChange,
)
from saiban.registry.numbers import sealed_number, token_of
from saiban.scoring.models import Rule, Score, Scorecard

CNIC = "9420108912318"


@dataclass
class World:
    """The things that addresses name."""

    household: Household
    person: Person
    identifier: Identifier
    batch: Batch
    source: Source
    partner: Partner
    draft: Agreement
    agreement: Agreement
    scorecard: Scorecard
    tested: Scorecard
    before: Score
    after: Score
    other: Actor
    duty: Duty
    rule: Rule
    scheme: Scheme
    overlap: Overlap
    cycle: Cycle
    enrolment: Enrolment
    proposal: Proposal
    erasure: Erasure
    correction: Correction
    in_force: Correction


def tehsil(district: str = "Rajanpur") -> Area:
    """The first tehsil of a district."""
    found = Area.objects.filter(level="tehsil", parent__name_en=district).first()
    assert found is not None
    return found


def household(
    area: Area, code: str, *, head: str = "Zainab Bibi", band: str = "poor", score: str = "18.4"
) -> Household:
    """A household with its head and profile."""
    made = Household.objects.create(code=code, area=area, area_path=area.path, village="Rojhan")
    person = Person.objects.create(
        name_en=head,
        name_ur="زینب بی بی",
        father_name_en="Rasool Bakhsh",
        sex="female",
        birth_date=date(1986, 4, 2),
    )
    Membership.objects.create(
        person=person, household=made, relation="head", head=True, during=(date(2025, 3, 1), None)
    )
    values = {"household_size": 6, "rooms": 2, "has_car": False}
    origin = {
        code: {"source": "psc-survey", "on": "2025-03-01", "observation": 1, "too_old": False}
        for code in values
    }
    Profile.objects.create(
        household=made,
        area_path=area.path,
        values=values,
        origin=origin,
        oldest_on=date(2025, 3, 1),
        score=score,
        band=band,
    )
    Profile.objects.create(person=person, area_path=area.path)
    naming.renew([made.pk])
    return made


def number_of(person: Person, digits: str = CNIC) -> Identifier:
    """A CNIC of a person."""
    return Identifier.objects.create(
        person=person,
        kind="cnic",
        token=token_of("cnic", digits),
        sealed=sealed_number("cnic", digits),
        masked="*****-*****31-8",
        source="psc-survey",
        since=date(2025, 3, 1),
    )


def moved(
    household: Household,
    card: Scorecard,
    *,
    before: str = "33.1",
    after: str = "18.4",
    bands: tuple[str, str] = ("near", "poor"),
) -> ChangeSet:
    """A change of a value that moved the score of a household, today."""
    change = ChangeSet.objects.create(
        kind="registry.household", reason="registry.batch.apply", actor=Actor.objects.get(username="system")
    )
    ChangeSetItem.objects.create(change_set=change, subject_id=household.pk)
    ProfileChange.objects.create(
        change_set=change,
        household=household,
        field="has_car",
        before=True,
        after=False,
        source="excise-vehicles",
    )
    Score.objects.create(household=household, scorecard=card, score=before, band=bands[0])
    Score.objects.create(household=household, scorecard=card, score=after, band=bands[1], change_set=change)
    return change


def scorecards(author: Actor, approver: Actor) -> tuple[Scorecard, Scorecard]:
    """The shipped scorecards, if scoring's foundation has laid them; else two rows with their texts."""
    from importlib.resources import files

    made = []
    for code, state in (("punjab-pmt-2016", "approved"), ("schreiner-pk-2009", "tested")):
        text = (files("saiban.data") / "scorecards" / f"{code}.yaml").read_text(encoding="utf-8")
        card, _ = Scorecard.objects.get_or_create(
            code=code,
            version=1,
            defaults={
                "title_en": code,
                "title_ur": code,
                "text": text,
                "digest": "0" * 64,
                "reference": "tests",
                "state": state,
                "author": author,
                "approver": approver if state == "approved" else None,
                "decides": state == "approved",
            },
        )
        made.append(card)
    return made[0], made[1]


def build(system: Actor, author: Actor, approver: Actor) -> World:
    """Build the whole of it."""
    from saiban.intake import foundation as intake
    from saiban.partners import foundation as partners
    from saiban.programmes import foundation as programmes

    partners.lay(system)
    intake.lay(system)
    programmes.lay()
    source = Source.objects.get(code="psc-survey")
    home = household(tehsil(), "HH-31204-0047712")
    person = Person.objects.get(memberships__household=home)
    identifier = number_of(person)
    decided, tested = scorecards(author, approver)
    moved(home, decided)
    subject = Subject.objects.create(kind="household", salt=b"s" * 32)
    Link.objects.create(subject=subject, household=home, how="roster", decided_by=system)
    batch = Batch.objects.create(
        source=source,
        file_name="survey.csv",
        digest="a" * 64,
        size=1000,
        state="applied",
        rows=40,
        rejected_rows=2,
        subjects=10,
        observations=40,
        received_by=author,
        outcome={"profiles": {"changed": 9}, "scores": {"newly_poor": 3, "no_longer_poor": 1}},
    )
    cells = seal(b'{"household_no": "H-7", "birth_date": "2025-02-30"}', context=context(batch.pk, 7))
    RejectedRow.objects.create(
        batch=batch, row_no=7, field="birth_date", reason="no_such_day", sealed_row=cells
    )
    agreement = Agreement.objects.filter(source="psc-survey", state="in_force").get()
    draft = Agreement.objects.create(
        code="DRAFT-1",
        partner=agreement.partner,
        source="walk",
        basis="tests",
        purpose=agreement.purpose,
        fields=["rooms"],
        area=agreement.area,
        during=(date(2030, 1, 1), None),
        prepared_by=author,
    )
    other = Actor.objects.create_user("somebody", password="x", name_en="Somebody Else")
    duty = Duty.objects.create(
        actor=other,
        role=Role.CLERK,
        area=tehsil("Attock"),
        agency=Agency.objects.first(),
        purpose="tests",
        starts_on=timezone.localdate(),
    )
    cycle = cycle_of(author)
    place = place_of(cycle, person, home)
    return World(
        household=home,
        person=person,
        identifier=identifier,
        batch=batch,
        source=source,
        partner=agreement.partner,
        draft=draft,
        agreement=agreement,
        scorecard=decided,
        tested=tested,
        before=home.scores.order_by("pk")[0],
        after=home.scores.order_by("-pk")[0],
        other=other,
        duty=duty,
        rule=rule_of(author),
        scheme=Scheme.objects.get(code="PSPA-BHB"),
        overlap=overlap_of(person, home),
        cycle=cycle,
        enrolment=place,
        proposal=proposal_of(place),
        erasure=Erasure.objects.create(
            household=home, area_path=home.area_path, basis="request", reason="letter 12", requested_by=author
        ),
        correction=correction_of(home, author),
        in_force=correction_of(home, author, state="approved", field="household_size"),
    )


def finding_of(batch: Batch, home: Household) -> Finding:
    """A household that a survey found, and that may be the one that we know."""
    found = household(tehsil(), "HH-31204-0047713", head="Zainab Bi")
    return Finding.objects.create(
        batch=batch,
        household=found,
        other=home,
        kind="doubtful",
        why="tie",
        state="open",
        area_path=found.area_path,
        before_path=found.area_path,
        members_before=1,
        members_now=1,
        in_common=1,
    )


def rule_of(author: Actor, *, code: str = "few-rooms", state: str = "tested") -> Rule:
    """A rule that was tested today; unless another state is named it waits for approval."""
    counts = {"judged": 10, "eligible": 5, "not_eligible": 4, "unknown": 1, "households": 5}
    clause = {"text": "rooms <= 3", "holds": 5, "fails": 4, "alone": 4, "unknown_of": 1}
    return Rule.objects.create(
        code=code,
        version=1,
        title_en="Few rooms",
        title_ur="کم کمرے",
        unit="household",
        text="rooms <= 3",
        digest="d" * 64,
        reference="tests",
        state=state,
        author=author,
        tested=counts
        | {
            "on": timezone.localdate().isoformat(),
            "digest": "d" * 64,
            "policy": {},
            "cases": 500,
            "equal": 500,
        }
        | {"because": {"rooms": 1}, "districts": {}, "clauses": [clause]},
    )


def cycle_of(author: Actor) -> Cycle:
    """A cycle whose list waits for approval."""
    scheme = Scheme.objects.get(code="PSPA-SAR")
    scheme.rule, scheme.benefit_paisa, scheme.period = (
        rule_of(author, code="in-force", state="approved"),
        200_000,
        "month",
    )
    scheme.save()
    return Cycle.objects.create(
        scheme=scheme,
        number=1,
        area=Area.objects.get(level="province"),
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 10, 1),
        budget_paisa=6_000_000,
        rule=scheme.rule,
        benefit_paisa=200_000,
        period="month",
        seed="walk",
        state="proposed",
        prepared_by=author,
        proposed_by=author,
        proposed_at=timezone.now(),
        figures={"answers": {"eligible": 1}, "outcomes": {"selected": 1}, "cost_paisa": 600_000},
    )


def place_of(cycle: Cycle, person: Person, home: Household) -> Enrolment:
    """A place that runs, in the scheme of the cycle."""
    return Enrolment.objects.create(
        scheme=cycle.scheme,
        cycle=cycle,
        household=home,
        person=person,
        area_path=home.area_path,
        state="approved",
        starts_on=cycle.starts_on,
        amount_paisa=200_000,
        period="month",
        yearly_paisa=2_400_000,
    )


def proposal_of(place: Enrolment) -> Proposal:
    """What follows if its holder is no longer eligible."""
    return Proposal.objects.create(
        scheme=place.scheme,
        household=place.household,
        person=place.person,
        enrolment=place,
        area_path=place.area_path,
        kind="leave",
    )


def overlap_of(person: Person, home: Household) -> Overlap:
    """A person on the lists of two departments that exclude each other."""
    found = [
        Enrolment.objects.create(
            scheme=Scheme.objects.get(code=code),
            household=home,
            person=person,
            area_path=home.area_path,
            state="approved",
            starts_on=date(2025, 1, 1),
            amount_paisa=amount,
            period=period,
            yearly_paisa=yearly,
            list_no="N-1",
            seen_on=date(2026, 5, 1),
        )
        for code, amount, period, yearly in (
            ("PSPA-HQ", 200_000, "month", 2_400_000),
            ("SWD-HIM", 1_050_000, "quarter", 4_200_000),
        )
    ]
    return Overlap.objects.create(
        kind="exclusive",
        level="person",
        policy="disability-cash",
        left=found[0],
        right=found[1],
        household=home,
        person=person,
        area_path=home.area_path,
        from_on=date(2025, 1, 1),
        yearly_paisa=2_400_000,
    )


def message_to(actor: Actor) -> Message:
    """A message in an actor's own mailbox."""
    made: Any = Message.objects.create(
        to=actor,
        template="core.duty.ended",
        language="en",
        title="A duty has ended",
        body="It has.",
        link="/enter/",
        key=f"world:{actor.pk}",
    )
    return made


def correction_of(
    home: Household, author: Actor, *, state: str = "proposed", field: str = "rooms"
) -> Correction:
    """A correction of an answer, by somebody else; in force where ``state`` says so."""
    holds = state == "approved"
    return Correction.objects.create(
        household=home,
        field=field,
        value=3,
        before=2,
        before_source="psc-survey",
        moves_score=True,
        reason="seen at the door",
        observed_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=365),
        state=state,
        proposed_by=author,
        observation_id=10**12 if holds else None,  # of no observation
    )
