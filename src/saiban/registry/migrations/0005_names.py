"""Keys by which names are looked for, in place of trigrams: which letters those cut hung on the locale."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

TABLES = "registry_namekeys, registry_nameword"


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_second_token")]

    operations = [
        migrations.CreateModel(
            name="NameKeys",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="name_keys",
                        serialize=False,
                        to="registry.person",
                    ),
                ),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="registry_namekeys_keys")
                ]
            },
        ),
        migrations.CreateModel(
            name="NameWord",
            fields=[
                (
                    "word",
                    models.CharField(db_collation="C", max_length=40, primary_key=True, serialize=False),
                ),
                ("cuts", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["cuts"], name="registry_nameword_cuts")
                ]
            },
        ),
        migrations.CreateModel(
            name="NamesFilled",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.BigIntegerField(default=0)),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RemoveIndex(model_name="person", name="registry_person_name_en"),
        migrations.RemoveIndex(model_name="person", name="registry_person_name_ur"),
        migrations.RunSQL(
            f"grant maintain on {TABLES} to saiban_app", f"revoke maintain on {TABLES} from saiban_app"
        ),
        migrations.RunSQL(
            "insert into registry_namesfilled (until, last) "
            "select 0, coalesce(max(id), 0) from registry_household",
            migrations.RunSQL.noop,
        ),
    ]
