"""The municipality's own goal for a year's end, only ever added: triggers for SQLite and PostgreSQL."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalog.append_only import cannot_be_emptied

KEPT = "Ein Jahresziel bleibt, wie es gesagt wurde. Was sich ändert, ist eine neue Zeile."
_NAMES = {"goal_kept_update": "UPDATE", "goal_kept_delete": "DELETE"}


def install(apps, schema_editor):
    remove(apps, schema_editor)
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            f"""CREATE FUNCTION reports_goal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            params=None,
        )
    for name, when in _NAMES.items():
        refuse = "EXECUTE FUNCTION reports_goal_kept()" if postgresql else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {when} ON reports_goal FOR EACH ROW {refuse}", params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_goal_kept() CASCADE", params=None)
        return
    for name in _NAMES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('accounts', '0016_keys_have_bounds'),
        ('reports', '0014_meetings_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='Jahr')),
                ('target', models.PositiveIntegerField(null=True, verbose_name='fertige Leistungen am Jahresende')),
                ('decided', models.CharField(blank=True, max_length=200, verbose_name='beschlossen')),
                ('reason', models.TextField(max_length=2000, verbose_name='Begründung')),
                ('recorded_at', models.DateTimeField(verbose_name='erfasst am')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='accounts.municipality')),
            ],
            options={
                'verbose_name': 'Jahresziel',
                'verbose_name_plural': 'Jahresziele',
                'ordering': ('-recorded_at', '-id'),
                'indexes': [models.Index(fields=['municipality', 'year', 'recorded_at'], name='goal_known')],
                'constraints': [models.CheckConstraint(condition=models.Q(('year__gte', 2017), ('year__lte', 2100)), name='goal_of_a_year', violation_error_message='Das Jahr liegt zwischen 2017 und 2100.'), models.CheckConstraint(condition=models.Q(('target__isnull', True), models.Q(('target__gte', 1), ('target__lte', 100000)), _connector='OR'), name='goal_is_a_number', violation_error_message='Ein Jahresziel ist mindestens 1 fertige Leistung, höchstens 100.000.'), models.CheckConstraint(condition=models.Q(models.Q(('decided', ''), ('target__isnull', True)), models.Q(('target__isnull', False), models.Q(('decided', ''), _negated=True)), _connector='OR'), name='goal_says_who_decided', violation_error_message='Ein Jahresziel nennt, wer es wann beschlossen hat.'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='goal_says_why', violation_error_message='Bitte begründen Sie das.')],
            },
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied("reports_goal"),
    ]
