"""Making reports public by a program: the same deeds, the same refusals."""

import pytest

from reports.models import Publication
from tests import make
from tests.reports.publishing.public import HOME, SAID

pytestmark = pytest.mark.django_db


def test_a_program_opens_reads_and_ends_it(program):
    municipality = make.municipality().pk
    assert program.read("editions/publishing/", municipality=municipality).json() == {
        "public": False,
        "path": HOME,
        "history": [],
    }
    asked = SAID | {"municipality": municipality, "public": True, "seen": 0}
    told = program.change("editions/publishing/", asked).json()
    assert (told["public"], told["history"][0]["licence"]) == (True, "dl-by-de/2.0")
    late = program.change("editions/publishing/", asked | {"licence": "cc-by/4.0"})
    assert (late.status_code, "Inzwischen" in late.json()["errors"][0]["message"]) == (400, True)
    ended = program.change(
        "editions/publishing/", {"municipality": municipality, "public": False, "reason": "x"}
    ).json()
    assert (ended["public"], [each["public"] for each in ended["history"]]) == (False, [False, True])


def test_what_is_missing_is_told_by_field(program):
    asked = {"municipality": make.municipality().pk, "public": True, "reason": "x"}
    answer = program.change("editions/publishing/", asked)
    assert (answer.status_code, sorted(each["field"] for each in answer.json()["errors"])) == (
        400,
        ["licence", "mail", "publisher"],
    )
    assert Publication.objects.count() == 0
