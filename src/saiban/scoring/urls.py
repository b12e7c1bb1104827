from django.urls import path

from saiban.scoring.views import rules
from saiban.scoring.views import scorecards as views

app_name = "scoring"
urlpatterns = [
    path("scorecards/", views.scorecards, name="scorecards"),
    path("scorecards/add/", views.add, name="add"),
    path("scorecards/<int:scorecard_id>/", views.scorecard, name="scorecard"),
    path("scorecards/<int:scorecard_id>/test/", views.test, name="test"),
    path("scorecards/<int:scorecard_id>/approve/", views.approve, name="approve"),
    path("scorecards/<int:scorecard_id>/retire/", views.retire, name="retire"),
    path("households/<int:household_id>/", views.history, name="history"),
    path("households/<int:household_id>/<int:before_id>/<int:after_id>/", views.compare, name="compare"),
    path("rules/", rules.rules, name="rules"),
    path("rules/add/", rules.add, name="rule-add"),
    path("rules/preview/", rules.preview, name="rule-preview"),
    path("rules/fields/", rules.fields, name="rule-fields"),
    path("rules/<int:rule_id>/", rules.rule, name="rule"),
    path("rules/<int:rule_id>/test/", rules.test, name="rule-test"),
    path("rules/<int:rule_id>/approve/", rules.approve, name="rule-approve"),
    path("rules/<int:rule_id>/retire/", rules.retire, name="rule-retire"),
]
