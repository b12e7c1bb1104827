"""What programmes gives to the lake: every place in a scheme."""

from __future__ import annotations

from saiban.core.lake.tables import CHANGE_SET, DISTRICT, LakeTable
from saiban.registry.lake import HOUSEHOLD, OF_CHANGE_SETS, PERSON, district_of

LIST, CYCLE, ENROLMENT = "programmes.list", "programmes.cycle", "programmes.enrolment"

ENROLMENTS = LakeTable(
    name="enrolments",
    keys={"enrolment_key": ENROLMENT, "household_key": HOUSEHOLD, "person_key": PERSON},
    fields={
        DISTRICT: "string",
        "scheme": "string",
        "unit": "string",
        "state": "string",
        "starts_on": "date",
        "ends_on": "date",
        "benefit": "string",
        "amount_paisa": "int",
        "period": "string",
        "yearly_paisa": "int",
        "channel": "string",
        "paid_on": "date",
        "seen_on": "date",
    },
    select=f"""
select e.id, e.household_id, e.person_id, {district_of("e.area_path")}, c.code, c.unit, e.state, e.starts_on,
  e.ends_on, e.benefit, e.amount_paisa, e.period, e.yearly_paisa, e.channel, e.paid_on, e.seen_on
from programmes_enrolment e
join programmes_scheme c on c.id = e.scheme_id
where true""",  # noqa: S608 our own words
    row="e.id",
    touched={
        # places follow their people: those of the households and of all who ever belonged to them
        CHANGE_SET: f"""
            select e.id from programmes_enrolment e where e.household_id in ({OF_CHANGE_SETS})
            union
            select e.id from programmes_enrolment e
            join registry_membership m on m.person_id = e.person_id
            where m.household_id in ({OF_CHANGE_SETS})
            union
            select e.id from programmes_enrolment e
            join core_changesetitem i on i.subject_id = e.subject_id
            join core_changeset s on s.id = i.change_set_id and s.kind = 'intake.subject'
            where s.id = any(%(ids)s)""",  # noqa: S608
        LIST: "select id from programmes_enrolment where batch_id = any(%(ids)s)",
        CYCLE: "select id from programmes_enrolment where cycle_id = any(%(ids)s)",
        ENROLMENT: "select unnest(%(ids)s::bigint[])",
    },
)
