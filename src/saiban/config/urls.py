"""Every page, room by room."""

from django.urls import include, path

from saiban.desk.views.entering import set_language

urlpatterns = [
    path("", include("saiban.desk.urls")),
    path("", include("saiban.desk.account_urls")),
    path("language/", set_language, name="set_language"),
    path("ui/", include("saiban.ui.urls")),
    path("messages/", include("saiban.messages.urls")),
    path("partners/", include("saiban.partners.urls")),
    path("intake/", include("saiban.intake.urls")),
    path("registry/", include("saiban.registry.urls")),
    path("scoring/", include("saiban.scoring.urls")),
    path("programmes/", include("saiban.programmes.urls")),
]

handler400 = "saiban.ui.errors.bad_request"
handler403 = "saiban.ui.errors.forbidden"
handler404 = "saiban.ui.errors.not_found"
handler500 = "saiban.ui.errors.server_error"
