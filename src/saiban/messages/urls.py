"""Pages of the mailbox."""

from django.urls import path

from saiban.messages import views

app_name = "messages"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:message_id>/", views.message, name="message"),
    path("<int:message_id>/read/", views.read, name="read"),
]
