"""The unserved: households below the line that no scheme reaches, neither themselves nor a member."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, IntegerField, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import look
from saiban.programmes.models import Enrolment
from saiban.registry.models import Profile
from saiban.registry.queries import household_list
from saiban.registry.querysets import ProfileQuerySet

POOR = "poor"
SIZE = "household_size"
# of the row of a household's profile, p: whether a scheme reaches it on %(today)s
SERVED = """exists (select from programmes_enrolment e
  where e.household_id = p.household_id and e.state = 'approved'
    and e.starts_on <= %(today)s and (e.ends_on is null or e.ends_on > %(today)s))"""


def unserved(rows: ProfileQuerySet, *, day: date) -> ProfileQuerySet:
    """Keep the poor among these profiles whose household has no enrolment that runs on the day.

    Households in which nobody lives any more are left out. Enrolments of a member count: they carry the
    household in which the member lives. All departments' count, whatever the reader may see of them.
    """
    served = Enrolment.objects.running_on(day).filter(household=OuterRef("household"))
    return rows.lived_in().filter(~Exists(served), band=POOR)


def unserved_list(*, actor: Actor, day: date) -> QuerySet[Profile]:
    """The unserved households that the actor sees, the poorest first, with ``size``; keep the look by
    ``keep_list``."""
    size = Cast(KeyTextTransform(SIZE, "values"), IntegerField())
    rows = unserved(household_list(actor=actor), day=day).annotate(size=size)
    return rows.order_by("score", "pk")


@look("programmes.unserved.list")
def keep_list(*, actor: Actor, household_ids: Sequence[int], query: str) -> None:
    """Keep who saw which unserved households; ``query`` holds codes of filters."""
    audit.note_set("registry.household", household_ids, query=query)


@look("programmes.unserved.export")
def keep_export(*, actor: Actor, household_ids: Sequence[int], query: str) -> None:
    """Keep who took which unserved households along in a file. Raises: NotAllowed (403)."""
    audit.note_set("registry.household", household_ids, query=query)
