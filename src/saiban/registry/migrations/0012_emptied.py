"""A profile says that nobody lives in its household any more."""

from django.db import migrations, models

# those there are already, as registry.emptied means it
MARK = """
update registry_profile p set emptied = true
where exists (select from registry_membership ever where ever.household_id = p.household_id)
  and not exists (
    select from registry_membership lives
    where lives.household_id = p.household_id and upper_inf(lives.during) and not lives.cancelled)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0011_joined_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='profile',
            name='emptied',
            field=models.BooleanField(db_default=False, default=False, help_text='of a household in which nobody lives any more'),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
