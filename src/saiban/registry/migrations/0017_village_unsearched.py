"""Villages are found by keys of names; nothing asked the trigrams of villages, and each import wrote them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0016_stakes"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="household",
            name="registry_household_village",
        ),
    ]
