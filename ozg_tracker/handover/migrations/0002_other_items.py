"""What passes besides services: only ever added, and of the handover's own municipality."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalog.append_only import cannot_be_emptied

TABLE = "handover_otheritem"
KEPT = "Übergaben können nicht geändert oder gelöscht werden."
FOREIGN = "Was übergeben wird, gehört zu derselben Kommune wie die Übergabe."
_WHERE = {
    "merge": "tracking_merge x WHERE x.municipality_id = h.municipality_id",
    "own_list": "tracking_ownlist x WHERE x.municipality_id = h.municipality_id",
    "round": "tracking_round x WHERE x.municipality_id = h.municipality_id",
    "answers": """tracking_round x JOIN accounts_department d ON d.municipality_id = x.municipality_id
WHERE d.id = NEW.department_id AND x.municipality_id = h.municipality_id""",
    "course_date": """training_coursedate x JOIN training_course c ON c.id = x.course_id
WHERE c.municipality_id = h.municipality_id""",
}
_HERE = " OR ".join(
    f"(NEW.kind = '{kind}' AND EXISTS (SELECT 1 FROM {where} AND x.id = NEW.thing))" for kind, where in _WHERE.items()
)
_STRANGE = f"NOT EXISTS (SELECT 1 FROM handover_handover h WHERE h.id = NEW.handover_id AND ({_HERE}))"

SQLITE = [
    *(
        f"""CREATE TRIGGER {TABLE}_kept_{when.lower()} BEFORE {when} ON {TABLE}
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"""
        for when in ("UPDATE", "DELETE")
    ),
    f"""CREATE TRIGGER {TABLE}_here BEFORE INSERT ON {TABLE} WHEN {_STRANGE}
BEGIN SELECT RAISE(ABORT, '{FOREIGN}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION {TABLE}_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {_STRANGE} THEN RAISE EXCEPTION '{FOREIGN}' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
    f"""CREATE TRIGGER {TABLE}_kept BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION handover_kept()""",
    f"""CREATE TRIGGER {TABLE}_here BEFORE INSERT ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION {TABLE}_here()""",
]


def install(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_here() CASCADE", params=None)
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_kept ON {TABLE}", params=None)
    else:
        for name in ("here", "kept_update", "kept_delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('tracking', '0024_work_reminders'),
        ('training', '0013_certificates'),
        ('accounts', '0014_reminder_choices'),
        ('handover', '0001_handovers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='handoverstep',
            name='moved',
            field=models.PositiveIntegerField(default=0, verbose_name='Posten'),
        ),
        migrations.CreateModel(
            name='OtherItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('merge', 'Abgleich'), ('own_list', 'Eigene Liste'), ('round', 'Leitung einer Bestätigungsrunde'), ('answers', 'Antwort in einer Bestätigungsrunde'), ('course_date', 'Leitung eines Schulungstermins')], max_length=11, verbose_name='Art')),
                ('thing', models.PositiveBigIntegerField(verbose_name='Nummer')),
                ('name', models.CharField(max_length=300, verbose_name='Name')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='Fachbereich')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='others', to='handover.handover')),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='übernimmt')),
            ],
            options={
                'verbose_name': 'weiterer Posten einer Übergabe',
                'verbose_name_plural': 'weitere Posten einer Übergabe',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('department', None)), fields=('handover', 'kind', 'thing'), name='other_handed_over_once'), models.UniqueConstraint(fields=('handover', 'kind', 'thing', 'department'), name='answers_handed_over_once'), models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', False), ('kind', 'answers')), models.Q(models.Q(('kind', 'answers'), _negated=True), ('department', None)), _connector='OR'), name='answers_for_a_department', violation_error_message='Geantwortet wird für einen Fachbereich, und nur dafür gehört einer dazu.')],
            },
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied(TABLE),
    ]
