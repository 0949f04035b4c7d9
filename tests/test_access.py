"""Who gets what at which address: every address of the URLconf has a line here, and a new one without a line fails.

The columns are: nobody signed in, operator, coordinator, manager, staff, member of the council, and the coordinator of
another town. 302 without sign-in leads to the sign-in page; 302 after a form leads back to a page with its message.
"""

import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from ozg_tracker.accounts.models import Role, Token
from ozg_tracker.tracking.models import Evidence
from ozg_tracker.training.models import Completion
from tests import make
from tests.access_table import TABLE
from tests.api.conftest import edition, fill
from tests.reports import sample

PEOPLE = ("anonymous", "operator", "coordinator", "manager", "staff", "council", "other")

LINES = [line.split() for line in TABLE.strip().splitlines()]

# what an address's own key names, for those that have one
KEYS = {
    "service": "row",
    "save_row": "row",
    "own_service": "own",
    "catalogue_import": "import",
    "import_problems": "import",
    "undo_import": "import",
    "decide_successions": "import",
    "complete_training": "task",
    "suspend_training": "task",
    "resume_training": "task",
    "change_course_date": "date",
    "cancel_course_date": "date",
    "choose_course_date": "task",
    "training_proof": "proof",
    "course": "course",
    "add_requirement": "course",
    "add_course_date": "course",
    "remove_requirement": "requirement",
    "catalogue_situation": "situation",
    "catalogue_service": "service",
    "end_token": "token",
    "person": "member",
    "end_person": "member",
    "resume_person": "member",
    "password_way": "member",
    "topics-detail": "topic",
    "situations-detail": "situation",
    "bundles-detail": "bundle",
    "services-detail": "service",
    "catalogue-imports-detail": "import",
    "catalogue-imports-undo": "import",
    "municipalities-detail": "town",
    "departments-detail": "department",
    "municipal-services-detail": "row",
    "status-changes-detail": "event",
    "evidence-detail": "evidence",
    "deadlines-detail": "deadline",
    "courses-detail": "course",
    "requirements-detail": "requirement",
    "training-tasks-detail": "task",
    "training-tasks-report-done": "task",
    "training-tasks-suspend": "task",
    "training-tasks-resume": "task",
    "course-dates-detail": "date",
    "editions-detail": "edition",
    "editions-export": "edition",
}
MONTH = {"year": 2022, "month": 11}
OTHER_KEYS = {
    "account_reset_password_from_key": {"uidb36": "1", "key": "falsch"},
    "catalogue_bundle": {"ozg_id": "10041"},
    "profile": {"kind": "kreisangehoerig"},
    "edit_profile": {"kind": "kreisangehoerig"},
    "month": MONTH,
    "preview_month": {"year": 2020, "month": 1},
    "correct_edition": MONTH,
    "edition": MONTH | {"number": 0},
    "approve_edition": MONTH | {"number": 0},
    "edition_file": MONTH | {"number": 2, "format": "json"},
}
QUERIES = {"editions-export": "?format=csv", "service-changes": "?since=2026-01"}
BODIES = {
    "catalogue-imports-list": {},
    "catalogue-imports-apply": {},
    "catalogue-imports-undo": {},
    "municipal-services-detail": {"note": "neu"},
    "municipal-services-bulk": lambda pieces: {"changes": [{"id": pieces["row"].pk, "version": 1, "note": "neu"}]},
    "training-tasks-report-done": {"completed_on": "2022-02-01"},
    "training-tasks-suspend": lambda pieces: {
        "until": str(timezone.localdate() + timedelta(days=9)),
        "reason": "absent",
    },
    "training-tasks-resume": {},
}


