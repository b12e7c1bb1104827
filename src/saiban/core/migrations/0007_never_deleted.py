"""Change sets and users are never deleted: rows that point at them have no foreign key (decision 0019)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0006_packed_id_sets")]

    operations = [
        migrations.RunSQL(
            "revoke delete on core_changeset, core_actor from saiban_app",
            "grant delete on core_changeset, core_actor to saiban_app",
        )
    ]
