from django.urls import path

from saiban.registry import views
from saiban.registry.correcting import views as correcting
from saiban.registry.erasure import views as erasure
from saiban.registry.findings import views as findings
from saiban.registry.knowledge import views as knowledge

app_name = "registry"
urlpatterns = [
    path("households/", views.households, name="households"),
    path("households/<int:household_id>/", views.household, name="household"),
    path("households/<int:household_id>/correct/", correcting.correct, name="correct"),
    path(
        "households/<int:household_id>/correct/<slug:field>/", correcting.correct_field, name="correct-field"
    ),
    path("households/<int:household_id>/past/", views.household_past, name="household-past"),
    path("households/<int:household_id>/history/", views.household_history, name="household-history"),
    path("corrections/", correcting.corrections, name="corrections"),
    path("corrections/<int:correction_id>/", correcting.correction, name="correction"),
    path("corrections/<int:correction_id>/approve/", correcting.approve, name="correction-approve"),
    path("corrections/<int:correction_id>/refuse/", correcting.refuse, name="correction-refuse"),
    path("corrections/<int:correction_id>/withdraw/", correcting.withdraw, name="correction-withdraw"),
    path("corrections/<int:correction_id>/lift/", correcting.lift, name="correction-lift"),
    path("coverage/", knowledge.coverage_by_district, name="coverage"),
    path("coverage/plan/", knowledge.coverage_plan, name="coverage-plan"),
    path("findings/", findings.findings, name="findings"),
    path("findings/<int:finding_id>/", findings.finding, name="finding"),
    path("findings/<int:finding_id>/join/", findings.finding_join, name="finding-join"),
    path("findings/<int:finding_id>/keep-apart/", findings.finding_keep_apart, name="finding-keep-apart"),
    path("findings/<int:finding_id>/reopen/", findings.finding_reopen, name="finding-reopen"),
    path("fields/", knowledge.fields, name="fields"),
    path("fields/<slug:level>/<slug:code>/", knowledge.field, name="field"),
    path("persons/<int:person_id>/", views.person, name="person"),
    path("persons/<int:person_id>/history/", views.person_history, name="person-history"),
    path("households/<int:household_id>/erase/", erasure.erase_household, name="erase-household"),
    path("persons/<int:person_id>/erase/", erasure.erase_person, name="erase-person"),
    path("erasures/", erasure.erasures, name="erasures"),
    path("erasures/<int:erasure_id>/", erasure.erasure, name="erasure"),
    path("numbers/<int:identifier_id>/unmask/", views.unmask, name="unmask"),
]
