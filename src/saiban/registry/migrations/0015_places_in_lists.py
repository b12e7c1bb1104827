"""Households in the order of lists, and counted, by indexes of those in which somebody lives alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_never_deleted'),
        ('registry', '0014_known_keys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='household',
            name='area',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area'),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(fields=['area', 'code'], name='registry_household_place'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(condition=models.Q(('emptied', False), ('household__isnull', False)), fields=['area_path', 'band'], include=('disagreements', 'household'), name='registry_profile_place'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(condition=models.Q(('emptied', False), ('household__isnull', False)), fields=['band', 'score', 'id'], name='registry_profile_band_score'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(condition=models.Q(('emptied', False), ('household__isnull', False)), fields=['score', 'id'], name='registry_profile_score'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(condition=models.Q(('emptied', False), ('household__isnull', False)), fields=['disagreements', 'id'], name='registry_profile_disagreements'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(condition=models.Q(('emptied', False), ('household__isnull', False)), fields=['oldest_on', 'id'], name='registry_profile_oldest_on'),
        ),
        # last: it shuts out who reads, until the migration has ended
        migrations.RemoveIndex(
            model_name='profile',
            name='registry_profile_band',
        ),
    ]
