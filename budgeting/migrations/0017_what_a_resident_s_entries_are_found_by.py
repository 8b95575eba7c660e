"""Entries of some residents are found in the index alone, however many other residents there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index of allocations."""

    dependencies = [
        ("budgeting", "0016_sheets_of_participation_and_ledger_codes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=models.Q(("undoes__isnull", True)),
                fields=["resident", "entry"],
                include=("id",),
                name="allocation_of_resident",
            ),
        ),
    ]
