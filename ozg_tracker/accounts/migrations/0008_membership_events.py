"""Memberships have a history: events that are only ever added, and stay inside their municipality."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalog.append_only import cannot_be_emptied

KEPT = "Zugehörigkeiten ab einem Tag können nicht geändert oder gelöscht werden."
FOREIGN = "Dieser Fachbereich gehört zu einer anderen Kommune."
TABLE = "accounts_membershipevent"
_STRANGE = """NEW.department_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_department d
WHERE d.id = NEW.department_id AND d.municipality_id = NEW.municipality_id)"""

SQLITE = [
    *(
        f"""CREATE TRIGGER membership_event_kept_{when.lower()} BEFORE {when} ON {TABLE}
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"""
        for when in ("UPDATE", "DELETE")
    ),
    f"""CREATE TRIGGER membership_event_department BEFORE INSERT ON {TABLE} WHEN {_STRANGE}
BEGIN SELECT RAISE(ABORT, '{FOREIGN}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION membership_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE TRIGGER membership_event_kept BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION membership_event_kept()""",
    f"""CREATE FUNCTION membership_event_department() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {_STRANGE} THEN RAISE EXCEPTION '{FOREIGN}' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
    f"""CREATE TRIGGER membership_event_department BEFORE INSERT ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION membership_event_department()""",
]


def install(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("membership_event_kept", "membership_event_department"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE", params=None)
    else:
        for name in ("kept_update", "kept_delete", "department"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS membership_event_{name}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_departments_are_kept'),
    ]

    operations = [
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, choices=[('operator', 'Betrieb'), ('coordinator', 'OZG-Koordination'), ('manager', 'Leitung'), ('staff', 'Sachbearbeitung'), ('council', 'Mitglied des Rates')], max_length=12, verbose_name='Rolle')),
                ('effective_on', models.DateField(verbose_name='gilt ab')),
                ('recorded_at', models.DateTimeField(verbose_name='eingetragen am')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='Grund')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='von')),
                ('department', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='Fachbereich')),
                ('municipality', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality', verbose_name='Kommune')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='membership_events', to=settings.AUTH_USER_MODEL, verbose_name='Person')),
            ],
            options={
                'verbose_name': 'Zugehörigkeit ab einem Tag',
                'verbose_name_plural': 'Zugehörigkeiten ab einem Tag',
                'ordering': ('-effective_on', '-id'),
                'indexes': [models.Index(fields=['municipality', 'user', '-effective_on', '-id'], name='membership_as_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('role', 'manager'), _negated=True), ('department__isnull', False), _connector='OR'), name='manager_event_has_department', violation_error_message='Eine Leitung braucht einen Fachbereich.'), models.CheckConstraint(condition=models.Q(models.Q(('role', ''), _negated=True), ('department', None), _connector='OR'), name='who_left_has_no_department', violation_error_message='Wer nicht mehr dazugehört, hat keinen Fachbereich.')],
            },
        ),
        migrations.CreateModel(
            name='StaffNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='Personalnummer')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_numbers', to='accounts.municipality', verbose_name='Kommune')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_numbers', to=settings.AUTH_USER_MODEL, verbose_name='Person')),
            ],
            options={
                'verbose_name': 'Personalnummer',
                'verbose_name_plural': 'Personalnummern',
                'ordering': ('municipality', 'number'),
                'constraints': [models.UniqueConstraint(fields=('municipality', 'number'), name='staff_number_once', violation_error_message='Diese Personalnummer hat schon eine andere Person.'), models.UniqueConstraint(fields=('municipality', 'user'), name='one_staff_number', violation_error_message='Diese Person hat schon eine Personalnummer.'), models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='staff_number_not_empty', violation_error_message='Eine Personalnummer ist nicht leer.')],
            },
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied(TABLE),
    ]
