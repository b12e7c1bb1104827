from django.urls import path

from saiban.programmes.views import catalogue, overlaps, unserved

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
]
