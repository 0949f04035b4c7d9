"""A town's own services. What was done to one is only ever added, it stays with its town, and no other town gets a row
of it: refused by the database itself, in its own words for SQLite and PostgreSQL, with a German message.

SQLite loses triggers when a later migration rebuilds a table: such a migration ends with
`migrations.RunPython(install, remove)` of this module.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEPT = "Was mit einer eigenen Leistung geschah, kann nicht geändert oder gelöscht werden."
FIXED = "Eine eigene Leistung bleibt die ihrer Kommune."
FOREIGN = "Diese Leistung führt nur die Kommune, deren eigene sie ist."

_MOVED = "OLD.municipality_id <> NEW.municipality_id OR OLD.service_id <> NEW.service_id"
_OTHER_TOWN = """EXISTS (SELECT 1 FROM tracking_ownservice o
    WHERE o.service_id = {new}.service_id AND o.municipality_id <> {new}.municipality_id)"""
# (name, when, table, refused where this holds, sentence)
_CASES = [
    ("own_change_kept_update", "UPDATE", "tracking_ownservicechange", "", KEPT),
    ("own_change_kept_delete", "DELETE", "tracking_ownservicechange", "", KEPT),
    ("own_fixed", "UPDATE", "tracking_ownservice", _MOVED, FIXED),
    ("row_own", "INSERT", "tracking_municipalservice", _OTHER_TOWN.format(new="NEW"), FOREIGN),
]

SQLITE = [
    f"""CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW {"WHEN " + refused if refused else ""}
BEGIN SELECT RAISE(ABORT, '{sentence}'); END"""
    for name, when, table, refused, sentence in _CASES
]


def _postgresql(name, when, table, refused, sentence):
    condition = f"WHEN ({refused})" if refused else ""
    return [
        f"""CREATE FUNCTION tracking_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"""CREATE TRIGGER {name} BEFORE {when} ON {table}
FOR EACH ROW {condition} EXECUTE FUNCTION tracking_{name}()""",
    ]


# A row is looked at once a statement, over all new rows together: a town's first four thousand cost little more than one.
POSTGRESQL = [
    *(statement for case in _CASES[:3] for statement in _postgresql(*case)),
    f"""CREATE FUNCTION tracking_row_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM added a WHERE {_OTHER_TOWN.format(new="a")}) THEN
  RAISE EXCEPTION '{FOREIGN}' USING ERRCODE = 'check_violation'; END IF;
RETURN NULL; END $$""",
    """CREATE TRIGGER row_own AFTER INSERT ON tracking_municipalservice REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION tracking_row_own()""",
]


def install(apps, schema_editor):
    remove(apps, schema_editor)
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for name, *_rest in _CASES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION IF EXISTS tracking_{name}() CASCADE", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_tree_triggers'),
        ('catalog', '0003_undo_and_succession'),
        ('tracking', '0004_profiles_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnBundle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bundle', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='own', to='catalog.bundle', verbose_name='OZG-Leistung')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='own_bundles', to='accounts.municipality', verbose_name='Kommune')),
            ],
            options={
                'verbose_name': 'eigenes Bündel',
                'verbose_name_plural': 'eigene Bündel',
                'ordering': ('bundle__name',),
            },
        ),
        migrations.CreateModel(
            name='OwnService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_key', models.CharField(blank=True, max_length=14, null=True, verbose_name='Schlüssel in Dateien')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_own', to='catalog.service', verbose_name='zusammengeführt mit')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='own_services', to='accounts.municipality', verbose_name='Kommune')),
                ('service', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='own', to='catalog.service', verbose_name='Leistung')),
            ],
            options={
                'verbose_name': 'eigene Leistung',
                'verbose_name_plural': 'eigene Leistungen',
                'ordering': ('service__name', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='OwnServiceChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('added', 'aufgenommen'), ('renamed', 'umbenannt'), ('ended', 'beendet'), ('merged', 'zusammengeführt')], max_length=8, verbose_name='Art')),
                ('name', models.CharField(max_length=500, verbose_name='Leistung')),
                ('recorded_at', models.DateTimeField(verbose_name='erfasst am')),
                ('reason', models.TextField(verbose_name='Begründung')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='von')),
                ('own', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='tracking.ownservice', verbose_name='eigene Leistung')),
            ],
            options={
                'verbose_name': 'Änderung einer eigenen Leistung',
                'verbose_name_plural': 'Änderungen eigener Leistungen',
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='ownservice',
            constraint=models.UniqueConstraint(fields=('municipality', 'file_key'), name='own_file_key_once', violation_error_message='Diesen Schlüssel nennt schon eine andere eigene Leistung.'),
        ),
        migrations.AddConstraint(
            model_name='ownservice',
            constraint=models.CheckConstraint(condition=models.Q(('file_key', None), ('file_key__regex', '^[0-9]{14}$'), _connector='OR'), name='own_file_key_has_fourteen_digits', violation_error_message='Ein LeiKa-Schlüssel hat genau 14 Ziffern.'),
        ),
        migrations.AddConstraint(
            model_name='ownservicechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), ('kind__in', ['added', 'renamed', 'ended', 'merged'])), name='own_change_has_reason', violation_error_message='Bitte geben Sie eine Begründung an.'),
        ),
        migrations.RunPython(install, remove),
    ]
