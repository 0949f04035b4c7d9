"""Dates that are there are one session each, and whoever had chosen one has a place at it."""

from django.db import migrations
from django.utils import timezone


def keep(apps, schema_editor):
    CourseDate, CourseSession = apps.get_model("training", "CourseDate"), apps.get_model("training", "CourseSession")
    made = (
        CourseSession(course_date_id=pk, starts_at=starts_at, ends_at=ends_at, place=place)
        for pk, starts_at, ends_at, place in CourseDate.objects.order_by("pk").values_list(
            "pk", "starts_at", "ends_at", "place"
        )
    )
    CourseSession.objects.bulk_create(made, batch_size=500)
    chosen = apps.get_model("training", "TrainingTask").objects.filter(course_date__isnull=False)
    now = timezone.now()
    chosen.update(registered_at=now, seated_at=now)


class Migration(migrations.Migration):
    dependencies = [("training", "0009_courses_and_dates")]
    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
