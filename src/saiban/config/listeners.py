"""Who hears what: the one table. A handler takes ids, stands downstream of the announcer, may run twice."""

from collections.abc import Mapping, Sequence

from saiban.core import lake
from saiban.core.outbox import Handler
from saiban.desk import tasks as desk
from saiban.programmes import tasks as programmes
from saiban.registry import tasks as registry
from saiban.scoring import tasks as scoring

LISTENERS: Mapping[str, Sequence[Handler]] = {
    "core.duty.ended": [desk.tell_of_duty_ended],
    "core.duty.given": [desk.tell_of_duty_given],
    "intake.batch.applied": [
        desk.tell_of_batch,
        programmes.take_list,
        programmes.note_list,
        registry.close_survey,
    ],
    "intake.batch.refused": [desk.tell_of_batch],
    "intake.observation.recorded": [registry.refresh_observed],
    "intake.part.loaded": [registry.apply_part],
    "registry.link.moved": [programmes.attach_enrolments, lake.note_change_set],
    "registry.part.applied": [registry.renew_names_of_part, registry.refresh_part],
    "registry.profile.changed": [
        scoring.score_change_set,
        programmes.attach_enrolments,
        lake.note_change_set,
    ],
    "registry.district.aging": [registry.find_aged],
    "registry.profile.aged": [registry.refresh_aged],
    "registry.correction.decided": [desk.tell_of_correction],
    "registry.erasure.approved": [registry.carry_out_erasure],
    "registry.erasure.carried_out": [programmes.let_proposals_lapse, lake.note_change_set],
    "scoring.scorecard.approved": [scoring.score_by_new_scorecard],
    "programmes.cycle.approved": [  # payments will hear it too
        programmes.find_overlaps_of_cycle,
        programmes.review_eligibility_of_cycle,
        programmes.note_cycle,
    ],
    "programmes.enrolment.moved": [programmes.find_overlaps_of, programmes.note_enrolment],
    "scoring.score.published": [
        programmes.review_eligibility,
        lake.note_change_set,
        scoring.tell_districts_of_batch,
    ],
    "scoring.district.scored": [registry.count_knowledge, desk.count_areas_after_batch],
}
# long work with which more of it begins: what was begun is ended first, and others wait less for its locks
TOLD_LAST: Sequence[str] = ("intake.part.loaded", "registry.district.aging", "registry.profile.aged")
