"""What was done is found without going past every time that somebody looked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes."""

    dependencies = [
        ("budgeting", "0019_the_first_entry_of_each_day"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("action", "looked"), _negated=True), fields=["id"], name="audit_done"
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("action", "looked"), _negated=True),
                fields=["action", "id"],
                name="audit_of_action",
            ),
        ),
    ]
