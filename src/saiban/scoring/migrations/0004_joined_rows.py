"""Scores have no foreign key (decision 0019): what they point at is never deleted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_packed_id_sets'),
        ('registry', '0011_joined_rows'),
        ('scoring', '0003_rule'),
    ]

    operations = [
        migrations.AlterField(
            model_name='score',
            name='change_set',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.changeset'),
        ),
        migrations.AlterField(
            model_name='score',
            name='household',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='registry.household'),
        ),
        migrations.AlterField(
            model_name='score',
            name='scorecard',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='scoring.scorecard'),
        ),
        migrations.RunSQL(
            "revoke delete on scoring_scorecard from saiban_app",
            "grant delete on scoring_scorecard to saiban_app",
        ),
    ]
