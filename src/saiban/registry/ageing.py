"""Values that have passed the greatest age of their field since their profile was made: whose they are.

A profile is resolved as of the day on which it is refreshed, and time passes where nothing comes in. What is
asked here is what ``calc.resolve`` would answer differently today: a value that holds and is not marked
``too_old`` yet, or one beside it that no longer counts as another opinion. Both know a field's limit by
``months_before`` and the same day, so that whoever was refreshed is not found again.
"""

from __future__ import annotations

from datetime import date

from saiban.calc.precedence import months_before
from saiban.core.models import Area
from saiban.data.dictionary import Level, fields
from saiban.registry import copying
from saiban.registry.resolving import reported

# One path asks all fields at once, so that an object is unpacked once. A household in which nobody lives any
# more counts nowhere, and rests. `oldest_on` is that of the values that hold.
AGED = """
with aged as materialized (
  select p.household_id, p.person_id from registry_profile p
  where p.area_path <@ %(path)s::ltree and not p.emptied and case when p.person_id is null
    then p.oldest_on < %(household_limit)s and p.origin @@ %(household_held)s::jsonpath
      or p.disagreements > 0 and p.others @@ %(household_beside)s::jsonpath
    else p.oldest_on < %(person_limit)s and p.origin @@ %(person_held)s::jsonpath
      or p.disagreements > 0 and p.others @@ %(person_beside)s::jsonpath end
)
select household_id from aged where household_id is not null
union
select m.household_id from aged
join registry_membership m on m.person_id = aged.person_id and upper_inf(m.during) and not m.cancelled
order by 1
"""
HELD = '($.{code}.on < "{limit}" && !exists($.{code}.too_old))'
BESIDE = 'exists($.{code}[*] ? (@.on < "{limit}" && @.disagrees == true))'


def aged_households(area_id: int, day: date) -> list[int]:
    """Ids, in order, of the households of an area of which, or of whose members, a value has passed its
    field's greatest age by this day and the profile does not say so yet. One pass over the area's profiles.
    """
    asked = {**_asked("household", day), **_asked("person", day)}
    path = Area.objects.values_list("path", flat=True).get(pk=area_id)
    return [row[0] for row in copying.rows_of(AGED, {**asked, "path": path})]


def _asked(level: Level, day: date) -> dict[str, date | str]:
    """What the statement asks of a level: its youngest limit, and a path for each of the two objects."""
    ages = {code: fields(level)[code].max_age for code in reported(level)}
    limits = {code: months_before(day, age) for code, age in ages.items() if age is not None}
    return {
        f"{level}_limit": max(limits.values()),
        f"{level}_held": _any_of(HELD, limits),
        f"{level}_beside": _any_of(BESIDE, limits),
    }


def _any_of(condition: str, limits: dict[str, date]) -> str:
    return " || ".join(condition.format(code=code, limit=limit) for code, limit in limits.items())
