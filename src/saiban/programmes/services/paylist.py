"""The list to pay: the one place where numbers of people leave in full, for whoever pays."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from saiban.core import audit, rotation
from saiban.core.errors import IllegalMove, ReasonMissing
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.programmes import approving
from saiban.programmes.errors import ListChanged
from saiban.programmes.models import Cycle
from saiban.programmes.services.cycles import ask_covered
from saiban.programmes.transitions import CycleState, EnrolmentState
from saiban.registry import copying
from saiban.registry.numbers import open_number
from saiban.ui.tables import as_text

LEAST_REASON = 5
HEADING = (
    "no", "entitlement", "enrolment", "household", "payee_name_en", "payee_name_ur", "cnic", "district",
    "amount_rupees", "from", "until", "pay", "note",
)  # fmt: skip
# the payee is the person whose place it is; of a household its head
LINES = """
select t.id, t.enrolment_id, h.id, h.code, who.id, who.name_en, who.name_ur, i.id, i.kind, i.token, i.sealed,
  d.name_en, t.amount_paisa, t.period_from, t.period_until, e.state, who.died_on is not null
from programmes_entitlement t
join programmes_enrolment e on e.id = t.enrolment_id
join registry_household h on h.id = (t.snapshot ->> 'household')::bigint
left join lateral (
  select m.person_id from registry_membership m
  where m.household_id = h.id and m.head and upper_inf(m.during) and not m.cancelled limit 1
) head on e.person_id is null
left join registry_person who on who.id = coalesce(e.person_id, head.person_id)
left join lateral (
  select * from registry_identifier n where n.person_id = who.id and n.kind in ('cnic', 'bform')
  order by n.kind = 'cnic' desc, n.since desc, n.id desc limit 1
) i on true
left join core_area d on d.level = 'district' and d.path @> h.area_path
where t.cycle_id = %(cycle)s and (%(period)s::date is null or t.period_from = %(period)s::date)
order by t.id
"""


@dataclass(frozen=True)
class PayList:
    """A file for whoever pays: its name, its text (CSV, UTF-8), how many lines."""

    name: str
    text: str
    lines: int


@service("programmes.paylist.download")
def download_paylist(*, actor: Actor, cycle_id: int, reason: str, period_from: date | None = None) -> PayList:
    """Give out the list of an approved cycle (or of one of its periods), with the numbers of payees in full.

    Who is not to be paid now stands in it too, with the reason: ``suspended``, ``closed``, ``payee_died``,
    ``no_number``, ``no_payee``. The last line carries the SHA-256 of the approved list.
    Raises: NotVisible (404), OtherAgency, AreaNeeded (403), ReasonMissing (422), IllegalMove, ListChanged
    (409).
    """
    rows = Cycle.objects.select_related("scheme", "rule", "area")
    cycle = get_visible(rows, actor=actor, pk=cycle_id)
    ask_covered(actor, cycle)
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonMissing
    if cycle.state != CycleState.APPROVED:
        raise IllegalMove
    if approving.digest_of(cycle) != cycle.digest:
        raise ListChanged
    rotation.hold()  # numbers are opened, and held against their tokens
    found = copying.rows_of(LINES, {"cycle": cycle.pk, "period": period_from})
    audit.note(reason=reason.strip(), cycle=cycle.pk, digest=cycle.digest, period=str(period_from or ""))
    audit.note_set("registry.household", [row[2] for row in found])
    part = f"-{period_from.isoformat()}" if period_from else ""
    return PayList(f"{cycle.scheme.code}-{cycle.number}{part}.csv", _written(cycle, found), len(found))


def _written(cycle: Cycle, found: list[tuple[Any, ...]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADING)
    writer.writerows(_lines(found))
    writer.writerow(["sha256", cycle.digest])
    return out.getvalue()


def _lines(found: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
    opened: dict[int, str] = {}
    for no, row in enumerate(found, start=1):
        pk, enrolment, _household, code, payee, name_en, name_ur, number_id, kind, token, sealed = row[:11]
        district, amount, since, until, state, has_died = row[11:]
        if number_id is not None and number_id not in opened:
            opened[number_id] = open_number(kind, bytes(token), bytes(sealed))
        number = opened.get(number_id, "")
        note = _why_not(state, payee, number, has_died=has_died)
        names = [as_text(name_en or ""), as_text(name_ur or "")]
        money = f"{amount // 100}.{amount % 100:02d}"
        pay = "no" if note else "yes"
        yield [no, pk, enrolment, code, *names, number, district or "", money, since, until, pay, note]


def _why_not(state: str, payee: int | None, number: str, *, has_died: bool) -> str:
    """Why nothing is to be paid now; '' where it is."""
    if state != EnrolmentState.APPROVED:
        return state
    if payee is None:
        return "no_payee"
    if has_died:
        return "payee_died"
    return "" if number else "no_number"
