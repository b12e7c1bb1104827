"""Every page, room by room."""

from django.urls import include, path

urlpatterns = [
    path("", include("saiban.desk.urls")),
    path("ui/", include("saiban.ui.urls")),
    path("messages/", include("saiban.messages.urls")),
    path("partners/", include("saiban.partners.urls")),
    path("intake/", include("saiban.intake.urls")),
    path("registry/", include("saiban.registry.urls")),
    path("scoring/", include("saiban.scoring.urls")),
]
