"""Candidates, entitlements and decisions are appended, never changed."""

from django.db import migrations

from saiban.core.migration_tools import insert_only


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial"), ("core", "0002_protect")]

    operations = [
        insert_only("programmes_candidate"),
        insert_only("programmes_entitlement"),
        insert_only("programmes_overlapdecision"),
    ]
