"""Which income leefgeld counts on, and within how many days an objection is answered."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0007_alerts_and_a_towns_way_with_advances'),
    ]

    operations = [
        migrations.AddField(
            model_name='town',
            name='counts_on',
            field=models.CharField(choices=[('certain', 'Certain'), ('cautious', 'Cautious')], default='cautious', max_length=8),
        ),
        migrations.AddField(
            model_name='town',
            name='objection_days',
            field=models.PositiveSmallIntegerField(default=14),
        ),
        migrations.AddConstraint(
            model_name='town',
            constraint=models.CheckConstraint(condition=models.Q(('objection_days__range', (1, 42))), name='town_answers_objections_in_time'),
        ),
    ]
