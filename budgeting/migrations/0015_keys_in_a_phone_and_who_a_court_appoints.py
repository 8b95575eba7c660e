"""Keys in a phone, wrong tries at a letter's code, and who a court appoints."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# What two people agreed about stays as it is; the second is, under whatever name, not the first.
FOUR_EYES = """
CREATE FUNCTION representation_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decided_by_id IS NOT NULL OR ROW(
        NEW.id, NEW.resident_id, NEW.name, NEW.kind, NEW.decision, NEW.seen_on, NEW.scope, NEW.starts_on, NEW.until,
        NEW.proposed_by_id, NEW.proposed_at
    ) IS DISTINCT FROM ROW(
        OLD.id, OLD.resident_id, OLD.name, OLD.kind, OLD.decision, OLD.seen_on, OLD.scope, OLD.starts_on, OLD.until,
        OLD.proposed_by_id, OLD.proposed_at
    ) THEN
        RAISE EXCEPTION 'what a court decided is written down once' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND same_person(NEW.proposed_by_id, NEW.decided_by_id) THEN
        RAISE EXCEPTION 'another human being agrees'
            USING ERRCODE = '23000', CONSTRAINT = 'representation_decided_by_another';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER representation_four_eyes BEFORE UPDATE ON representation
    FOR EACH ROW EXECUTE FUNCTION representation_four_eyes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("budgeting", "0014_what_was_agreed_and_who_must_know_the_account"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpentChallenge",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "spent_challenge",
            },
        ),
        migrations.AddField(
            model_name="lettercode",
            name="start",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="lettercode",
            name="wrong",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="town",
            name="passkeys",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The human-readable name of this device.", max_length=64)),
                ("confirmed", models.BooleanField(default=True, help_text="Is this device ready for use?")),
                ("credential", models.CharField(max_length=1400, unique=True)),
                ("public", models.BinaryField()),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "passkey",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("credential", ""), _negated=True), name="passkey_has_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("administrator", "Administrator"), ("guardian", "Guardian"), ("mentor", "Mentor")],
                        max_length=14,
                    ),
                ),
                ("decision", models.CharField(max_length=60)),
                ("seen_on", models.DateField()),
                (
                    "scope",
                    models.CharField(
                        choices=[("when", "When"), ("paid", "Paid"), ("all", "All")], default="all", max_length=8
                    ),
                ),
                ("starts_on", models.DateField()),
                ("until", models.DateField()),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("agreed", models.BooleanField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "let_in",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="representation",
                        to="budgeting.letin",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representations",
                        to="budgeting.resident",
                    ),
                ),
            ],
            options={
                "db_table": "representation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("starts_on"))), name="representation_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="representation_by_a_decision_that_was_seen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="representation_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed", None), ("decided_at", None), ("decided_by", None), ("let_in", None)),
                            models.Q(
                                ("agreed", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("let_in", None),
                            ),
                            models.Q(
                                ("agreed", True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("let_in__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="representation_decided_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decided_by", None)),
                        fields=("resident", "decision"),
                        name="representation_proposed_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FOUR_EYES, "DROP FUNCTION representation_four_eyes CASCADE"),
    ]
