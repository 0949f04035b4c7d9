"""The municipality's signature under an approved edition, only ever added: triggers for SQLite and PostgreSQL."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


from catalog.append_only import cannot_be_emptied

KEPT = "Eine Unterschrift bleibt, wie sie ist."
_NAMES = {"signature_kept_update": "UPDATE", "signature_kept_delete": "DELETE"}


def install(apps, schema_editor):
    remove(apps, schema_editor)
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            f"""CREATE FUNCTION reports_signature_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            params=None,
        )
    for name, when in _NAMES.items():
        refuse = "EXECUTE FUNCTION reports_signature_kept()" if postgresql else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON reports_editionsignature FOR EACH ROW {refuse}", params=None
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_signature_kept() CASCADE", params=None)
        return
    for name in _NAMES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('reports', '0008_reminded'),
    ]

    operations = [
        migrations.CreateModel(
            name='EditionSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_key', models.CharField(max_length=64, verbose_name='öffentlicher Schlüssel')),
                ('signature', models.CharField(max_length=128, verbose_name='Unterschrift')),
                ('recorded_at', models.DateTimeField(verbose_name='erfasst am')),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='signature', to='reports.edition')),
            ],
            options={
                'verbose_name': 'Unterschrift',
                'verbose_name_plural': 'Unterschriften',
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('public_key'), 64), django.db.models.lookups.Exact(django.db.models.functions.text.Length('signature'), 128)), name='edition_signature_whole', violation_error_message='Schlüssel und Unterschrift haben 64 und 128 Zeichen.')],
            },
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied("reports_editionsignature"),
    ]
