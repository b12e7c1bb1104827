"""Which households were spoken of."""

from __future__ import annotations

from datetime import date

from saiban.registry import copying

SPOKEN_OF = """
select distinct coalesce(l.household_id, m.household_id) from registry_link l
left join registry_membership m on m.person_id = l.person_id and upper_inf(m.during) and not m.cancelled
where l.undone_at is null and coalesce(l.household_id, m.household_id) is not null
"""
BY_WHOM_OR_WHEN = """
and exists (
  select from intake_observation o join intake_source s on s.id = o.source_id
  where o.subject_id = l.subject_id and s.code = coalesce(%s, s.code)
    and o.received_at >= coalesce(%s::timestamptz, '-infinity'))
"""


def spoken_of(*, source: str | None = None, since: date | None = None) -> list[int]:
    """Ids of households of which a source, or anyone since a day, has spoken; of all without either: for the
    operator."""
    narrowed = source is not None or since is not None
    query, values = (SPOKEN_OF + BY_WHOM_OR_WHEN, [source, since]) if narrowed else (SPOKEN_OF, [])
    return [row[0] for row in copying.rows_of(query, values)]
