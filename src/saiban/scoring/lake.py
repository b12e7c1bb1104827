"""What scoring gives to the lake: the newest score of each household by each version of a scorecard."""

from __future__ import annotations

from saiban.core.lake.tables import CHANGE_SET, DISTRICT, LakeTable
from saiban.registry.emptied import LIVED_IN
from saiban.registry.lake import HOUSEHOLD, OF_CHANGE_SETS, district_of

SCORES = LakeTable(
    name="scores",
    keys={"score_key": "scoring.score", "household_key": HOUSEHOLD},
    fields={
        DISTRICT: "string",
        "scorecard": "string",
        "version": "int",
        "decides": "bool",
        "prediction": "decimal(9,4)",
        "score": "decimal(9,4)",
        "band": "string",
        "missing": "string",
        "scored_on": "date",
    },
    select=f"""
select s.id, s.household_id, {district_of("h.area_path")}, c.code, c.version, c.decides, s.prediction,
  s.score, s.band, array_to_string(s.missing, ','), (s.scored_at at time zone 'Asia/Karachi')::date
from scoring_score s
join scoring_scorecard c on c.id = s.scorecard_id
join registry_household h on h.id = s.household_id and h.erased_at is null
join registry_profile p on p.household_id = h.id and {LIVED_IN}
where not exists (
  select from scoring_score newer
  where newer.household_id = s.household_id and newer.scorecard_id = s.scorecard_id and newer.id > s.id
)""",  # noqa: S608 our own words
    row="s.id",
    # the former scores too: what is no longer the newest leaves the lake
    touched={CHANGE_SET: f"select id from scoring_score where household_id in ({OF_CHANGE_SETS})"},  # noqa: S608
)
