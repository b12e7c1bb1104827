import django_tables2
import pytest
from django.db.models import Count
from django.test import RequestFactory

from saiban.core.models import Area
from saiban.ui import tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundations")]


class ByLevel(tables.Table):
    """A table sorted by what many rows share."""

    level = django_tables2.Column()
    code = django_tables2.Column()

    class Meta(tables.Table.Meta):
        """The same."""


@pytest.mark.parametrize("asked", ["level", "-level"])
def test_each_row_is_on_one_page_however_many_are_alike(asked):
    rows = Area.objects.all()
    seen = []
    pages = -(-rows.count() // 10)
    assert pages > 10
    for page in range(1, pages + 1):
        request = RequestFactory().get("/", {"sort": asked, "page": page})
        table = tables.arrange(request, ByLevel(rows), per_page=10)
        assert table.data.data.query.order_by == (asked, "-pk" if asked.startswith("-") else "pk")
        seen += [row.record.code for row in table.page]
    assert sorted(seen) == sorted(rows.values_list("code", flat=True))


def test_rows_with_a_count_keep_one_order_too():
    rows = Area.objects.annotate(below=Count("children"))
    table = tables.arrange(RequestFactory().get("/", {"sort": "level"}), ByLevel(rows))
    assert table.data.data.query.order_by == ("level", "pk")


def test_a_column_that_there_is_not_changes_no_order():
    rows = Area.objects.order_by("-path")
    table = tables.arrange(RequestFactory().get("/", {"sort": "nonsense"}), ByLevel(rows))
    assert table.data.data.query.order_by == ("-path",)


def test_grouped_rows_are_sorted_as_asked():
    class Counts(tables.Table):
        level = django_tables2.Column()

        class Meta(tables.Table.Meta):
            """The same."""

    rows = Area.objects.order_by().values("level").annotate(areas=Count("pk"))
    table = tables.arrange(RequestFactory().get("/", {"sort": "-level"}), Counts(rows))
    found = [row.record["level"] for row in table.page]
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found))
