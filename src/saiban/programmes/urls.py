from django.urls import path

from saiban.programmes.views import catalogue

app_name = "programmes"
urlpatterns = [
    path("schemes/", catalogue.schemes, name="schemes"),
    path("schemes/<int:scheme_id>/", catalogue.scheme, name="scheme"),
]
