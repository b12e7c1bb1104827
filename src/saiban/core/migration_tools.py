"""What our migrations need beyond Django: insert-only tables and tables partitioned by month."""

from typing import Any

from django.db.migrations import CreateModel, RunSQL

INSERT_ONLY_FUNCTIONS = """
create function saiban_refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' and current_setting('saiban.flush', true) = 'on' then
    return null;
  end if;
  raise insufficient_privilege
    using message = format('%s is insert-only: add a newer row instead', tg_table_name);
end $$;
"""


def insert_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on a table, to the owner too (tests flush with ``saiban.flush``)."""
    return RunSQL(
        f"""
        revoke update, delete, truncate on {table} from saiban_app;
        create trigger {table}_no_change before update or delete on {table}
          for each row execute function saiban_refuse_change();
        create trigger {table}_no_truncate before truncate on {table}
          for each statement execute function saiban_refuse_change();
        """,
        f"""
        drop trigger {table}_no_change on {table};
        drop trigger {table}_no_truncate on {table};
        grant update, delete on {table} to saiban_app;
        """,
    )


class CreatePartitionedModel(CreateModel):
    """CreateModel whose table is partitioned by range of one column; months are attached by a function."""

    partition_by = "received_at"

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the table with PARTITION BY."""
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = f"{plain} PARTITION BY RANGE ({self.partition_by})"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain
