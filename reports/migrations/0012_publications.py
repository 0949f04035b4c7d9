"""Whether a municipality's editions are open to anybody, only ever added: triggers for SQLite and PostgreSQL."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalog.append_only import cannot_be_emptied

KEPT = "Eine Veröffentlichung bleibt, wie sie ist. Was sich ändert, ist eine neue."
_NAMES = {"publication_kept_update": "UPDATE", "publication_kept_delete": "DELETE"}


def install(apps, schema_editor):
    remove(apps, schema_editor)
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            f"""CREATE FUNCTION reports_publication_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            params=None,
        )
    for name, when in _NAMES.items():
        refuse = "EXECUTE FUNCTION reports_publication_kept()" if postgresql else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON reports_publication FOR EACH ROW {refuse}", params=None
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_publication_kept() CASCADE", params=None)
        return
    for name in _NAMES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('accounts', '0016_keys_have_bounds'),
        ('reports', '0011_questions_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public', models.BooleanField(verbose_name='öffentlich')),
                ('licence', models.CharField(blank=True, choices=[('dl-by-de/2.0', 'Datenlizenz Deutschland – Namensnennung – Version 2.0'), ('dl-zero-de/2.0', 'Datenlizenz Deutschland – Zero – Version 2.0'), ('cc-by/4.0', 'Creative Commons Namensnennung 4.0 International (CC BY 4.0)')], max_length=20, verbose_name='Lizenz')),
                ('publisher', models.CharField(blank=True, max_length=200, verbose_name='Herausgebende Stelle')),
                ('mail', models.EmailField(blank=True, max_length=254, verbose_name='E-Mail-Adresse der Stelle')),
                ('contributor', models.CharField(blank=True, max_length=200, verbose_name='Datenbereitsteller-ID von GovData')),
                ('reason', models.TextField(max_length=2000, verbose_name='Begründung')),
                ('recorded_at', models.DateTimeField(verbose_name='erfasst am')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='accounts.municipality')),
            ],
            options={
                'verbose_name': 'Veröffentlichung',
                'verbose_name_plural': 'Veröffentlichungen',
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('public', False), models.Q(('licence__in', ['dl-by-de/2.0', 'dl-zero-de/2.0', 'cc-by/4.0']), models.Q(('publisher', ''), _negated=True), models.Q(('mail', ''), _negated=True)), _connector='OR'), name='publication_says_who_and_how', violation_error_message='Was öffentlich ist, braucht Lizenz, Stelle und E-Mail-Adresse.'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='publication_says_why', violation_error_message='Bitte begründen Sie das.')],
            },
        ),
        migrations.CreateModel(
            name='PublicFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=4)),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('sha512', models.CharField(max_length=128)),
                ('drawn_at', models.DateTimeField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='public_files', to='reports.edition')),
            ],
            options={
                'verbose_name': 'öffentliche Datei',
                'verbose_name_plural': 'öffentliche Dateien',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('edition', 'format'), name='public_file_once')],
            },
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied("reports_publication"),
    ]
