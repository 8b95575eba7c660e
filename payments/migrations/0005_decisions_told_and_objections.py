"""What was decided of each charge when money was short, who was told, and what was objected."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = ("shortage_outcome", "shortage_told")

OBJECTIONS = """
CREATE FUNCTION keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.answered_on IS NOT NULL THEN
        RAISE EXCEPTION 'an objection begins without an answer'
            USING ERRCODE = '23000', CONSTRAINT = 'objection_is_answered_wholly';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.answered_on IS NOT NULL
        OR (OLD.resident_id, OLD.proposal_id, OLD.order_id, OLD.words, OLD.made_on, OLD.made_by_id, OLD.answer_by)
           IS DISTINCT FROM
           (NEW.resident_id, NEW.proposal_id, NEW.order_id, NEW.words, NEW.made_on, NEW.made_by_id, NEW.answer_by)) THEN
        RAISE EXCEPTION 'an objection does not change, nor does its answer'
            USING ERRCODE = '23000', CONSTRAINT = 'objection_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER objection_keep BEFORE INSERT OR UPDATE ON objection FOR EACH ROW EXECUTE FUNCTION keep_objection();
CREATE TRIGGER objection_stays BEFORE DELETE OR TRUNCATE ON objection
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def keep_append_only(table):
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0008_what_a_town_counts_on_and_when_it_answers'),
        ('payments', '0004_shortages_and_advances'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=1000)),
                ('made_on', models.DateField()),
                ('answer_by', models.DateField()),
                ('granted', models.BooleanField(null=True)),
                ('answer', models.CharField(blank=True, default='', max_length=1000)),
                ('answered_on', models.DateField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='payments.paymentorder')),
                ('proposal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='payments.shortageproposal')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='budgeting.resident')),
            ],
            options={
                'db_table': 'objection',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), ('answer_by__gte', models.F('made_on'))), name='objection_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_by__isnull', True), ('answered_on__isnull', True), ('granted__isnull', True)), models.Q(('answered_by__isnull', False), ('answered_on__isnull', False), ('granted__isnull', False), ('answered_on__gte', models.F('made_on')), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='objection_is_answered_wholly'), models.UniqueConstraint(condition=models.Q(('answered_on__isnull', True)), fields=('resident', 'proposal', 'order'), name='one_open_objection_about_a_thing', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='ShortageOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('paid', 'Paid'), ('waits', 'Waits'), ('cancelled', 'Cancelled')], max_length=10)),
                ('reason', models.CharField(max_length=200)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='payments.paymentorder')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='payments.shortageproposal')),
            ],
            options={
                'db_table': 'shortage_outcome',
                'constraints': [models.UniqueConstraint(fields=('proposal', 'order'), name='a_charge_decided_once_per_shortage'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='outcome_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ShortageTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told_on', models.DateField()),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='told', to='payments.shortageproposal')),
                ('told_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'shortage_told',
                'constraints': [models.UniqueConstraint(fields=('proposal', 'order'), name='told_once', nulls_distinct=False)],
            },
        ),
        *(
            migrations.RunSQL(keep_append_only(table), f"DROP TRIGGER {table}_append_only ON {table}")
            for table in APPEND_ONLY
        ),
        migrations.RunSQL(
            OBJECTIONS,
            "DROP FUNCTION keep_objection CASCADE; DROP TRIGGER objection_stays ON objection;",
        ),
    ]
