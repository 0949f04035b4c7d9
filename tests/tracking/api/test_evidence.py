"""The public directory is taken in through the API as on the page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ozg_tracker.tracking.models import Evidence
from tests import make
from tests.api.programs import API, as_role

pytestmark = pytest.mark.django_db
HEAD = "leika_key;ars_name;ars;url;online_status;aktiv;datenstand_pvog_import\n"


@pytest.fixture
def row():
    return make.row(make.service("99102013104000"), level=3)


def send(program, content, **more):
    file = SimpleUploadedFile("pvog.csv", content.encode())
    return program.post(f"{API}/evidence/import/", {"file": file, "municipality": make.municipality().pk, **more})


def line(ars=make.ARS):
    return f"99102013104000;x;{ars};https://service.example.invalid/a;ok;ja;2026-11-23"


def test_a_dry_run_compares_and_keeps_nothing_and_the_same_file_again_adds_nothing(row):
    program = as_role("coordinator")
    counts = {"rows": 1, "matched": 1, "unknown_key": 0, "other_area": 0}
    counts |= {"agree": 1, "claimed_not_public": 0, "public_not_claimed": 0}
    assert send(program, HEAD + line(), dry_run=True).json() == counts
    assert Evidence.objects.count() == 0
    for _twice in range(2):
        assert send(program, HEAD + line()).json() == counts
    assert [(each.row, each.online, each.origin) for each in Evidence.objects.all()] == [(row, True, "pvog.csv")]


@pytest.mark.parametrize(
    ("content", "code"),
    [("a;b\n1;2\n", "missing_column"), (HEAD, "no_rows"), (HEAD + line("159990010020"), "other_municipality")],
)
def test_a_file_that_says_nothing_of_us_is_refused(content, code, row):
    answer = send(as_role("coordinator"), content)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("role", ["operator", "manager", "staff", "council"])
def test_the_coordination_alone_takes_in(role, row):
    department = make.department() if role == "manager" else None
    assert send(as_role(role, department), HEAD + line()).status_code == 403
    assert Evidence.objects.count() == 0
