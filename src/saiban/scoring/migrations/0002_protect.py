"""Scores are appended, never changed."""

from django.db import migrations

from saiban.core.migration_tools import insert_only


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial"), ("core", "0002_protect")]

    operations = [insert_only("scoring_score")]
