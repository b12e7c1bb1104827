"""Pages of the desk."""

from django.urls import path

from saiban.desk.views import administration, entering, lake, progress, search, today, trail

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("enter/", entering.enter, name="enter"),
    path("administration/", administration.index, name="administration"),
    path("administration/new/", administration.actor_new, name="actor-new"),
    path("administration/<int:actor_id>/", administration.actor, name="actor"),
    path("administration/<int:actor_id>/duty/", administration.duty_give, name="duty-give"),
    path("administration/<int:actor_id>/close/", administration.actor_deactivate, name="actor-deactivate"),
    path("administration/<int:actor_id>/open/", administration.actor_activate, name="actor-activate"),
    path(
        "administration/<int:actor_id>/password/",
        administration.actor_reset_password,
        name="actor-reset-password",
    ),
    path("administration/duty/<int:duty_id>/end/", administration.duty_end, name="duty-end"),
    path("audit/", trail.trail, name="audit"),
    path("lake/", lake.lake, name="lake"),
    path("lake/write/", lake.lake_write, name="lake-write"),
    path("lake/rebuild/", lake.lake_rebuild, name="lake-rebuild"),
    path("progress/", progress.progress, name="progress"),
]
