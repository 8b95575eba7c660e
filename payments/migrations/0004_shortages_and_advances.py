"""Shortages and what a person decided; advances allowed, lent, repaid by plan and written off by two people."""

import budgeting.models.periods
import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = ("advance_allowance", "advance_lent")

WRITE_OFFS = """
CREATE FUNCTION keep_write_off() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    maker text;
    checker text;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.approved_on IS NOT NULL THEN
        RAISE EXCEPTION 'a write-off begins as a proposal'
            USING ERRCODE = '23000', CONSTRAINT = 'write_off_takes_two_people';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.approved_on IS NOT NULL OR OLD.withdrawn_on IS NOT NULL
        OR (OLD.resident_id, OLD.amount, OLD.reason, OLD.proposed_by_id, OLD.proposed_on)
           IS DISTINCT FROM (NEW.resident_id, NEW.amount, NEW.reason, NEW.proposed_by_id, NEW.proposed_on)) THEN
        RAISE EXCEPTION 'a write-off does not change after it was proposed or decided'
            USING ERRCODE = '23000', CONSTRAINT = 'write_off_frozen';
    END IF;
    IF NEW.approved_by_id IS NOT NULL THEN
        SELECT coalesce(nullif(person_number, ''), 'user:' || id) INTO maker FROM "user" WHERE id = NEW.proposed_by_id;
        SELECT coalesce(nullif(person_number, ''), 'user:' || id) INTO checker FROM "user" WHERE id = NEW.approved_by_id;
        IF maker = checker THEN
            RAISE EXCEPTION 'who approves a write-off is not who proposed it'
                USING ERRCODE = '23000', CONSTRAINT = 'write_off_takes_two_people';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER write_off_keep BEFORE INSERT OR UPDATE ON write_off FOR EACH ROW EXECUTE FUNCTION keep_write_off();
CREATE TRIGGER write_off_stays BEFORE DELETE OR TRUNCATE ON write_off
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

SHORTAGES = """
CREATE FUNCTION keep_shortage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' OR OLD.resident_id <> NEW.resident_id OR OLD.opened_on <> NEW.opened_on THEN
        RAISE EXCEPTION 'a shortage that is closed does not change'
            USING ERRCODE = '23000', CONSTRAINT = 'shortage_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shortage_proposal_keep BEFORE UPDATE ON shortage_proposal
    FOR EACH ROW EXECUTE FUNCTION keep_shortage();
CREATE TRIGGER shortage_proposal_stays BEFORE DELETE OR TRUNCATE ON shortage_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def keep_append_only(table):
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0007_alerts_and_a_towns_way_with_advances'),
        ('payments', '0003_orders_that_stay_with_their_batch'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShortageProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_on', models.DateField()),
                ('missing', models.DecimalField(decimal_places=2, max_digits=12)),
                ('facts', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('open', 'Open'), ('decided', 'Decided'), ('solved', 'Solved')], default='open', max_length=10)),
                ('choice', models.CharField(blank=True, default='', max_length=30)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('closed_on', models.DateField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shortages', to='budgeting.resident')),
            ],
            options={
                'db_table': 'shortage_proposal',
            },
        ),
        migrations.CreateModel(
            name='AdvanceAllowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('allowed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advance_allowances', to='budgeting.resident')),
                ('proposal', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='allowance', to='payments.shortageproposal')),
            ],
            options={
                'db_table': 'advance_allowance',
            },
        ),
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('reason', models.CharField(max_length=200)),
                ('proposed_on', models.DateField()),
                ('approved_on', models.DateField(null=True)),
                ('withdrawn_on', models.DateField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('journal_entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='write_off', to='budgeting.journalentry')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='write_offs', to='budgeting.resident')),
            ],
            options={
                'db_table': 'write_off',
            },
        ),
        migrations.CreateModel(
            name='AdvanceLent',
            fields=[
                ('journal_entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='lent', serialize=False, to='budgeting.journalentry')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('lent_on', models.DateField()),
                ('why', models.CharField(max_length=30)),
                ('back_by', models.DateField(null=True)),
                ('affordability', models.JSONField()),
                ('lent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='advances', to='payments.paymentorder')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advances_lent', to='budgeting.resident')),
            ],
            options={
                'db_table': 'advance_lent',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='advance_lends_something')],
            },
        ),
        migrations.CreateModel(
            name='RepaymentPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instalment', models.DecimalField(decimal_places=2, max_digits=12)),
                ('recurrence', models.JSONField()),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(null=True)),
                ('reason', models.CharField(max_length=200)),
                ('agreed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='repayment_plans', to='budgeting.resident')),
            ],
            options={
                'db_table': 'repayment_plan',
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='repayment_plan_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('resident', '='), (budgeting.models.periods.DateRange('valid_from', 'valid_until'), '&&')], name='one_repayment_plan_at_a_time'), models.CheckConstraint(condition=models.Q(('instalment__gt', 0), models.Q(('reason', ''), _negated=True)), name='repayment_plan_repays')],
            },
        ),
        migrations.AddConstraint(
            model_name='shortageproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('resident',), name='one_open_shortage'),
        ),
        migrations.AddConstraint(
            model_name='shortageproposal',
            constraint=models.CheckConstraint(condition=models.Q(('missing__gt', 0)), name='shortage_lacks_something'),
        ),
        migrations.AddConstraint(
            model_name='shortageproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('choice', ''), ('closed_on__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(('choice', ''), ('closed_on__isnull', False), ('decided_by__isnull', True), ('state', 'solved')), models.Q(('closed_on__isnull', False), ('decided_by__isnull', False), ('state', 'decided'), models.Q(('choice', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='shortage_is_decided_by_someone_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='advanceallowance',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='allowance_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='advanceallowance',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('reason', ''), _negated=True)), name='allowance_allows_something'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('reason', ''), _negated=True)), name='write_off_has_amount_and_reason'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), ('approved_on__isnull', True), ('journal_entry__isnull', True)), models.Q(('approved_on__isnull', False), ('journal_entry__isnull', False), ('withdrawn_on__isnull', True), models.Q(('approved_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='write_off_takes_two_people'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.UniqueConstraint(condition=models.Q(('approved_on__isnull', True), ('withdrawn_on__isnull', True)), fields=('resident',), name='one_open_write_off'),
        ),
        *(
            migrations.RunSQL(keep_append_only(table), f"DROP TRIGGER {table}_append_only ON {table}")
            for table in APPEND_ONLY
        ),
        migrations.RunSQL(WRITE_OFFS, "DROP FUNCTION keep_write_off CASCADE; DROP TRIGGER write_off_stays ON write_off;"),
        migrations.RunSQL(
            SHORTAGES,
            "DROP FUNCTION keep_shortage CASCADE; DROP TRIGGER shortage_proposal_stays ON shortage_proposal;",
        ),
    ]
