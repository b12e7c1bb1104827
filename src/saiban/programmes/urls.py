from django.urls import path

from saiban.programmes.views import catalogue, cycles, enrolments, overlaps, proposals, unserved

app_name = "programmes"
urlpatterns = [
    path("schemes/", catalogue.schemes, name="schemes"),
    path("schemes/<int:scheme_id>/", catalogue.scheme, name="scheme"),
    path("unserved/", unserved.unserved, name="unserved"),
    path("overlaps/", overlaps.overlaps, name="overlaps"),
    path("overlaps/<int:overlap_id>/", overlaps.overlap, name="overlap"),
    path("overlaps/<int:overlap_id>/keep/", overlaps.overlap_keep, name="overlap-keep"),
    path("overlaps/<int:overlap_id>/end/", overlaps.overlap_end, name="overlap-end"),
    path("overlaps/<int:overlap_id>/refer/", overlaps.overlap_refer, name="overlap-refer"),
    path("schemes/<int:scheme_id>/set-up/", cycles.set_up, name="set-up"),
    path("schemes/<int:scheme_id>/open-cycle/", cycles.cycle_open, name="cycle-open"),
    path("cycles/<int:cycle_id>/", cycles.cycle, name="cycle"),
    path("cycles/<int:cycle_id>/propose/", cycles.cycle_propose, name="cycle-propose"),
    path("cycles/<int:cycle_id>/approve/", cycles.cycle_approve, name="cycle-approve"),
    path("cycles/<int:cycle_id>/withdraw/", cycles.cycle_withdraw, name="cycle-withdraw"),
    path("cycles/<int:cycle_id>/candidates/", cycles.candidates, name="cycle-candidates"),
    path("cycles/<int:cycle_id>/list-to-pay/", cycles.paylist, name="paylist"),
    path("enrolments/<int:enrolment_id>/", enrolments.enrolment, name="enrolment"),
    path("enrolments/<int:enrolment_id>/suspend/", enrolments.enrolment_suspend, name="enrolment-suspend"),
    path("enrolments/<int:enrolment_id>/restore/", enrolments.enrolment_restore, name="enrolment-restore"),
    path("enrolments/<int:enrolment_id>/close/", enrolments.enrolment_close, name="enrolment-close"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:proposal_id>/", proposals.proposal_decide, name="proposal-decide"),
]
