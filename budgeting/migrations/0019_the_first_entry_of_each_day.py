"""The first entry of a day is found at once.

Entries get ascending numbers as they come in, so that whoever looks for the last months leaves out by number most of
what was ever decided about a resident.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = [
        ("budgeting", "0018_sums_of_postings_that_are_kept"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["booking_date", "id"], name="entry_of_day"),
        ),
    ]
