"""Words that go out."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from saiban.messages.querysets import MessageQuerySet


class Message(models.Model):
    """One message to one actor, written in its language when it was made."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    template = models.CharField(max_length=80, help_text="code of the template")
    language = models.CharField(max_length=2)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    link = models.CharField(max_length=300, blank=True, help_text="path of the page that it is about")
    key = models.CharField(max_length=200, unique=True, help_text="the same thing is said once")
    sent_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title
