# Batches go in parts; those that were loaded whole before have one.

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

ONE_PART = """
set constraints all immediate;
insert into intake_part (batch_id, no, area, households, subjects, observations, first_observation, last_observation,
  observed_from, observed_until, state, file, digest, checked_at, loaded_at, applied_at)
select b.id, 1, '', coalesce((b.outcome -> 'load' ->> 'households')::int, 0), b.subjects, b.observations, o.first, o.last,
  b.observed_from, b.observed_until, b.state, '', '', b.received_at, coalesce(o.received_at, b.received_at),
  case when b.state = 'applied' then coalesce(o.received_at, b.received_at) end
from intake_batch b
left join (
  select batch_id, min(id) as first, max(id) as last, min(received_at) as received_at
  from intake_observation where batch_id is not null group by batch_id
) o on o.batch_id = b.id
where b.state in ('loaded', 'applied');
update core_announcement a set name = 'intake.part.loaded', key = 'part:' || p.id || ':loaded', payload = jsonb_build_object('part_id', p.id)
from intake_part p
where a.name = 'intake.batch.accepted' and a.handled_at is null and p.batch_id = (a.payload ->> 'batch_id')::bigint;
"""
AS_BEFORE = """
update core_announcement a set name = 'intake.batch.accepted', key = 'batch:' || p.batch_id || ':accepted',
  payload = jsonb_build_object('batch_id', p.batch_id)
from intake_part p
where a.name = 'intake.part.loaded' and a.handled_at is null and p.id = (a.payload ->> 'part_id')::bigint;
delete from intake_part;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_rotation'),
        ('intake', '0004_second_token'),
    ]

    operations = [
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('no', models.PositiveIntegerField(help_text='1, 2, … in the order of districts')),
                ('area', models.CharField(blank=True, help_text='code of the smallest area with all its households', max_length=20)),
                ('households', models.PositiveIntegerField(default=0)),
                ('subjects', models.PositiveIntegerField(default=0, help_text='households or persons spoken of')),
                ('observations', models.PositiveIntegerField(default=0)),
                ('first_observation', models.BigIntegerField(null=True)),
                ('last_observation', models.BigIntegerField(null=True)),
                ('observed_from', models.DateField(null=True)),
                ('observed_until', models.DateField(null=True)),
                ('state', models.CharField(choices=[('checked', 'checked'), ('loaded', 'loaded'), ('applied', 'applied')], default='checked', max_length=7)),
                ('file', models.CharField(blank=True, help_text='under the uploads, until it is loaded', max_length=200)),
                ('digest', models.CharField(blank=True, help_text='SHA-256 of the file', max_length=64)),
                ('checked_at', models.DateTimeField(db_default=Now())),
                ('loaded_at', models.DateTimeField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['batch', 'no'],
            },
        ),
        migrations.CreateModel(
            name='Reported',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=40)),
                ('of', models.CharField(blank=True, help_text='part or change set, such as part:1', max_length=60)),
                ('counts', models.JSONField(default=dict)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='observation',
            name='intake_observation_batch',
        ),
        migrations.AlterField(
            model_name='batch',
            name='state',
            field=models.CharField(choices=[('received', 'received'), ('refused', 'refused'), ('checked', 'checked'), ('loaded', 'loaded'), ('applied', 'applied')], default='received', max_length=10),
        ),
        migrations.AddField(
            model_name='batch',
            name='notes',
            field=models.JSONField(default=list, help_text='what is unlikely, but was taken: code and details of intake/reasons.py'),
        ),
        migrations.AddIndex(
            model_name='observation',
            index=models.Index(fields=['batch_id', 'id'], name='intake_observation_of_batch'),
        ),
        migrations.AddField(
            model_name='part',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='intake.batch'),
        ),
        migrations.AddField(
            model_name='reported',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='intake.batch'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('batch', 'no'), name='a_part_has_its_number'),
        ),
        migrations.AddConstraint(
            model_name='reported',
            constraint=models.UniqueConstraint(fields=('batch', 'step', 'of'), name='a_step_reports_once'),
        ),
        migrations.RunSQL(ONE_PART, AS_BEFORE),
    ]
