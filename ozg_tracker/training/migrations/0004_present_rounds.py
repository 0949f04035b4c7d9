"""Present tasks get their round, the days on which they were done and are due again, and events that tell of them.

What was assigned by a requirement, told by its reason, belongs to it from now on. Of two open tasks of one course, which
only a race could make, the later one stays. When a task was suspended is not known: where that still holds, it counts
from now.
"""

import calendar
from datetime import date

from django.db import migrations
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone, translation

TAKEN_OVER = "übernommen"
CHUNK = 1000


def count_rounds(apps, schema_editor):
    tasks = apps.get_model("training", "TrainingTask").objects
    later, last, number = {}, None, 0
    rows = tasks.order_by("person", "course", "period_start", "pk").values_list("person", "course", "pk")
    for person, course, pk in rows.iterator(10_000):
        number = number + 1 if (person, course) == last else 1
        last = person, course
        if number > 1:
            later.setdefault(number, []).append(pk)
    for number, found in later.items():
        for start in range(0, len(found), CHUNK):
            tasks.filter(pk__in=found[start : start + CHUNK]).update(round=number)


def tell_done(apps, schema_editor):
    tasks = apps.get_model("training", "TrainingTask").objects
    completion = apps.get_model("training", "Completion").objects.filter(task=OuterRef("pk"))
    tasks.exclude(completion=None).update(completed_on=Subquery(completion.values("completed_on")[:1]))
    done = tasks.filter(completed_on__isnull=False, course__interval_months__isnull=False)
    for day, months in list(done.values_list("completed_on", "course__interval_months").distinct().order_by()):
        done.filter(completed_on=day, course__interval_months=months).update(renews_on=_add_months(day, months))


def _add_months(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def find_rules(apps, schema_editor):
    tasks = apps.get_model("training", "TrainingTask").objects
    rules = apps.get_model("training", "Requirement").objects.select_related("department", "service")
    with translation.override("de"):
        for rule in rules.order_by("pk"):
            parts = [str(rule.get_role_display()) if rule.role else ""]
            parts += [each.name for each in (rule.department, rule.service) if each]
            reason = (", ".join(part for part in parts if part) or "alle Beschäftigten")[:300]
            found = tasks.filter(course=rule.course_id, rule=None, reason=reason)
            found.update(rule=rule, due_within_days=rule.due_within_days)


def write_events(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    midnight = "t.assigned_on::timestamp at time zone 'UTC'" if postgresql else "t.assigned_on || ' 00:00:00'"
    day = "(c.recorded_at at time zone 'Europe/Berlin')::date" if postgresql else "date(c.recorded_at)"
    insert = """INSERT INTO training_trainingevent
        (municipality_id, task_id, kind, effective_on, recorded_at, by_id, reason, due_on, completed_on, withdrawn_on,
         suspended_until)"""
    schema_editor.execute(
        f"""{insert} SELECT t.municipality_id, t.id, 'assigned', t.assigned_on, {midnight}, NULL, t.reason, t.due_on,
        NULL, NULL, NULL FROM training_trainingtask t ORDER BY t.id""",
        params=None,
    )
    schema_editor.execute(
        f"""{insert} SELECT t.municipality_id, t.id, 'completed', {day}, c.recorded_at, t.person_id, '', t.due_on,
        t.completed_on, NULL, t.suspended_until
        FROM training_trainingtask t JOIN training_completion c ON c.task_id = t.id ORDER BY c.id""",
        params=None,
    )


def tell_the_rest(apps, schema_editor):
    tasks = apps.get_model("training", "TrainingTask").objects
    events = apps.get_model("training", "TrainingEvent").objects
    now, today = timezone.now(), timezone.localdate()
    opened = tasks.filter(completed_on=None, withdrawn_on=None)
    for person, course in list(
        opened.values_list("person", "course").annotate(n=Count("pk")).filter(n__gt=1).values_list("person", "course")
    ):
        for task in opened.filter(person=person, course=course).order_by("-round")[1:]:
            tasks.filter(pk=task.pk).update(withdrawn_on=today, suspended_until=None, suspension_reason="")
            events.bulk_create([_event(events.model, task, "withdrawn", now, today, withdrawn_on=today)])
    for task in opened.filter(suspended_until__isnull=False).iterator(CHUNK):
        events.bulk_create([_event(events.model, task, "suspended", now, today, suspended_until=task.suspended_until)])


def _event(model, task, kind, now, today, **state):
    return model(
        municipality_id=task.municipality_id,
        task_id=task.pk,
        kind=kind,
        effective_on=today,
        recorded_at=now,
        reason=TAKEN_OVER,
        due_on=task.due_on,
        **state,
    )


class Migration(migrations.Migration):
    dependencies = [("training", "0003_rounds_and_events")]
    operations = [
        migrations.RunPython(step, migrations.RunPython.noop)
        for step in (count_rounds, tell_done, find_rules, write_events, tell_the_rest)
    ]
