from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.completing.completion import PROOF_MAX_MB, complete_task
from ozg_tracker.training.models import Completion
from tests import make
from tests.training import made

NOW = "2026-03-02T11:00:00+00:00"
TODAY = date(2026, 3, 2)
PDF, PNG, JPEG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n...", b"\xff\xd8\xff\xe0..."
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person():
    return make.user("amt", Role.STAFF, department=make.department("Bürgerbüro"))


def test_the_person_marks_a_training_done(person):
    completion = complete_task(made.task(person), by=person, completed_on=date(2026, 2, 27))
    assert (completion.task.completed_on, completion.recorded_at, bool(completion.proof)) == (
        date(2026, 2, 27),
        datetime(2026, 3, 2, 11, tzinfo=UTC),
        False,
    )


def test_nobody_reports_it_for_somebody_else(person):
    task = made.task(person)
    manager = make.user("leitung", Role.MANAGER, department=person.memberships.get().department)
    neighbour = make.user("fremd", Role.COORDINATOR, municipality=make.municipality("Neustadt", ars="159990020020"))
    others = (make.user("koordination"), make.user("kollegin", Role.STAFF), make.user("rat", Role.COUNCIL))
    for stranger in (manager, neighbour, *others):
        with pytest.raises(PermissionDenied, match="nur die Person selbst"):
            complete_task(task, by=stranger, completed_on=TODAY)
    assert Completion.objects.count() == 0


def test_nothing_is_done_in_the_future_or_twice(person):
    task = made.task(person)
    with pytest.raises(ValidationError) as refused:
        complete_task(task, by=person, completed_on=date(2026, 3, 3))
    assert made.code(refused) == "in_the_future"
    complete_task(task, by=person, completed_on=TODAY)
    with pytest.raises(ValidationError) as refused:
        complete_task(task, by=person, completed_on=TODAY)
    assert made.code(refused) == "already_done"
    assert Completion.objects.count() == 1


@pytest.mark.parametrize(("content", "ending"), [(PDF, "pdf"), (PNG, "png"), (JPEG, "jpg")])
def test_a_proof_is_kept_whole_under_a_name_of_our_own_outside_what_is_served(person, settings, content, ending):
    proof = ContentFile(content, name="../../Müller Zeugnis.exe")
    stored = complete_task(made.task(person), by=person, completed_on=TODAY, proof=proof).proof
    assert stored.read() == content
    stored.close()
    assert Path(stored.name).suffix == f".{ending}"
    assert "Zeugnis" not in stored.name
    assert Path(settings.MEDIA_ROOT).resolve() in Path(stored.path).resolve().parents
    assert Path(settings.STATIC_ROOT).resolve() not in Path(stored.path).resolve().parents


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html>%PDF-", "wrong_kind"),
        (b"MZ\x90\x00", "wrong_kind"),
        (b"", "wrong_kind"),
        (PDF + b"x" * PROOF_MAX_MB * 1024 * 1024, "too_large"),
    ],
)
def test_another_kind_or_too_large_a_file_stores_nothing(person, settings, content, code):
    with pytest.raises(ValidationError) as refused:
        complete_task(made.task(person), by=person, completed_on=TODAY, proof=BytesIO(content))
    assert made.code(refused) == code
    assert Completion.objects.count() == 0
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.*"))
