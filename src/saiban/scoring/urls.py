from django.urls import path

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
]
