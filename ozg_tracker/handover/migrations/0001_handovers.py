"""Handovers, their parts and steps are only ever added, and stay inside their municipality."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalog.append_only import cannot_be_emptied

KEPT = "Übergaben können nicht geändert oder gelöscht werden."
FOREIGN = "Leistung und Übergabe gehören zu derselben Kommune."
TABLES = ("handover_handover", "handover_handoveritem", "handover_handoverstep")
_STRANGE = """NOT EXISTS (SELECT 1 FROM handover_handover h JOIN tracking_municipalservice r
ON r.municipality_id = h.municipality_id WHERE h.id = NEW.handover_id AND r.id = NEW.row_id)"""

SQLITE = [
    *(
        f"""CREATE TRIGGER {table}_kept_{when.lower()} BEFORE {when} ON {table}
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"""
        for table in TABLES
        for when in ("UPDATE", "DELETE")
    ),
    f"""CREATE TRIGGER handover_item_row BEFORE INSERT ON handover_handoveritem WHEN {_STRANGE}
BEGIN SELECT RAISE(ABORT, '{FOREIGN}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION handover_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE FUNCTION handover_item_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {_STRANGE} THEN RAISE EXCEPTION '{FOREIGN}' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
    *(
        f"""CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION handover_kept()"""
        for table in TABLES
    ),
    """CREATE TRIGGER handover_item_row BEFORE INSERT ON handover_handoveritem
FOR EACH ROW EXECUTE FUNCTION handover_item_row()""",
]


def install(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("handover_kept", "handover_item_row"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE", params=None)
    else:
        for name in ("handover_item_row", *(f"{table}_kept_{when}" for table in TABLES for when in ("update", "delete"))):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0009_first_membership_events'),
        ('tracking', '0012_municipality_succession'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('leaves', 'verlässt uns'), ('moves', 'wechselt das Amt'), ('away', 'ist eine Zeit lang abwesend')], max_length=8, verbose_name='Anlass')),
                ('starts_on', models.DateField(verbose_name='ab')),
                ('until', models.DateField(blank=True, null=True, verbose_name='bis')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='Nachricht')),
                ('recorded_at', models.DateTimeField(verbose_name='eingetragen am')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='durch')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='übergibt')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.municipality', verbose_name='Kommune')),
            ],
            options={
                'verbose_name': 'Übergabe',
                'verbose_name_plural': 'Übergaben',
                'ordering': ('-starts_on', '-id'),
            },
        ),
        migrations.CreateModel(
            name='HandoverItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='handover.handover')),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='übernimmt')),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracking.municipalservice', verbose_name='Leistung')),
            ],
            options={
                'verbose_name': 'Teil einer Übergabe',
                'verbose_name_plural': 'Teile einer Übergabe',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='HandoverStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('done', 'übergeben'), ('returned', 'zurückgekommen'), ('called_off', 'abgesagt'), ('undone', 'zurückgenommen')], max_length=10, verbose_name='Schritt')),
                ('moved', models.PositiveIntegerField(default=0, verbose_name='Leistungen')),
                ('left', models.PositiveIntegerField(default=0, verbose_name='davon nicht möglich')),
                ('recorded_at', models.DateTimeField(verbose_name='am')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='durch')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='handover.handover')),
            ],
            options={
                'verbose_name': 'Schritt einer Übergabe',
                'verbose_name_plural': 'Schritte einer Übergabe',
                'ordering': ('id',),
            },
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('starts_on')), _connector='OR'), name='handover_ends_after_start', violation_error_message='Eine Übergabe endet nicht vor ihrem ersten Tag.'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('until__isnull', False), ('why', 'away')), models.Q(('until', None), models.Q(('why', 'away'), _negated=True)), _connector='OR'), name='who_is_away_comes_back', violation_error_message='Wer eine Zeit lang abwesend ist, hat einen letzten Tag, sonst niemand.'),
        ),
        migrations.AddConstraint(
            model_name='handoveritem',
            constraint=models.UniqueConstraint(fields=('handover', 'row'), name='handed_over_once'),
        ),
        migrations.AddConstraint(
            model_name='handoverstep',
            constraint=models.UniqueConstraint(fields=('handover', 'kind'), name='handover_step_once'),
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied(*TABLES),
    ]
