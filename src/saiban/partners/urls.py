from django.urls import URLPattern, path

from saiban.partners import views

app_name = "partners"
urlpatterns: list[URLPattern] = [
    path("", views.partners, name="partners"),
]
