"""Pages of the design system."""

from django.urls import path

from saiban.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("confirm/", views.gallery_confirm, name="gallery-confirm"),
    path("outlines.json", views.outlines, name="outlines"),
]