@pytest.fixture
def world():
    """A town in which each role is one person, and the pieces that addresses name; staff owns the row and the task."""
    led = make.department("Ordnung")
    people = {
        "operator": make.user("operator", Role.OPERATOR),
        "coordinator": make.user(),
        "manager": make.user("manager", Role.MANAGER, department=led),
        "staff": make.user("staff", Role.STAFF, department=led),
        "council": make.user("council", Role.COUNCIL),
        "other": make.user("other", Role.COORDINATOR, town=make.municipality("Nachbarstadt", "159990010020")),
    }
    fill(range(1))
    row = make.row(make.service("99107000000001", "Reisepass"), department=led, owner=people["staff"], level=2)
    course = make.municipality().courses.get()
    done = Completion.objects.create(
        task=_task(course, people["staff"], "2021-01-01"), completed_on="2021-02-01", recorded_at="2021-02-01T10:00Z"
    )
    done.proof.save("urkunde.pdf", ContentFile(b"%PDF-1.7"))
    pieces = {
        "row": row,
        "event": row.events.get(),
        "service": row.service,
        "own": make.own_row("Bürgerbus").service.own,
        "import": make.catalogue_import(),
        "topic": make.bundle().situation.topic,
        "situation": make.bundle().situation,
        "bundle": make.bundle(),
        "town": make.municipality(),
        "department": led,
        "evidence": Evidence.objects.get(),
        "deadline": make.municipality().deadlines.get(),
        "course": course,
        "requirement": course.requirements.get(),
        "date": course.dates.get(),
        "task": _task(course, people["staff"], "2022-01-01"),
        "proof": done,
        "edition": edition(2, figures=json.dumps(sample.sample())),
        "member": people["staff"].memberships.get(),
        "token": Token.objects.create(user=people["coordinator"], digest="0" * 64),
    }
    return people, pieces


def _task(course, person, day):
    return course.tasks.create(
        municipality=course.municipality,
        person=person,
        period_start=day,
        assigned_on=day,
        due_on=day,
        reason="Pflicht",
    )


def keys(name, pieces):
    if name == "catalogue-import-problems":
        return {"catalogue_import": pieces["import"].pk}
    if name in KEYS:
        return {"pk": pieces[KEYS[name]].pk}
    found = OTHER_KEYS.get(name, {})
    return found | {"number": pieces["edition"].number} if "number" in found else found


def status(method, name, person, pieces):
    """What `person` gets, with nothing kept."""
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    address = reverse(name, kwargs=keys(name, pieces)) + QUERIES.get(name, "")
    with transaction.atomic():
        if address.startswith("/api/") and method != "GET":
            body = BODIES[name](pieces) if callable(BODIES[name]) else BODIES[name]
            headers = {"If-Match": '"1"'} if method == "PATCH" else {}
            response = client.generic(method, address, json.dumps(body), "application/json", headers=headers)
        else:
            response = getattr(client, method.lower())(address)
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name", "expected"), [(line[0], line[1], line[2:]) for line in LINES])
def test_each_role_gets_what_the_table_says(method, name, expected, world):
    people, pieces = world
    got = [str(status(method, name, people.get(person), pieces)) for person in PEOPLE]
    assert dict(zip(PEOPLE, got, strict=True)) == dict(zip(PEOPLE, expected, strict=True))


@pytest.mark.django_db
def test_a_draft_is_there_for_those_who_coordinate_alone(world):
    people, pieces = world
    pieces["edition"] = edition(3, figures=json.dumps(sample.sample()), state="draft")
    for name in ("edition", "edition_file", "editions-detail", "editions-export"):
        got = [status("GET", name, people[who], pieces) for who in PEOPLE[1:]]
        assert got == [403, 200, 404, 404, 404, 404]


def names(patterns):
    """Every named address outside Django's admin, which `test_the_operators_house_is_for_operators` looks at."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_every_address_has_a_line():
    assert {line[1] for line in LINES} == set(names(get_resolver().url_patterns))


@pytest.mark.django_db
def test_the_operators_house_is_for_operators(world):
    people, pieces = world
    got = [status("GET", "admin:index", people.get(who), pieces) for who in PEOPLE]
    assert got == [302, 200, 302, 302, 302, 302, 302]
    got = [status("GET", "admin:login", people.get(who), pieces) for who in PEOPLE]
    assert got == [302, 403, 403, 403, 403, 403, 403]
