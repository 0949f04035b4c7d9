"""The edition that a town froze last is kept apart too, only ever added; neither can be emptied by one statement.

SQLite loses triggers when a later migration rebuilds the table: such a migration ends with
`migrations.RunPython(install, remove)` of this module.
"""

from django.db import migrations, models

from catalog.append_only import cannot_be_emptied

KEPT = "Ein Siegel bleibt, wie es ist."
_NAMES = {"seal_kept_update": "UPDATE", "seal_kept_delete": "DELETE"}


def install(apps, schema_editor):
    remove(apps, schema_editor)
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            f"""CREATE FUNCTION reports_seal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            params=None,
        )
    for name, when in _NAMES.items():
        refuse = "EXECUTE FUNCTION reports_seal_kept()" if postgresql else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {when} ON reports_seal FOR EACH ROW {refuse}", params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_seal_kept() CASCADE", params=None)
        return
    for name in _NAMES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


def seal_what_is_there(apps, schema_editor):
    """One seal for the last edition of each town."""
    Edition, Seal = apps.get_model("reports", "Edition"), apps.get_model("reports", "Seal")
    last = {}
    for edition in Edition.objects.order_by("pk").select_related("municipality").defer("figures", "differences"):
        last[edition.municipality_id] = edition
    Seal.objects.bulk_create(
        Seal(
            town_id=town, ars=edition.municipality.ars, edition_id=edition.pk,
            month=edition.month, number=edition.number, sha256=edition.sha256,
        )
        for town, edition in last.items()
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_tree_triggers"), ("reports", "0002_editions_are_kept")]
    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town_id', models.BigIntegerField(db_index=True)),
                ('ars', models.CharField(max_length=12, verbose_name='Regionalschlüssel')),
                ('edition_id', models.BigIntegerField()),
                ('month', models.DateField(verbose_name='Monat')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Ausgabe')),
                ('sha256', models.CharField(max_length=64, verbose_name='Prüfsumme (SHA-256)')),
            ],
            options={'verbose_name': 'Siegel', 'verbose_name_plural': 'Siegel', 'ordering': ('id',)},
        ),
        migrations.RunPython(seal_what_is_there, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
        cannot_be_emptied("reports_edition", "reports_seal"),
    ]
