"""What people decided about a resident is found without going past all that rules booked, nor past the whole town's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index, of the few allocations that a person decided."""

    dependencies = [
        ("budgeting", "0020_what_was_done_without_who_looked"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=models.Q(("decided_by__isnull", False), ("undoes__isnull", True)),
                fields=["resident", "entry"],
                include=("id",),
                name="allocation_by_a_person",
            ),
        ),
    ]
