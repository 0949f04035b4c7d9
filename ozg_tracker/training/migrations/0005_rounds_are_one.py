"""One open round a person and course, and one of each number; the events of tasks are kept while the tasks stand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from catalog.append_only import cannot_be_emptied

KEPT = "Ereignisse einer Schulungsaufgabe können nicht geändert werden und bleiben, solange es die Aufgabe gibt."
TABLE = "training_trainingevent"
_STANDS = "EXISTS (SELECT 1 FROM training_trainingtask t WHERE t.id = OLD.task_id)"

SQLITE = [
    f"""CREATE TRIGGER training_event_kept_update BEFORE UPDATE ON {TABLE}
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER training_event_kept_delete BEFORE DELETE ON {TABLE} WHEN {_STANDS}
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION training_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP = 'UPDATE' OR {_STANDS} THEN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation';
END IF; RETURN OLD; END $$""",
    f"""CREATE TRIGGER training_event_kept BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION training_event_kept()""",
]


def install(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS training_event_kept() CASCADE", params=None)
    else:
        for name in ("kept_update", "kept_delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS training_event_{name}", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_addresses_are_confirmed'),
        ('training', '0004_present_rounds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField('completion', 'completed_on'),
        migrations.RemoveConstraint(
            model_name='trainingtask',
            name='task_once_per_period',
        ),
        migrations.AlterField(
            model_name='trainingtask',
            name='course_date',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to='training.coursedate', verbose_name='Termin'),
        ),
        migrations.AlterField(
            model_name='trainingtask',
            name='municipality',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='training_tasks', to='accounts.municipality', verbose_name='Kommune'),
        ),
        migrations.AlterField(
            model_name='trainingtask',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='training_tasks', to=settings.AUTH_USER_MODEL, verbose_name='Person'),
        ),
        migrations.AddIndex(
            model_name='completion',
            index=models.Index(condition=models.Q(('confirmed_on', None)), fields=['recorded_at'], name='completion_to_check'),
        ),
        migrations.AddIndex(
            model_name='trainingtask',
            index=models.Index(condition=models.Q(('completed_on', None), ('withdrawn_on', None)), fields=['municipality', 'due_on', 'person'], name='task_due'),
        ),
        migrations.AddIndex(
            model_name='trainingtask',
            index=models.Index(condition=models.Q(('completed_on', None), ('withdrawn_on', None)), fields=['person', 'due_on', 'id'], name='task_first_due'),
        ),
        migrations.AddIndex(
            model_name='trainingtask',
            index=models.Index(condition=models.Q(('course_date__isnull', False)), fields=['course_date'], name='task_date'),
        ),
        migrations.AddConstraint(
            model_name='trainingtask',
            constraint=models.UniqueConstraint(fields=('person', 'course', 'round'), name='task_once_per_round', violation_error_message='Diese Schulung ist der Person für die Runde schon zugewiesen.'),
        ),
        migrations.AddConstraint(
            model_name='trainingtask',
            constraint=models.UniqueConstraint(condition=models.Q(('completed_on', None), ('withdrawn_on', None)), fields=('person', 'course'), name='one_open_task', violation_error_message='Diese Schulung ist der Person schon zugewiesen und noch offen.'),
        ),
        migrations.AddConstraint(
            model_name='trainingtask',
            constraint=models.CheckConstraint(condition=models.Q(('completed_on', None), ('withdrawn_on', None), _connector='OR'), name='done_or_withdrawn', violation_error_message='Was erledigt ist, wird nicht zurückgezogen.'),
        ),
        migrations.AddConstraint(
            model_name='trainingtask',
            constraint=models.CheckConstraint(condition=models.Q(('renews_on', None), ('completed_on__isnull', False), _connector='OR'), name='renewed_when_done', violation_error_message='Wieder fällig wird nur, was erledigt ist.'),
        ),
        migrations.AddConstraint(
            model_name='trainingtask',
            constraint=models.CheckConstraint(condition=models.Q(('round__gte', 1)), name='rounds_from_one', violation_error_message='Runden werden ab 1 gezählt.'),
        ),
        migrations.RunPython(install, remove),
        cannot_be_emptied(TABLE),
    ]
