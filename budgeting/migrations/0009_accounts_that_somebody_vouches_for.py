"""Who vouches for an account number, which numbers are a colleague's, and who is one and the same person."""


import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

# One human being behind two ways in: the same number of an employee, e-mail address or secret of a phone.
SAME_PERSON = """
CREATE FUNCTION same_person(one bigint, other bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN one = other
        OR EXISTS (SELECT FROM "user" a JOIN "user" b ON b.id = other
                   WHERE a.id = one AND ((a.person_number <> '' AND a.person_number = b.person_number)
                                         OR (a.email <> '' AND lower(a.email) = lower(b.email))))
        OR EXISTS (SELECT FROM otp_totp_totpdevice x JOIN otp_totp_totpdevice y ON y.key = x.key
                   WHERE x.user_id = one AND y.user_id = other);
END $$;
"""

CONFIRMATIONS = """
CREATE FUNCTION keep_account_confirmation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    typist bigint;
BEGIN
    SELECT added_by_id INTO typist FROM account WHERE id = NEW.account_id;
    IF (NEW.how = 'second_person' OR NEW.outcome = 'match') AND same_person(typist, NEW.said_by_id) THEN
        RAISE EXCEPTION 'who typed an account does not vouch for it'
            USING ERRCODE = '23000', CONSTRAINT = 'account_confirmed_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_confirmation_four_eyes BEFORE INSERT ON account_confirmation
    FOR EACH ROW EXECUTE FUNCTION keep_account_confirmation();
CREATE TRIGGER account_confirmation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_confirmation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# Accounts from before this was asked have been paid to, with two people's approval of every file.
EARLIER = """
INSERT INTO account_confirmation (account_id, how, outcome, explains, reason, said_on)
SELECT id, 'earlier', '', '[]', '', since FROM account;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('otp_totp', '0001_initial'),
        ('budgeting', '0008_what_a_town_counts_on_and_when_it_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('second_person', 'Second Person'), ('name_check', 'Name Check'), ('earlier', 'Earlier')], max_length=14)),
                ('outcome', models.CharField(blank=True, choices=[('none', 'None'), ('match', 'Match'), ('close', 'Close'), ('no_match', 'No Match'), ('unavailable', 'Unavailable')], default='', max_length=12)),
                ('explains', models.JSONField(default=list)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('said_on', models.DateField()),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'account_confirmation',
            },
        ),
        migrations.CreateModel(
            name='ColleagueAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('added_on', models.DateField()),
            ],
            options={
                'db_table': 'colleague_account',
            },
        ),
        migrations.AddField(
            model_name='town',
            name='day_limit',
            field=models.DecimalField(decimal_places=2, default=Decimal('2000000.00'), max_digits=12),
        ),
        migrations.AddField(
            model_name='town',
            name='smallest_payout',
            field=models.DecimalField(decimal_places=2, default=Decimal('1.00'), max_digits=12),
        ),
        migrations.AddField(
            model_name='user',
            name='email',
            field=models.EmailField(blank=True, default='', max_length=254),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='role',
            field=models.CharField(choices=[('resident', 'Resident'), ('case_worker', 'Case Worker'), ('front_desk', 'Front Desk'), ('approver', 'Approver'), ('application_manager', 'Application Manager'), ('auditor', 'Auditor'), ('volunteer', 'Volunteer'), ('trusted_person', 'Trusted Person'), ('legal_representative', 'Legal Representative'), ('system', 'System')], max_length=30),
        ),
        migrations.AddConstraint(
            model_name='town',
            constraint=models.CheckConstraint(condition=models.Q(('batch_limit__gt', 0), ('day_limit__gt', 0), ('order_limit__gt', 0), ('resident_day_limit__gt', 0), ('smallest_payout__gte', 0)), name='town_limits_are_amounts'),
        ),
        migrations.AddField(
            model_name='accountconfirmation',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='budgeting.account'),
        ),
        migrations.AddField(
            model_name='accountconfirmation',
            name='said_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='colleagueaccount',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='colleagueaccount',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='own_accounts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='accountconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('how', 'name_check'), ('outcome', ''), _connector='XOR'), name='account_confirmation_has_its_outcome'),
        ),
        migrations.AddConstraint(
            model_name='accountconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('how', 'earlier'), ('said_by__isnull', False), _connector='OR'), name='account_confirmation_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='accountconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('explains', []), models.Q(('reason', ''), _negated=True), _connector='OR'), name='account_confirmation_explains_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='accountconfirmation',
            constraint=models.UniqueConstraint(condition=models.Q(('how', 'second_person')), fields=('account', 'explains'), name='account_confirmed_once'),
        ),
        migrations.AddIndex(
            model_name='colleagueaccount',
            index=models.Index(fields=['digest'], name='colleague_account_digest'),
        ),
        migrations.AddConstraint(
            model_name='colleagueaccount',
            constraint=models.UniqueConstraint(fields=('user', 'digest'), name='colleague_account_once'),
        ),
        migrations.RunSQL(SAME_PERSON, "DROP FUNCTION same_person"),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
        migrations.RunSQL(
            CONFIRMATIONS,
            "DROP TRIGGER account_confirmation_append_only ON account_confirmation;"
            "DROP FUNCTION keep_account_confirmation CASCADE;",
        ),
    ]
