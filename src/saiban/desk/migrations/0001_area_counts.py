"""How areas stood when they were last counted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0007_never_deleted'),
    ]

    operations = [
        migrations.CreateModel(
            name='AreaCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('households', models.BigIntegerField()),
                ('scored', models.BigIntegerField()),
                ('poor', models.BigIntegerField()),
                ('disagreeing', models.BigIntegerField(help_text='households of which sources say different things')),
                ('unserved', models.BigIntegerField()),
                ('moved', models.BigIntegerField()),
                ('counted_at', models.DateTimeField()),
                ('area', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area')),
            ],
        ),
    ]
