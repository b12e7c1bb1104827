"""The application may gather statistics on the tables that a batch fills: until they are there, plans are bad."""

from django.db import migrations

TABLES = ", ".join(
    f"registry_{name}" for name in ("household", "person", "membership", "identifier", "link", "profile")
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_stubs")]

    operations = [
        migrations.RunSQL(
            f"grant maintain on {TABLES} to saiban_app", f"revoke maintain on {TABLES} from saiban_app"
        )
    ]
