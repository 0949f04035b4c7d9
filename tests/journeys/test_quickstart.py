"""The main job from an empty database, as a newcomer runs it."""

import json
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import CommandError

from ozg_tracker.accounts.demo import demo_sign_ins
from ozg_tracker.accounts.demo_keys import DEMO_ARS
from ozg_tracker.accounts.models import Department, Membership, Municipality
from ozg_tracker.tracking.models import StatusChange
from reports.models import Edition
from tests.reports.described import undescribed

pytestmark = pytest.mark.django_db


def run(command, *args, **options):
    out = StringIO()
    call_command(command, *args, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.fixture
def first_run(tmp_path, settings):
    settings.DEBUG = True
    with time_machine.travel("2026-11-24T10:00:00+01:00"):
        return run("quickstart", no_serve=True, output=tmp_path / "exports"), tmp_path / "exports"


def test_quickstart_does_the_main_job_and_a_second_run_changes_nothing(first_run):
    result, output = first_run
    assert (result["changed"], result["month"], result["editions"]) == (True, "2026-10", 25)
    assert sorted(path.suffix for path in output.iterdir()) == [".csv", ".html", ".json", ".pdf", ".xlsx"]
    assert (output / "sachstandsbericht-2026-10.json").read_text() == Edition.objects.first().figures
    before = {path: path.stat().st_mtime_ns for path in output.iterdir()}
    events = StatusChange.objects.count()
    with time_machine.travel("2026-11-24T11:00:00+01:00"):
        again = run("quickstart", no_serve=True, output=output)
    assert (again["changed"], StatusChange.objects.count()) == (False, events)
    assert {path: path.stat().st_mtime_ns for path in output.iterdir()} == before

    municipality = Municipality.objects.get(ars=DEMO_ARS)
    assert Department.objects.filter(municipality=municipality, parent=None).count() == 3
    assert Membership.objects.filter(municipality=municipality).count() == 12
    assert Edition.objects.latest("id").correction_reason != ""
    assert run("verify_history")["differences"] == []
    training = json.loads(Edition.objects.first().figures)["training"]
    assert training["groups"] == [
        {"group": "übrige", "departments": ["Bauen und Wirtschaft", "Bürgerdienste", "Finanzen und Bildung"]}
        | {"assigned": 10, "completed": None, "completed_at_least": 0, "completed_at_most": 4}
    ]
    assert [undescribed(json.loads(each.figures)) for each in Edition.objects.all()] == [[]] * 25
    assert 300 <= json.loads(Edition.objects.first().figures)["totals"]["relevant"] <= 1300


def test_a_deployment_with_demo_sign_ins_is_refused(first_run, settings):
    settings.DEBUG = False
    assert len(demo_sign_ins()) == 12
    assert "accounts.E001" in [problem.id for problem in run_checks(include_deployment_checks=True)]


def test_quickstart_is_refused_outside_debug(settings, tmp_path):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=True"):
        run("quickstart", no_serve=True, output=tmp_path)
    assert Municipality.objects.count() == 0


def test_quickstart_refuses_a_month_that_has_not_ended(tmp_path, settings):
    settings.DEBUG = True
    with time_machine.travel("2026-11-24T10:00:00+01:00"), pytest.raises(CommandError, match="2026-11"):
        run("quickstart", no_serve=True, output=tmp_path, until=date(2026, 11, 1))
    assert list(tmp_path.iterdir()) == []
