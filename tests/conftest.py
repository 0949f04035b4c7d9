"""What every test shares: fast passwords, own files, people to sign in, and words for what cannot run here."""

import functools
import json
import os
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from django.core import management
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.http import HttpResponse
from hypothesis import HealthCheck, settings

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import CoordinatorRequest, Role, Token
from ozg_tracker.handover.models import Handover
from ozg_tracker.reorganising.models import PlannedReorganisation
from ozg_tracker.reorganising.wishes import Wish, as_json
from ozg_tracker.tracking.following.commenting import comment
from ozg_tracker.tracking.models import Evidence, ScopeProfile
from ozg_tracker.training.models import Completion, Exemption
from reports.goals.set_goal import set_goal
from reports.models import Committee, CouncilQuestion, Meeting
from tests import make
from tests.api.programs import Program, edition, fill
from tests.doors.addresses import _task
from tests.emptying import keepers_off_and_on
from tests.migrated import migrated
from tests.reports import sample
from tests.reports.publishing.public import opened
from tests.white_space import text

# How long an example takes says more of the machine and its neighbours than of us; benchmarks measure.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

ONLY_POSTGRES = "läuft nur mit PostgreSQL in DATABASE_URL"


@pytest.fixture(autouse=True)
def _fast_and_local(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """SQLite's database lies in a file. The threads of a live server would share the one connection to one in memory,
    where one waits for the connection's lock and holds the interpreter's, another the other way round, for ever.
    """
    if connection.vendor == "sqlite":
        database = connection.settings_dict
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "tests.sqlite3")
        database["OPTIONS"]["init_command"] = database["OPTIONS"]["init_command"].replace("FULL", "OFF")


@pytest.fixture(scope="session")
def django_db_setup(_migrated_once, django_db_setup):
    """pytest-django's own, with a migrated database copied into the new one."""


