"""A clock that is wrong writes nothing that could never be undone."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import ModuleType

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from ozg_tracker.jobs.due import run_due_jobs
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.responsibility.municipality import add_municipality
from ozg_tracker.tracking.rows.clock import AHEAD, BEHIND, WrongClock, refuse_wrong
from ozg_tracker.tracking.rows.status import change_status
from reports.editions.freeze import freeze_edition
from reports.models import Edition
from tests import make

pytestmark = pytest.mark.django_db
EVENT = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture
def row():
    made = make.row(recorded_at=datetime(2026, 1, 10, tzinfo=UTC))
    make.event(made, recorded_at=EVENT, source=Source.PAGE)
    MunicipalService.objects.update(version=2)
    made.refresh_from_db()
    return made


def change(row):
    return change_status(
        row, {"level": make.level(2)}, seen_version=2, by=None, reason="", effective_on=date(2026, 1, 15)
    )


def freeze(row):
    return freeze_edition(row.municipality, date(2026, 1, 1))


def add(row):
    return add_municipality(ars="150830270270", name="Haldensleben", kind="kreisangehoerig")


def wrong_clocks():
    real = datetime.now(tz=UTC)
    return [
        (real + timedelta(days=400), "geht vor"),
        (EVENT - timedelta(hours=1), "letzte Änderung wurde aber am 02.03.2026"),
    ]


@pytest.mark.parametrize("deed", [change, freeze, add])
@pytest.mark.parametrize("which", [0, 1])
def test_with_a_wrong_clock_nothing_is_written(row, deed, which):
    moment, sentence = wrong_clocks()[which]
    before = StatusChange.objects.count()
    with time_machine.travel(moment, tick=False), pytest.raises(ValidationError, match=sentence) as refused:
        deed(row)
    assert (refused.value.code, StatusChange.objects.count(), Edition.objects.count()) == ("wrong_clock", before, 0)


def test_a_clock_within_bounds_is_trusted(row):
    real = timezone.now()
    refuse_wrong(real + AHEAD - timedelta(minutes=1))
    refuse_wrong(EVENT - BEHIND)
    for wrong in (real + AHEAD + timedelta(minutes=1), EVENT - BEHIND - timedelta(seconds=1)):
        with pytest.raises(WrongClock):
            refuse_wrong(wrong)


def test_no_job_runs_by_a_wrong_clock(row):
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        outcome = run_due_jobs()
    assert [each["job"] for each in outcome["failures"]] == [
        "effective",
        "assigned",
        "deleted",
        "frozen",
        "drawn",
        "compared",
        "reminded",
    ]
    assert "geht vor" in outcome["failures"][0]["message"]
    assert Edition.objects.count() == 0


def test_a_page_says_so_and_nothing_is_lost(row, client):
    client.force_login(make.user())
    with time_machine.travel(EVENT - timedelta(days=1), tick=False):
        form = {"level": make.level(2).pk, "responsibility": "municipality", "state": "open", "version": 2}
        answer = client.post(f"/leistungen/{row.pk}/", form | {"effective_on": "2026-02-01", "reason": "geprüft"})
    assert ("Bitte stellen Sie die Uhr" in answer.text, answer.status_code < 500) == (True, True)
    assert StatusChange.objects.count() == 2


def test_a_page_that_has_no_place_for_the_sentence_shows_it_instead_of_an_error(row, client):
    def tells(request, **kwargs):
        refuse_wrong(EVENT - timedelta(days=1))

    client.force_login(make.user())
    with override_settings(ROOT_URLCONF=_urls(tells)):
        answer = client.get("/hier/")
    assert (answer.status_code, "Bitte stellen Sie die Uhr" in answer.text) == (503, True)


def _urls(view):
    module = ModuleType("urls_with_a_page_more")
    module.urlpatterns = [path("hier/", view), *import_module("ozg_tracker.urls").urlpatterns]
    return module
