"""Subjects have no foreign key to what one statement joins them to (decision 0019), which is never deleted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0005_parts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='subject',
            name='first_batch',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.batch'),
        ),
        migrations.AlterField(
            model_name='subject',
            name='within',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='intake.subject'),
        ),
        migrations.RunSQL(
            "revoke delete on intake_subject, intake_batch from saiban_app",
            "grant delete on intake_subject, intake_batch to saiban_app",
        ),
    ]
