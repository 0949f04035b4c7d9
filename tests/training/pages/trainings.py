"""Courses, tasks and dates, made for the pages of the trainings."""

from datetime import UTC, date, datetime

from ozg_tracker.training.assigning.periods import renewal
from ozg_tracker.training.models import Completion, Course, CourseDate, TrainingTask
from tests import make

TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


def course(title="Datenschutz", **fields):
    return Course.objects.get_or_create(title=title, municipality=make.municipality(), defaults=fields)[0]


def task(person, of=None, due=date(2026, 12, 15), start=date(2026, 9, 1), reason="Jährliche Pflicht"):
    of = of or course()
    return TrainingTask.objects.create(
        municipality=of.municipality,
        course=of,
        person=person,
        period_start=start,
        assigned_on=start,
        due_on=due,
        reason=reason,
        round=TrainingTask.objects.filter(course=of, person=person).count() + 1,
    )


def course_date(of, day=1):
    begin = datetime(2026, 12, day, 8, tzinfo=UTC)
    hours = {"starts_at": begin, "ends_at": begin.replace(hour=10), "place": "Raum 2.14"}
    made = CourseDate.objects.create(course=of, **hours)
    made.sessions.create(**hours)
    return made


def done(task, day=date(2026, 11, 1), proof=""):
    task.completed_on, task.renews_on = day, renewal(task.course, day)
    task.save()
    return Completion.objects.create(task=task, proof=proof, recorded_at=TODAY)


def keep(client, address, sent):
    """Look at what a rule would change, then keep it, as the page does it."""
    seen = client.post(address, sent)
    return client.post(address, sent | {"mark": seen.context["preview"].mark})


def sessions(*lines):
    """What the form of a date sends for its sessions."""
    sent = {"s-TOTAL_FORMS": f"{len(lines) or 1}", "s-INITIAL_FORMS": "0"}
    return sent | {f"s-{number}-{name}": value for number, line in enumerate(lines) for name, value in line.items()}
