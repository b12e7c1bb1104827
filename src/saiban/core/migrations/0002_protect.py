"""The audit is insert-only; the cache is an unlogged table."""

from django.db import migrations

from saiban.core.migration_tools import INSERT_ONLY_FUNCTIONS, insert_only


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(INSERT_ONLY_FUNCTIONS, "drop function saiban_refuse_change()"),
        insert_only("core_audit"),
        insert_only("core_auditidset"),
        insert_only("core_auditlink"),
        insert_only("core_auditcheckpoint"),
        migrations.RunSQL(
            """
            create unlogged table core_cache (
              cache_key varchar(255) primary key, value text not null, expires timestamptz not null);
            create index core_cache_expires on core_cache (expires);
            """,
            "drop table core_cache",
        ),
    ]
