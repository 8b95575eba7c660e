"""Months of the books that close, participations that end, and what is asked back from banks."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


# The lock: who books shares it, who closes or opens a month holds it, so that nobody is in the middle of a booking.
MONTHS = """
CREATE FUNCTION closed_until() RETURNS date LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (SELECT (max(c.month) + interval '1 month')::date FROM month_closing c
            WHERE NOT EXISTS (SELECT FROM reopening_request q JOIN month_reopening r ON r.request_id = q.id
                              WHERE q.closing_id = c.id));
END $$;

CREATE FUNCTION refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    until date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('closing'), 0);
    until := closed_until();
    IF until IS NOT NULL AND EXISTS (SELECT FROM new_rows n WHERE n.booked_on < until) THEN
        RAISE EXCEPTION 'the books are closed until %', until
            USING ERRCODE = '23000', CONSTRAINT = 'month_is_closed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_entry_in_an_open_month AFTER INSERT ON journal_entry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();

CREATE FUNCTION close_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('closing'), 0);
    IF NEW.month <> closed_until() THEN
        RAISE EXCEPTION 'the next month to close is %', closed_until()
            USING ERRCODE = '23000', CONSTRAINT = 'months_close_in_turn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER month_closing_in_turn BEFORE INSERT ON month_closing
    FOR EACH ROW EXECUTE FUNCTION close_in_turn();

CREATE FUNCTION reopen_with_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked reopening_request;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('closing'), 0);
    SELECT * INTO asked FROM reopening_request WHERE id = NEW.request_id;
    IF same_person(asked.asked_by_id, NEW.approved_by_id) THEN
        RAISE EXCEPTION 'who asked for a month to be opened does not approve it'
            USING ERRCODE = '23000', CONSTRAINT = 'reopening_takes_two_people';
    END IF;
    IF (SELECT (month + interval '1 month')::date FROM month_closing WHERE id = asked.closing_id)
       IS DISTINCT FROM closed_until() THEN
        RAISE EXCEPTION 'only the latest closed month is opened'
            USING ERRCODE = '23000', CONSTRAINT = 'months_open_in_turn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER month_reopening_four_eyes BEFORE INSERT ON month_reopening
    FOR EACH ROW EXECUTE FUNCTION reopen_with_two();
"""

ENDINGS = """
CREATE FUNCTION keep_participation_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'ending' THEN
            RAISE EXCEPTION 'a participation begins to end before it has ended'
                USING ERRCODE = '23000', CONSTRAINT = 'ending_state_change';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
       (('ending', 'ended'), ('ending', 'withdrawn'), ('ended', 'ending')) THEN
        RAISE EXCEPTION 'an ending may not go from % to %', OLD.state, NEW.state
            USING ERRCODE = '23000', CONSTRAINT = 'ending_state_change';
    END IF;
    IF (OLD.resident_id, OLD.why, OLD.reason, OLD.died_on, OLD.opened_on, OLD.opened_by_id) IS DISTINCT FROM
       (NEW.resident_id, NEW.why, NEW.reason, NEW.died_on, NEW.opened_on, NEW.opened_by_id) THEN
        RAISE EXCEPTION 'who ends, why and who said so stays' USING ERRCODE = '23000', CONSTRAINT = 'ending_kept';
    END IF;
    IF NEW.state = 'ended' AND EXISTS (
        SELECT FROM ledger_account l JOIN posting p ON p.account_id = l.id
        WHERE l.resident_id = NEW.resident_id GROUP BY l.id HAVING sum(p.amount) <> 0) THEN
        RAISE EXCEPTION 'there is money left, or lent' USING ERRCODE = '23000', CONSTRAINT = 'ended_purse_is_empty';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER participation_end_keep BEFORE INSERT OR UPDATE ON participation_end
    FOR EACH ROW EXECUTE FUNCTION keep_participation_end();
