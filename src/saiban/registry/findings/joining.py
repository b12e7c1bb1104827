"""Two households become one, and apart again: row by row, in the caller's transaction.

What is done is kept as ids (``Did``), so that a second thought finds every row as it was. Links are undone
and made anew, memberships that were never true are cancelled; nothing is deleted but a number that the other
person has as well.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from saiban.core.models import Actor
from saiban.registry import copying, naming
from saiban.registry.applying import staging, statements
from saiban.registry.correcting.ending import end_joined
from saiban.registry.models import Household, Identifier, Link, Membership

BY_NUMBER = ("cnic", "electricity_reference")  # links that follow their number by themselves
PLACE = ("area_id", "area_path", "village", "address", "latitude", "longitude", "seen_on")
TWINS = """
select distinct q.person_id, p.person_id
from registry_membership q
join registry_person one on one.id = q.person_id
join registry_membership p on p.household_id = %(old)s and upper_inf(p.during) and not p.cancelled
join registry_person other on other.id = p.person_id
where q.household_id = %(new)s and upper_inf(q.during) and not q.cancelled and p.person_id <> q.person_id
  and (exists (
      select from registry_identifier a join registry_identifier b on b.token = a.token
      where a.person_id = q.person_id and b.person_id = p.person_id
        and a.kind in ('cnic', 'bform') and b.kind in ('cnic', 'bform'))
    or one.sex = other.sex and one.birth_date = other.birth_date
      and (lower(one.name_en) = lower(other.name_en) and one.name_en <> ''
        or one.name_ur = other.name_ur and one.name_ur <> ''))
"""
NUMBERS_OF = """
insert into registry_forgotten
select distinct kind, token from registry_identifier
where household_id = any(%(households)s) or person_id in (
  select person_id from registry_membership where household_id = any(%(households)s))
"""


@dataclass
class Did:
    """The rows that joining touched, by their ids; memberships with what their columns said before."""

    new: int
    old: int
    links_undone: list[int] = field(default_factory=list)
    links_made: list[int] = field(default_factory=list)
    numbers_moved: list[tuple[int, int | None, int | None]] = field(default_factory=list)
    numbers_dropped: list[tuple[int, int | None, int | None, str, str]] = field(default_factory=list)
    memberships: list[dict[str, Any]] = field(default_factory=list)
    memberships_made: list[int] = field(default_factory=list)
    swapped: bool = False
    seen_on: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the decision keeps it."""
        return asdict(self)


def join(*, actor: Actor, new: Household, old: Household) -> Did:
    """Let ``old`` go on as what the roster of ``new`` says, and ``new`` be empty.

    Where the roster of ``new`` is the older one, it joins without moving anyone.
    """
    did = Did(new.pk, old.pk)
    twins = _twins(new, old)
    newer = old.seen_on is None or (new.seen_on is not None and new.seen_on >= old.seen_on)
    _move_memberships(did, new, old, twins, newer=newer)
    for person_id, into in twins.items():
        _relink(did, actor, Link.objects.filter(person=person_id), person_id=into)
        _give_numbers(did, Identifier.objects.filter(person=person_id), person_id=into)
    end_joined(str(new.pk))
    _relink(did, actor, Link.objects.filter(household=new), household_id=old.pk)
    _give_numbers(did, Identifier.objects.filter(household=new), household_id=old.pk)
    if newer:
        _swap_places(new, old)
        did.swapped = True
    did.seen_on = old.seen_on.isoformat() if old.seen_on else ""
    naming.renew([new.pk, old.pk])
    return did


def part(*, actor: Actor, did: Did, new: Household, old: Household) -> None:
    """Take back what ``join`` did; who was erased since stays of nobody."""
    for link in Link.objects.filter(pk__in=did.links_made, undone_at=None):
        link.undone_at = timezone.now()
        link.save(update_fields=["undone_at"])
    for link in Link.objects.filter(pk__in=did.links_undone).exclude(person__erased_at__isnull=False):
        Link.objects.create(
            subject_id=link.subject_id, person_id=link.person_id, household_id=link.household_id,
            how=link.how, decided_by=actor,
        )  # fmt: skip
    for pk, person_id, household_id in did.numbers_moved:
        Identifier.objects.filter(pk=pk).update(person_id=person_id, household_id=household_id)
    for kept_id, person_id, household_id, source, since in did.numbers_dropped:
        _give_back(kept_id, person_id, household_id, source, since)
    _restore_memberships(did)
    if did.swapped:
        _swap_places(new, old)
    naming.renew([new.pk, old.pk])


def follow_numbers(actor: Actor, household_ids: list[int]) -> list[int]:
    """Link anew whom the numbers of these households and their members name, and those that nobody claims any
    more (``registry_forgotten``, if it is there); return those subjects.
    """
    tables = (
        staging.SAID_TABLE, staging.NUMBERS_TABLE, statements.FORGOTTEN_TABLE, statements.NAMED_TABLE,
        "truncate registry_said, registry_number_said, registry_named",
    )  # fmt: skip
    for statement in tables:
        copying.run(statement)
    copying.run(NUMBERS_OF, {"households": household_ids})
    copying.run(statements.FIND_NAMED)
    copying.run(statements.UNDO_LINKS)
    copying.run(statements.LINK_BY_NUMBER, [actor.pk])
    named = {row[0] for row in copying.rows_of("select subject_id from registry_named")}
    people = Membership.objects.filter(household__in=household_ids).values("person")
    linked = Link.objects.filter(person__in=people, undone_at=None, how__in=BY_NUMBER)
    return sorted(named | set(linked.values_list("subject_id", flat=True)))


