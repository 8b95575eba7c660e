"""Limits that one person proposes and another confirms; one human being is never two, whoever signs."""


import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

LIMITS = """
CREATE FUNCTION keep_limit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.confirmed_on IS NOT NULL OR NEW.withdrawn_on IS NOT NULL) THEN
        RAISE EXCEPTION 'another limit begins as a proposal'
            USING ERRCODE = '23000', CONSTRAINT = 'limit_change_takes_two_people';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.confirmed_on IS NOT NULL OR OLD.withdrawn_on IS NOT NULL
        OR (OLD."limit", OLD.resident_id, OLD.before, OLD.after, OLD.reason, OLD.proposed_by_id, OLD.proposed_at)
           IS DISTINCT FROM
           (NEW."limit", NEW.resident_id, NEW.before, NEW.after, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)) THEN
        RAISE EXCEPTION 'another limit does not change after it was proposed or decided'
            USING ERRCODE = '23000', CONSTRAINT = 'limit_change_frozen';
    END IF;
    IF NEW.confirmed_by_id IS NOT NULL AND same_person(NEW.proposed_by_id, NEW.confirmed_by_id) THEN
        RAISE EXCEPTION 'who confirms a limit is not who proposed it'
            USING ERRCODE = '23000', CONSTRAINT = 'limit_change_takes_two_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER limit_change_keep BEFORE INSERT OR UPDATE ON limit_change
    FOR EACH ROW EXECUTE FUNCTION keep_limit_change();
CREATE TRIGGER limit_change_stays BEFORE DELETE OR TRUNCATE ON limit_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# As before, and now by every mark of a person instead of the number alone.
APPROVALS = """
CREATE OR REPLACE FUNCTION keep_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch payment_batch;
BEGIN
    SELECT * INTO batch FROM payment_batch WHERE id = NEW.batch_id FOR UPDATE;
    IF batch.state <> 'draft' OR batch.digest <> NEW.digest OR batch.assembled_by_id <> NEW.assembled_by_id THEN
        RAISE EXCEPTION 'an approval is of a draft, of exactly its content and by its assembler''s name'
            USING ERRCODE = '23000', CONSTRAINT = 'approval_of_this_content';
    END IF;
    IF same_person(NEW.assembled_by_id, NEW.approved_by_id) THEN
        RAISE EXCEPTION 'the approver is the assembler'
            USING ERRCODE = '23000', CONSTRAINT = 'approver_is_not_the_assembler';
    END IF;
    RETURN NEW;
END $$;
"""

WRITE_OFFS = """
CREATE OR REPLACE FUNCTION keep_write_off() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.approved_by_id IS NOT NULL AND same_person(NEW.proposed_by_id, NEW.approved_by_id) THEN
        RAISE EXCEPTION 'who approves a write-off is not who proposed it'
            USING ERRCODE = '23000', CONSTRAINT = 'write_off_takes_two_people';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0009_accounts_that_somebody_vouches_for'),
        ('payments', '0005_decisions_told_and_objections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LimitChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit', models.CharField(choices=[('order', 'Order'), ('resident_day', 'Resident Day'), ('batch', 'Batch'), ('day', 'Day'), ('advance', 'Advance')], max_length=12)),
                ('before', models.DecimalField(decimal_places=2, max_digits=12)),
                ('after', models.DecimalField(decimal_places=2, max_digits=12)),
                ('reason', models.CharField(max_length=200)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('confirmed_on', models.DateField(null=True)),
                ('withdrawn_on', models.DateField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='limit_changes', to='budgeting.resident')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'limit_change',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('after', models.F('before')), _negated=True), models.Q(('reason', ''), _negated=True)), name='limit_change_changes_for_a_reason'), models.CheckConstraint(condition=models.Q(('after__gt', 0), models.Q(('after', 0), ('limit', 'advance')), _connector='OR'), name='limit_change_is_of_an_amount'), models.CheckConstraint(condition=models.Q(('limit', 'advance'), ('resident__isnull', True), _connector='XOR'), name='limit_change_of_a_resident'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by__isnull', True), ('confirmed_on__isnull', True)), models.Q(('confirmed_by__isnull', False), ('confirmed_on__isnull', False), ('withdrawn_on__isnull', True), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='limit_change_takes_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_by__isnull', True), ('withdrawn_on__isnull', True)), models.Q(('withdrawn_by__isnull', False), ('withdrawn_on__isnull', False)), _connector='OR'), name='limit_change_withdrawn_by_someone'), models.UniqueConstraint(condition=models.Q(('confirmed_on__isnull', True), ('withdrawn_on__isnull', True)), fields=('limit', 'resident'), name='one_open_limit_change', nulls_distinct=False)],
            },
        ),
        migrations.RunSQL(
            LIMITS, "DROP FUNCTION keep_limit_change CASCADE; DROP TRIGGER limit_change_stays ON limit_change;"
        ),
        migrations.RunSQL(APPROVALS, migrations.RunSQL.noop),
        migrations.RunSQL(WRITE_OFFS, migrations.RunSQL.noop),
    ]
