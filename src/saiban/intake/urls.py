from django.urls import path

from saiban.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("upload/", views.upload, name="upload"),
    path("batches/<int:batch_id>/", views.batch, name="batch"),
    path("batches/<int:batch_id>/again/", views.load_again, name="load-again"),
    path("batches/<int:batch_id>/rejected.<str:kind>", views.rejected_sheet, name="rejected-sheet"),
    path("lists/", views.list_format, name="list-format"),
    path("lists/template.<str:kind>", views.list_template, name="list-template"),
    path("sources/", views.sources, name="sources"),
    path("sources/<int:source_id>/", views.source, name="source"),
]
