"""Words of a place have keys by twos: keys are given anew to the households that are there, little by little."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_emptied")]

    operations = [
        migrations.RunSQL(
            "update registry_namesfilled set until = 0, "
            "last = (select coalesce(max(id), 0) from registry_household)",
            migrations.RunSQL.noop,
        ),
    ]
