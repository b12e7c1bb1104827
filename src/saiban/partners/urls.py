from django.urls import path

from saiban.partners import views

app_name = "partners"
urlpatterns = [
    path("", views.partners, name="partners"),
    path("<int:partner_id>/", views.partner, name="partner"),
    path("<int:partner_id>/prepare/", views.agreement_prepare, name="agreement-prepare"),
    path("agreements/<int:agreement_id>/", views.agreement, name="agreement"),
    path("agreements/<int:agreement_id>/approve/", views.agreement_approve, name="agreement-approve"),
    path("agreements/<int:agreement_id>/end/", views.agreement_end, name="agreement-end"),
]
