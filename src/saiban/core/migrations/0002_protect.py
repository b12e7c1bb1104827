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
        # the database itself numbers and dates an audit row, and nobody but the owner says what was migrated
        migrations.RunSQL(
            """
            revoke insert on core_audit from saiban_app;
            grant insert (actor_id, duty_id, kind, action, purpose, subject_kind, subject_id, reason, detail, count,
              id_set_id) on core_audit to saiban_app;
            revoke insert, update, delete on django_migrations from saiban_app;
            """,
            """
            revoke insert (actor_id, duty_id, kind, action, purpose, subject_kind, subject_id, reason, detail, count,
              id_set_id) on core_audit from saiban_app;
            grant insert on core_audit to saiban_app;
            grant insert, update, delete on django_migrations to saiban_app;
            """,
        ),
        migrations.RunSQL(
            """
            create unlogged table core_cache (
              cache_key varchar(255) primary key, value text not null, expires timestamptz not null);
            create index core_cache_expires on core_cache (expires);
            """,
            "drop table core_cache",
        ),
    ]
