"""Keys that somebody has, so that a look leaves out what nobody can have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_pairs_of_places")]

    operations = [
        migrations.CreateModel(
            name="KnownKey",
            fields=[("key", models.IntegerField(primary_key=True, serialize=False))],
        ),
        migrations.RunSQL(
            "insert into registry_knownkey select distinct unnest(keys) from registry_namekeys",
            migrations.RunSQL.noop,
        ),
    ]