def _twins(new: Household, old: Household) -> dict[int, int]:
    """Members of one household who are members of the other: each exactly one."""
    pairs = copying.rows_of(TWINS, {"new": new.pk, "old": old.pk})
    ones, others = Counter(row[0] for row in pairs), Counter(row[1] for row in pairs)
    return {one: other for one, other in pairs if ones[one] == 1 and others[other] == 1}


def _move_memberships(
    did: Did, new: Household, old: Household, twins: dict[int, int], *, newer: bool
) -> None:
    here = list(_open(new))
    for row in here:
        _keep(did, row)
        row.cancelled = True
        row.save(update_fields=["cancelled"])
    if not newer:
        return
    people = {twins.get(row.person_id, row.person_id): row for row in here}
    for row in _open(old):
        _keep(did, row)
        row.head = False
        if row.person_id not in people:
            _end(row, new.seen_on or row.during.lower)
        row.save(update_fields=["head", "during", "cancelled"])
    for person_id, row in people.items():
        _settle(did, person_id, row, old)


def _settle(did: Did, person_id: int, row: Membership, old: Household) -> None:
    """Let a person live in the old household as the roster ``row`` says: still, again, or from then on."""
    since = row.during.lower
    mine = Membership.objects.filter(household=old, person=person_id, cancelled=False)
    goes_on = mine.filter(during__upper_inf=True).first() or mine.filter(during__endswith=since).first()
    if goes_on is None:
        made = Membership.objects.create(
            person_id=person_id, household=old, relation=row.relation, head=row.head, line_no=row.line_no,
            during=(since, None),
        )  # fmt: skip
        did.memberships_made.append(made.pk)
        return
    if goes_on.pk not in {one["id"] for one in did.memberships}:
        _keep(did, goes_on)
    goes_on.during = (goes_on.during.lower, None)
    goes_on.relation, goes_on.head, goes_on.line_no = row.relation, row.head, row.line_no
    goes_on.save()


def _end(row: Membership, day: date) -> None:
    row.cancelled = row.during.lower >= day
    row.during = (row.during.lower, max(day, row.during.lower + timedelta(days=1)))


def _open(household: Household) -> QuerySet[Membership]:
    return Membership.objects.filter(household=household, during__upper_inf=True, cancelled=False)


def _keep(did: Did, row: Membership) -> None:
    upper = row.during.upper
    did.memberships.append(
        {
            "id": row.pk, "from": row.during.lower.isoformat(), "until": upper.isoformat() if upper else None,
            "cancelled": row.cancelled, "head": row.head, "relation": row.relation, "line_no": row.line_no,
        }
    )  # fmt: skip


def _restore_memberships(did: Did) -> None:
    """All out first, then in as they were: nobody may live in two households, or two be head, in between."""
    ids = [one["id"] for one in did.memberships]
    Membership.objects.filter(pk__in=[*ids, *did.memberships_made]).update(cancelled=True)
    for one in did.memberships:
        until = parse_date(one["until"]) if one["until"] else None
        Membership.objects.filter(pk=one["id"]).update(
            during=(parse_date(one["from"]), until), cancelled=one["cancelled"], head=one["head"],
            relation=one["relation"], line_no=one["line_no"],
        )  # fmt: skip


def _relink(did: Did, actor: Actor, links: QuerySet[Link], **to: int) -> None:
    """Undo links, and make them anew to whom the subjects are now; those by a number follow it later."""
    for link in links.filter(undone_at=None).exclude(how__in=BY_NUMBER):
        link.undone_at = timezone.now()
        link.save(update_fields=["undone_at"])
        made = Link.objects.create(subject_id=link.subject_id, how="clerk", decided_by=actor, **to)
        did.links_undone.append(link.pk)
        did.links_made.append(made.pk)


def _give_numbers(did: Did, numbers: QuerySet[Identifier], **to: int) -> None:
    """Hand numbers over; one that the new owner has from the same source is dropped."""
    for number in numbers:
        same = {"kind": number.kind, "token": number.token, "source": number.source}
        kept = Identifier.objects.filter(**to, **same).first()
        was = (number.person_id, number.household_id)
        if kept is None:
            did.numbers_moved.append((number.pk, *was))
            Identifier.objects.filter(pk=number.pk).update(**to)
        else:
            did.numbers_dropped.append((kept.pk, *was, number.source, number.since.isoformat()))
            number.delete()


def _give_back(
    kept_id: int, person_id: int | None, household_id: int | None, source: str, since: str
) -> None:
    number = Identifier.objects.filter(pk=kept_id).first()
    if number is None:
        return  # its owner has given it up meanwhile
    number.pk, number.person_id, number.household_id = None, person_id, household_id
    number.source, number.since = source, date.fromisoformat(since)
    number.save(force_insert=True)


def _swap_places(one: Household, other: Household) -> None:
    """Exchange the readable copies of where two households live, and of when that was seen."""
    for name in PLACE:
        mine, theirs = getattr(one, name), getattr(other, name)
        setattr(one, name, theirs)
        setattr(other, name, mine)
    for row in (one, other):
        row.save(update_fields=[name.removesuffix("_id") for name in PLACE])