@pytest.fixture(scope="session")
def _migrated_once():
    call_command = management.call_command

    def copied(command, *words, **options):
        as_tests_begin = "run_syncdb" in options  # how a test database is made, and nothing else
        if command == "migrate" and as_tests_begin and connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(migrated())) as kept:
                kept.backup(connection.connection)
        else:
            call_command(command, *words, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(management, "call_command", copied)
        yield


@pytest.fixture(autouse=True, scope="session")
def _pages_are_read_as_a_browser_reads_them():
    """`answer.text`: how a template breaks its lines is nobody's business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpResponse, "text", property(text))
        yield


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason=ONLY_POSTGRES))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """With REQUIRE_ALL set, as in CI, a test that would skip for a missing browser, server or broker fails."""
    report = (yield).get_result()
    if report.skipped and os.environ.get("REQUIRE_ALL") and ONLY_POSTGRES not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"übersprungen, obwohl REQUIRE_ALL gesetzt ist: {report.longrepr}"


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied():
    """Tests that really commit empty the tables after them, which the triggers that keep events and editions refuse;
    they are taken off for it.
    """
    with pytest.MonkeyPatch.context() as patch:
        # of the class: under Playwright's event loop the same thread has another connection, with operations of its own
        operations = type(connection.ops)
        flush = operations.sql_flush

        @functools.wraps(flush)
        def without_triggers(*args, **options):
            off, on = keepers_off_and_on()
            statements = flush(*args, **options)
            return [*off, *statements, *on] if statements else []

        patch.setattr(operations, "sql_flush", without_triggers)
        yield


@pytest.fixture
def world():
    """A municipality where each role is one person, with the pieces that addresses name; staff owns row and task."""
    led = make.department("Ordnung")
    people = {
        "operator": make.user("operator", Role.OPERATOR),
        "coordinator": make.user(),
        "manager": make.user("manager", Role.MANAGER, department=led),
        "staff": make.user("staff", Role.STAFF, department=led),
        "council": make.user("council", Role.COUNCIL),
        "other": make.user("other", Role.COORDINATOR, municipality=make.municipality("Nachbarstadt", "159990010020")),
    }
    fill(range(1))
    row = make.row(make.service("99107000000001", "Reisepass"), department=led, owner=people["staff"], level=2)
    course = make.municipality().courses.get()
    own = make.own_row("Bürgerbus").service.own
    asked = make.asked_round(people["coordinator"])
    done = Completion.objects.create(
        task=_task(course, people["staff"], "2021-01-01", completed_on="2021-02-01"), recorded_at="2021-02-01T10:00Z"
    )
    done.proof.save("urkunde.pdf", ContentFile(b"%PDF-1.7"))
    pieces = {
        "row": row,
        "event": row.events.get(),
        "case_count": row.case_counts.create(
            municipality=make.municipality(),
            year=2024,
            channel="online",
            number=12,
            how="hand",
            recorded_at="2026-01-01T10:00Z",
        ),
        "counting_week": make.counting_week(people["coordinator"], [row], first_day="2199-01-01"),
        "comment": comment(row, "Wann kommt der Dienst?", by=people["staff"]),
        "service": row.service,
        "profile": ScopeProfile.objects.in_force("kreisangehoerig"),
        "own": own,
        "round": asked,
        "round_step": asked.steps.create(
            kind="handed_in", department=led, by=people["coordinator"], recorded_at="2026-01-01T10:00Z"
        ),
        "merge": make.merge(people["coordinator"]),
        "own_list": make.own_list(people["coordinator"]),
        "import": make.catalogue_import(),
        "topic": make.bundle().situation.topic,
        "situation": make.bundle().situation,
        "bundle": make.bundle(),
        "municipality": make.municipality(),
        "department": led,
        "reorganisation": led.events.get().reorganisation,
        "planned_reorganisation": PlannedReorganisation.objects.create(
            municipality=make.municipality(),
            kind="rename",
            effective_on="2199-01-01",
            about="Ordnung",
            wish={},
            recorded_at="2026-01-01T10:00Z",
        ),
        "reorganisation_draft": PlannedReorganisation.objects.create(
            municipality=make.municipality(),
            kind="rename",
            effective_on="2199-01-01",
            about="Ordnung",
            wish=as_json(Wish("rename", date(2199, 1, 1), "Verfügung", (led.pk,), "Ordnung")),
            recorded_at="2026-01-01T10:00Z",
            draft=True,
        ),
        "evidence": Evidence.objects.get(),
        "deadline": make.municipality().deadlines.get(),
        "planned_deadline": make.municipality()
        .deadlines.create(name="Rat", date="2199-12-31", source="Beschluss", ended=True)
        .events.create(
            municipality=make.municipality(),
            name="Rat",
            date="2199-12-31",
            source="Beschluss",
            effective_on="2199-01-01",
            recorded_at="2026-01-01T10:00Z",
        ),
        "proposal": CoordinatorRequest.objects.create(
            municipality=make.municipality(),
            user=people["staff"],
            effective_on="2026-01-01",
            asked_by=people["coordinator"],
            asked_at="2026-01-01T10:00Z",
        ),
        "model": make.maturity_model(),
        "model_change": make.model_change(),
        "course": course,
        "exemption": Exemption.objects.create(
            municipality=make.municipality(),
            person=people["staff"],
            starts_on="2026-01-01",
            until="2199-12-31",
            reason="absent",
            recorded_at="2026-01-01T10:00Z",
            by=people["coordinator"],
        ),
        "requirement": course.requirements.get(),
        "date": course.dates.get(),
        "task": _task(course, people["staff"], "2022-01-01", round=2),
        "proof": done,
        "proof_task": done.task,
        "edition": (published := edition(2, figures=json.dumps(sample.sample()))),
        "committee": (council := Committee.objects.create(municipality=make.municipality(), name="Rat")),
        "meeting": Meeting.objects.create(
            municipality=make.municipality(),
            committee=council,
            starts_at="2199-01-20T18:00Z",
            due_on="2199-01-06",
            changed_at="2026-01-01T10:00Z",
        ),
        "webhook": (paused := make.webhook(state="paused", why="person")),
        "delivery": make.delivery(paused),
        "question": CouncilQuestion.objects.create(
            municipality=make.municipality(),
            edition=published,
            section="online",
            text="Warum?",
            asked_by=people["council"],
            recorded_at="2026-01-01T10:00Z",
        ),
        "publication": opened(people["coordinator"]),
        "goal": set_goal(
            make.municipality(),
            people["coordinator"],
            year=2022,
            target=30,
            decided="Ratsbeschluss vom 12.03.2022",
            reason="Haushalt",
        ),
        "entry": journal.write(journal.Kind.PERSON, municipality=make.municipality(), by=None, about="Liste"),
        "member": people["staff"].memberships.get(),
        "clerk": people["staff"],
        "service_account": (program := make.service_account(responsible=people["coordinator"])),
        "deputyship": make.deputyship(people["staff"], people["coordinator"], until=date(2199, 1, 1)),
        "handover": Handover.objects.create(
            municipality=make.municipality(),
            giver=people["coordinator"],
            by=people["coordinator"],
            why="leaves",
            starts_on="2199-01-01",
            recorded_at="2026-01-01T10:00Z",
        ),
        "membership_event": people["staff"].membership_events.get(),
        "token": Token.objects.create(user=people["coordinator"], digest="0" * 64),
        "service_key": Token.objects.create(user=program.user, digest="1" * 64),
    }
    return people, pieces


@pytest.fixture
def municipality(db):
    make.maturity_model()
    return make.municipality()


@pytest.fixture
def department(municipality):
    return make.department("Bürgerbüro")


@pytest.fixture
def coordinator(municipality):
    return make.user("koordination")


@pytest.fixture
def manager(department):
    return make.user("leitung", role="manager", department=department)


@pytest.fixture
def staff(department):
    return make.user("amt", role="staff", department=department)


@pytest.fixture
def clerk(department):
    return make.user("kim", role="staff", department=department, first_name="Kim", last_name="Probe")


@pytest.fixture
def council(municipality):
    return make.user("rat", role="council")


@pytest.fixture
def sign_in(client):
    def as_(user):
        client.force_login(user)
        return client

    return as_


@pytest.fixture
def program(coordinator):
    return Program(coordinator)
