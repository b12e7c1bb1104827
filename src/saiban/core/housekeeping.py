"""What is kept only for a while: heard announcements, progress, results of tasks, sessions, the cache."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from saiban.core.models import Announcement, Progress

KEPT = timedelta(days=30)


def clear() -> None:
    """Remove what is older than it is of use to anyone; nothing of the registry or the audit is among it."""
    from django_tasks_db.models import DBTaskResult

    before = timezone.now() - KEPT
    Announcement.objects.filter(handled_at__lt=before).delete()
    Progress.objects.filter(updated_at__lt=before).delete()
    DBTaskResult.objects.filter(finished_at__lt=before).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    with connection.cursor() as cursor:
        cursor.execute("delete from core_cache where expires < now()")