CREATE TRIGGER participation_end_stays BEFORE DELETE OR TRUNCATE ON participation_end
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The share of the row keeps it from ending while money is on its way into the purse.
CREATE FUNCTION refuse_ended_purse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM participation_end e WHERE e.state <> 'withdrawn' AND e.resident_id IN (
        SELECT l.resident_id FROM new_rows n JOIN ledger_account l ON l.id = n.account_id) FOR SHARE;
    IF EXISTS (SELECT FROM participation_end e WHERE e.state = 'ended' AND e.resident_id IN (
        SELECT l.resident_id FROM new_rows n JOIN ledger_account l ON l.id = n.account_id)) THEN
        RAISE EXCEPTION 'this participation has ended: nothing moves in its purse'
            USING ERRCODE = '23000', CONSTRAINT = 'participation_has_ended';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_in_a_live_purse AFTER INSERT ON posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_ended_purse();
"""

APPEND_ONLY = ("month_closing", "reopening_request", "month_reopening")


def keep_append_only(table):
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0009_accounts_that_somebody_vouches_for'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReopeningRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200)),
                ('asked_on', models.DateField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'reopening_request',
            },
        ),
        migrations.CreateModel(
            name='MonthClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('turn', models.PositiveSmallIntegerField(default=1)),
                ('journal_entries', models.PositiveBigIntegerField()),
                ('turnover', models.DecimalField(decimal_places=2, max_digits=14)),
                ('left_open', models.JSONField(default=dict)),
                ('closed_on', models.DateField()),
                ('closed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'month_closing',
            },
        ),
        migrations.CreateModel(
            name='MonthReopening',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reopening', serialize=False, to='budgeting.reopeningrequest')),
                ('approved_on', models.DateField()),
            ],
            options={
                'db_table': 'month_reopening',
            },
        ),
        migrations.AddField(
            model_name='reopeningrequest',
            name='closing',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='request', to='budgeting.monthclosing'),
        ),
        migrations.CreateModel(
            name='ParticipationEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('own_wish', 'Own Wish'), ('moved', 'Moved'), ('administrator', 'Administrator'), ('agreement_not_kept', 'Agreement Not Kept'), ('other', 'Other'), ('died', 'Died')], max_length=20)),
                ('reason', models.CharField(max_length=200)),
                ('died_on', models.DateField(null=True)),
                ('ends_on', models.DateField()),
                ('state', models.CharField(choices=[('ending', 'Ending'), ('ended', 'Ended'), ('withdrawn', 'Withdrawn')], default='ending', max_length=10)),
                ('opened_on', models.DateField()),
                ('ended_on', models.DateField(null=True)),
                ('again_because', models.CharField(blank=True, default='', max_length=100)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='endings', to='budgeting.resident')),
            ],
            options={
                'db_table': 'participation_end',
            },
        ),
        migrations.CreateModel(
            name='Heir',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('contact', models.CharField(max_length=200)),
                ('proof', models.CharField(max_length=200)),
                ('noted_on', models.DateField()),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ending', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='heirs', to='budgeting.participationend')),
            ],
            options={
                'db_table': 'heir',
            },
        ),
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('end_to_end_id', models.CharField(max_length=35)),
                ('why', models.CharField(choices=[('DUPL', 'Twice'), ('AC03', 'Wrong Account'), ('AM09', 'Wrong Amount'), ('TECH', 'Technical'), ('FRAD', 'Fraud'), ('CUST', 'Resident Asks')], max_length=4)),
                ('reason', models.CharField(max_length=200)),
                ('asked_on', models.DateField()),
                ('answer', models.CharField(blank=True, choices=[('', 'None'), ('yes', 'Yes'), ('no', 'No')], default='', max_length=3)),
                ('answer_reason', models.CharField(blank=True, default='', max_length=200)),
                ('answered_on', models.DateField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('back_entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recall', to='budgeting.entry')),
            ],
            options={
                'db_table': 'recall',
            },
        ),
        migrations.CreateModel(
            name='AccountStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iban', models.CharField(max_length=34)),
                ('code', models.CharField(max_length=10)),
                ('end_to_end_id', models.CharField(max_length=35)),
                ('stopped_on', models.DateField()),
                ('lifted_on', models.DateField(null=True)),
                ('lifted_because', models.CharField(blank=True, default='', max_length=200)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'account_stop',
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_on', None)), fields=('iban',), name='one_stop_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_because', ''), ('lifted_by__isnull', True), ('lifted_on__isnull', True)), models.Q(('lifted_by__isnull', False), ('lifted_on__isnull', False), models.Q(('lifted_because', ''), _negated=True)), _connector='OR'), name='stop_is_lifted_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='DebitDispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(choices=[('no_questions', 'No Questions'), ('no_mandate', 'No Mandate')], max_length=12)),
                ('reason', models.CharField(max_length=200)),
                ('until', models.DateField()),
                ('asked_on', models.DateField()),
                ('answer', models.CharField(blank=True, choices=[('', 'None'), ('yes', 'Yes'), ('no', 'No')], default='', max_length=3)),
                ('answered_on', models.DateField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('back_entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispute_back', to='budgeting.entry')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='budgeting.entry')),
            ],
            options={
                'db_table': 'debit_dispute',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='dispute_has_a_reason'), models.CheckConstraint(condition=models.Q(('asked_on__lte', models.F('until'))), name='dispute_is_in_time'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_by__isnull', True), ('answered_on__isnull', True)), models.Q(('answered_by__isnull', False), ('answered_on__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='dispute_is_answered_by_someone'), models.CheckConstraint(condition=models.Q(('back_entry__isnull', True), ('answer', 'yes'), _connector='OR'), name='dispute_that_is_back_was_a_yes')],
            },
        ),
        migrations.AddConstraint(
            model_name='monthclosing',
            constraint=models.UniqueConstraint(fields=('month', 'turn'), name='a_month_closed_once_a_turn'),
        ),
        migrations.AddConstraint(
            model_name='monthclosing',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='month_begins_on_the_first'),
        ),
        migrations.AddField(
            model_name='monthreopening',
            name='approved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='reopeningrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reopening_is_asked_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='participationend',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['ending', 'ended'])), fields=('resident',), name='one_ending_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='participationend',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ending_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='participationend',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('died_on__isnull', False), ('why', 'died')), models.Q(models.Q(('why', 'died'), _negated=True), ('died_on__isnull', True)), _connector='OR'), name='ending_by_death_has_its_day'),
        ),
        migrations.AddConstraint(
            model_name='participationend',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ended'), _negated=True), models.Q(('ended_by__isnull', False), ('ended_on__isnull', False)), _connector='OR'), name='ended_by_someone_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='heir',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('proof', ''), _negated=True)), name='heir_has_a_name_and_proof'),
        ),
        migrations.AddConstraint(
            model_name='heir',
            constraint=models.UniqueConstraint(fields=('ending', 'name'), name='an_heir_once'),
        ),
        migrations.AddConstraint(
            model_name='recall',
            constraint=models.UniqueConstraint(condition=models.Q(('answer', 'no'), _negated=True), fields=('end_to_end_id',), name='a_payment_recalled_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='recall',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='recall_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='recall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_by__isnull', True), ('answered_on__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='recall_is_answered_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='recall',
            constraint=models.CheckConstraint(condition=models.Q(('back_entry__isnull', True), ('answer', 'yes'), _connector='OR'), name='recall_that_is_back_was_a_yes'),
        ),
        *(
            migrations.RunSQL(keep_append_only(table), f"DROP TRIGGER {table}_append_only ON {table}")
            for table in APPEND_ONLY
        ),
        migrations.RunSQL(
            MONTHS,
            "DROP FUNCTION refuse_closed_month CASCADE; DROP FUNCTION close_in_turn CASCADE;"
            "DROP FUNCTION reopen_with_two CASCADE; DROP FUNCTION closed_until CASCADE;",
        ),
        migrations.RunSQL(
            ENDINGS, "DROP FUNCTION keep_participation_end CASCADE; DROP FUNCTION refuse_ended_purse CASCADE;"
        ),
    ]
