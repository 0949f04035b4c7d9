"""Who lets itself be compared, and what a month published, only ever added: triggers for SQLite and PostgreSQL."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalog.append_only import cannot_be_emptied

KEPT = "Ein Vergleich bleibt, wie er ist. Was sich ändert, ändert spätere Monate."
TABLES = tuple(
    f"reports_{name}"
    for name in ("comparisonagreement", "comparedmonth", "comparedgroup", "comparedfigure", "comparededition")
)


def install(apps, schema_editor):
    remove(apps, schema_editor)
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            f"""CREATE FUNCTION reports_comparison_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            params=None,
        )
    refuse = "EXECUTE FUNCTION reports_comparison_kept()" if postgresql else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
    for table in TABLES:
        for when in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_kept_{when.lower()} BEFORE {when} ON {table} FOR EACH ROW {refuse}", params=None
            )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_comparison_kept() CASCADE", params=None)
        return
    for table in TABLES:
        for when in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept_{when}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('accounts', '0016_keys_have_bounds'),
        ('reports', '0015_goals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ComparedMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='erster Tag des Monats', unique=True, verbose_name='Monat')),
                ('computed_at', models.DateTimeField(verbose_name='berechnet am')),
            ],
            options={
                'verbose_name': 'verglichener Monat',
                'verbose_name_plural': 'verglichene Monate',
                'ordering': ('-month',),
            },
        ),
        migrations.CreateModel(
            name='ComparedGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('release', models.CharField(max_length=200, verbose_name='Katalogstand')),
                ('model', models.CharField(max_length=50, verbose_name='Reifegradmodell')),
                ('conform_level', models.PositiveSmallIntegerField()),
                ('grouping', models.CharField(choices=[('kind', 'Art der Kommune'), ('size', 'Zahl der relevanten Leistungen')], max_length=4)),
                ('name', models.CharField(max_length=16)),
                ('members', models.PositiveIntegerField(verbose_name='verglichene Kommunen')),
                ('compared', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='reports.comparedmonth')),
            ],
            options={
                'verbose_name': 'Vergleichsgruppe',
                'verbose_name_plural': 'Vergleichsgruppen',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='ComparisonAgreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreed', models.BooleanField(verbose_name='stimmt dem Vergleich zu')),
                ('reason', models.TextField(max_length=2000, verbose_name='Begründung')),
                ('recorded_at', models.DateTimeField(verbose_name='erfasst am')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comparison_agreements', to='accounts.municipality')),
            ],
            options={
                'verbose_name': 'Zustimmung zum Vergleich',
                'verbose_name_plural': 'Zustimmungen zum Vergleich',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='ComparedFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(choices=[('services_ready', 'Fertige Leistungen'), ('bundles_online', 'OZG-Leistungen online'), ('bundles_complete', 'OZG-Leistungen vollständig')], max_length=16)),
                ('lower', models.PositiveSmallIntegerField(verbose_name='unteres Quartil')),
                ('median', models.PositiveSmallIntegerField(verbose_name='Median')),
                ('upper', models.PositiveSmallIntegerField(verbose_name='oberes Quartil')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='reports.comparedgroup')),
            ],
            options={
                'verbose_name': 'verglichene Kennzahl',
                'verbose_name_plural': 'verglichene Kennzahlen',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('group', 'figure'), name='compared_figure_once'), models.CheckConstraint(condition=models.Q(('lower__lte', models.F('median')), ('median__lte', models.F('upper')), ('upper__lte', 100)), name='compared_figure_is_in_order', violation_error_message='Quartile steigen und sind höchstens 100 %.')],
            },
        ),
        migrations.CreateModel(
            name='ComparedEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.edition')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='reports.comparedgroup')),
            ],
            options={
                'verbose_name': 'verglichene Ausgabe',
                'verbose_name_plural': 'verglichene Ausgaben',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('group', 'edition'), name='compared_edition_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='comparedgroup',
            constraint=models.UniqueConstraint(fields=('compared', 'release', 'model', 'conform_level', 'grouping', 'name'), name='compared_group_once'),
        ),
        migrations.AddConstraint(
            model_name='comparedgroup',
            constraint=models.CheckConstraint(condition=models.Q(('members__gte', 6)), name='compared_group_hides_its_members', violation_error_message='Eine Vergleichsgruppe hat mindestens sechs Kommunen.'),
        ),
        migrations.AddConstraint(
            model_name='comparisonagreement',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='comparison_agreement_says_why', violation_error_message='Bitte begründen Sie das.'),
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied(*TABLES),
    ]
