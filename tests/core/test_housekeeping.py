from datetime import timedelta

from django.utils import timezone

from saiban.core import housekeeping
from saiban.core.models import Announcement, Progress


def test_what_is_old_and_done_goes_and_what_waits_stays(db):
    long_ago, now = timezone.now() - timedelta(days=31), timezone.now()
    Announcement.objects.create(name="tests.done", key="old", handled_at=long_ago)
    Announcement.objects.create(name="tests.done", key="new", handled_at=now)
    Announcement.objects.create(name="tests.waits", key="waits", announced_at=long_ago)
    Progress.objects.create(name="tests.old", updated_at=long_ago)
    Progress.objects.create(name="tests.new", updated_at=now)
    ours = Progress.objects.filter(name__startswith="tests.")  # others are written past any transaction
    housekeeping.clear()
    assert set(Announcement.objects.values_list("key", flat=True)) == {"new", "waits"}
    assert set(ours.values_list("name", flat=True)) == {"tests.new"}
