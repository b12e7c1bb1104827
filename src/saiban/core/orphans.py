"""Rows that point at nothing: looked for where no foreign key keeps them out (decision 0019)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

COUNT = """
select count(*) from {table} c where c.{column} is not null
  and not exists (select from {parent} p where p.{key} = c.{column})
"""


def unguarded() -> Iterator[models.ForeignKey[Any, Any]]:
    """Walk the foreign keys of our rooms that the database does not enforce."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields if model.__module__.startswith("saiban.") else ():
            if isinstance(field, models.ForeignKey) and not getattr(field, "db_constraint", True):
                yield field


def orphans() -> Iterator[tuple[str, int]]:
    """Count the rows that point at nothing, for each such key: ``registry_profile.person_id``, 0."""
    quote = connection.ops.quote_name
    for field in unguarded():
        names = {
            "table": quote(field.model._meta.db_table), "column": quote(str(field.column)),
            "parent": quote(field.target_field.model._meta.db_table),
            "key": quote(str(field.target_field.column)),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(COUNT.format(**names))
            yield f"{field.model._meta.db_table}.{field.column}", int(cursor.fetchone()[0])
