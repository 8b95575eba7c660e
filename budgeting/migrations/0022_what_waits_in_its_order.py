"""What waits is walked in the order of the list without fetching its rows, which carry suggestions and are long."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index, wider than before."""

    dependencies = [
        ("budgeting", "0021_what_people_decided_of_a_resident"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="waitingentry", name="waiting_open"),
        migrations.AddIndex(
            model_name="waitingentry",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["opened_at", "entry"],
                name="waiting_open",
            ),
        ),
    ]
