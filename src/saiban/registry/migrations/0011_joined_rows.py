"""Rows that one statement joins to their parents have no foreign key (decision 0019): their parents are never deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0010_corrections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='link',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='namekeys',
            name='person',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='name_keys', serialize=False, to='registry.person'),
        ),
        migrations.AlterField(
            model_name='profile',
            name='household',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='profile', to='registry.household'),
        ),
        migrations.AlterField(
            model_name='profile',
            name='person',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='profile', to='registry.person'),
        ),
        migrations.AlterField(
            model_name='relation',
            name='other',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person'),
        ),
        migrations.AlterField(
            model_name='relation',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='relations', to='registry.person'),
        ),
        migrations.RunSQL(
            "revoke delete on registry_person, registry_household from saiban_app",
            "grant delete on registry_person, registry_household to saiban_app",
        ),
    ]
