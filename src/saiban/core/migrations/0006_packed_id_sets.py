"""Sets of ids are packed; those that were kept before stay as they are, since the chain covers them so."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import Q

WRITTEN_OUT = ArrayField(base_field=models.BigIntegerField(), db_column="ids", null=True, size=None)


class Migration(migrations.Migration):
    dependencies = [("core", "0005_lake")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "alter table core_auditidset alter column ids drop not null",
                    "alter table core_auditidset alter column ids set not null",
                )
            ],
            state_operations=[
                migrations.RemoveIndex("auditidset", "core_auditidset_ids"),
                migrations.RenameField("auditidset", "ids", "written_out"),
                migrations.AlterField("auditidset", "written_out", WRITTEN_OUT),
                migrations.AddIndex(
                    "auditidset", GinIndex(fields=["written_out"], name="core_auditidset_ids")
                ),
            ],
        ),
        migrations.AddField(
            "auditidset",
            "blocks",
            ArrayField(base_field=models.BigIntegerField(), null=True, size=None),
        ),
        migrations.AddField(
            "auditidset", "ends", ArrayField(base_field=models.IntegerField(), null=True, size=None)
        ),
        migrations.AddField("auditidset", "offsets", models.BinaryField(null=True)),
        migrations.AddIndex("auditidset", GinIndex(fields=["blocks"], name="core_auditidset_blocks")),
        migrations.AddConstraint(
            "auditidset",
            models.CheckConstraint(
                name="core_auditidset_in_one_way",
                condition=Q(written_out=None, blocks__isnull=False, ends__isnull=False, offsets__isnull=False)
                | Q(written_out__isnull=False, blocks=None, ends=None, offsets=None),
            ),
        ),
    ]
