"""A reorganisation of 1,500 services and 20,000 people, measured against the bare SQL of its events and rows."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ozg_tracker.accounts.models import Membership, MembershipEvent, Role, User
from ozg_tracker.reorganising.reorganise import reorganise
from ozg_tracker.reorganising.undo import undo
from ozg_tracker.reorganising.wishes import Wish
from ozg_tracker.tracking.models import MunicipalService, StatusChange, TrackedState
from tests import make
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.real_size import catalogue, municipality

pytestmark = pytest.mark.django_db
SERVICES, PEOPLE, DAY = 1_500, 20_000, date(2026, 1, 1)
STATE = ", ".join(field.attname for field in TrackedState._meta.local_fields if field.name != "department")


def undone(deed):
    def run():
        with transaction.atomic():
            deed()
            transaction.set_rollback(True)

    return run


def bare(source, target):
    """The events and the rows, with no question asked: what moves is what stands there today."""
    values = [target.pk, DAY, timezone.now(), source.pk]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tracking_statuschange ({STATE}, department_id, row_id, version, effective_on, recorded_at,"
            f" reason, source, municipality_id) SELECT {STATE}, %s, id, version + 1, %s, %s, 'Umbau', 'reorganise',"
            f" municipality_id FROM tracking_municipalservice WHERE department_id = %s",
            values,
        )
        cursor.execute(
            "UPDATE tracking_municipalservice SET department_id = %s, version = version + 1 WHERE department_id = %s",
            [target.pk, source.pk],
        )
        cursor.execute(
            "INSERT INTO accounts_membershipevent (municipality_id, user_id, role, department_id, effective_on,"
            " recorded_at, reason) SELECT municipality_id, user_id, role, %s, %s, %s, 'Umbau' FROM accounts_membership"
            " WHERE department_id = %s",
            values,
        )
        cursor.execute(
            "UPDATE accounts_membership SET department_id = %s WHERE department_id = %s", [target.pk, source.pk]
        )


def test_a_reorganisation_costs_at_most_twice_the_bare_statements_and_so_does_taking_it_back():
    ours = municipality(catalogue(services=SERVICES, bundles=140), rows=SERVICES, events=SERVICES)
    source, target = make.department("Alt", municipality=ours), make.department("Neu", municipality=ours)
    MunicipalService.objects.update(department=source)
    StatusChange.objects.bulk_create(
        StatusChange(
            row=row,
            municipality=ours,
            version=2,
            effective_on=date(2021, 1, 1),
            recorded_at=timezone.now(),
            source="setup",
            department=source,
            responsibility=row.responsibility,
            state=row.state,
        )
        for row in MunicipalService.objects.all()
    )
    MunicipalService.objects.update(version=2, level=None, planned_on=None, cases_per_year=None)
    people = User.objects.bulk_create(User(username=f"p{n}", email=f"p{n}@example.invalid") for n in range(PEOPLE))
    held = {"municipality": ours, "role": Role.STAFF, "department": source}
    Membership.objects.bulk_create(Membership(user=each, **held) for each in people)
    MembershipEvent.objects.bulk_create(
        MembershipEvent(user=each, effective_on=date(2021, 1, 1), recorded_at=timezone.now(), **held) for each in people
    )
    wish = Wish("end", DAY, "Verfügung", (source.pk,), into=target.pk)
    with transaction.atomic():
        deed = reorganise(ours, wish, by=None)
        assert (deed.services, deed.people) == (SERVICES, PEOPLE)
        undo(deed, by=None, reason="aufgehoben")
        assert MunicipalService.objects.filter(department=source).count() == SERVICES
        transaction.set_rollback(True)
    floor, measured = race(3, undone(lambda: bare(source, target)), undone(lambda: reorganise(ours, wish, by=None)))
    ratio(f"Umbau mit 1.500 Leistungen, 20.000 Personen ({connection.vendor})", measured, floor, at_most=2)
