"""Whoever belongs to a municipality gets a first event, so early that it holds for every month; who left, a second."""

from datetime import UTC, date, datetime, time

from django.db import migrations

FIRST = date(2017, 8, 18)  # the day the OZG came into force
CHUNK = 2_000


def write(apps, schema_editor):
    event = apps.get_model("accounts", "MembershipEvent")
    memberships = apps.get_model("accounts", "Membership").objects.order_by("pk").select_related("user")
    events = []
    for each in memberships.iterator(CHUNK):
        left_on = each.user.left_on
        events.append(_event(event, each, min(FIRST, left_on or FIRST), each.role, each.department_id))
        if left_on is not None:
            events.append(_event(event, each, left_on, "", None))
        if len(events) >= CHUNK:
            event.objects.bulk_create(events)
            events = []
    event.objects.bulk_create(events)


def _event(event, membership, day, role, department_id):
    return event(
        municipality_id=membership.municipality_id,
        user_id=membership.user_id,
        role=role,
        department_id=department_id,
        effective_on=day,
        recorded_at=datetime.combine(day, time(), tzinfo=UTC),
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_membership_events")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
