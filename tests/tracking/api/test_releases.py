"""Programs load a release, look at it first, take it back, and hear what changed since."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from catalog.models import CatalogueImport, Service
from ozg_tracker.accounts.models import Role
from tests import make
from tests.api.programs import API, as_role
from tests.catalog.files import row
from tests.tracking.api.loading import SPOILT, TWO, described, load

pytestmark = pytest.mark.django_db


def test_a_release_is_loaded_by_whom_and_under_which_name(program, coordinator):
    answer = load(program, TWO, release="2026-10")
    made = CatalogueImport.objects.get()
    assert (answer.status_code, answer.json()["import"], answer.json()["services"]["new"]) == (201, made.pk, 2)
    assert (made.release.label, made.file_name, made.by) == ("2026-10", "katalog.csv", coordinator)
    assert described("catalogue-imports/", "post", 201, answer.json())


def test_what_says_nothing_new_makes_no_import(program):
    load(program, TWO)
    answer = load(program, TWO)
    assert (answer.status_code, answer.json()["import"], answer.json()["applied"]) == (200, None, True)
    assert CatalogueImport.objects.count() == 1


def test_a_refused_file_is_a_problem_with_every_place(program):
    answer = load(program, [*TWO, SPOILT])
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    body = answer.json()
    assert [(each["field"], each["code"]) for each in body["errors"]] == [("file", "invalid_key")]
    assert [(each["row"], each["column"], each["code"]) for each in body["problems"]] == [
        (4, "LeiKa-Schlüssel", "invalid_key")
    ]
    assert not CatalogueImport.objects.exists()


def test_wrong_rows_can_be_left_out_and_stay_with_the_import(program):
    made = load(program, [*TWO, SPOILT], skip_errors=True).json()["import"]
    problems = program.read(f"catalogue-imports/{made}/problems/").json()
    assert [(each["row"], each["severity"], each["code"]) for each in problems["results"]] == [
        (4, "error", "invalid_key")
    ]
    assert described("catalogue-imports/{catalogue_import}/problems/", "get", 200, problems)
    assert program.read("catalogue-imports/999999/problems/").status_code == 404


def test_a_file_that_is_none_is_a_problem(program):
    answer = load(program, b"PK\x03\x04 abgeschnitten", "katalog.xlsx")
    assert [each["code"] for each in answer.json()["errors"]] == ["unreadable_file"]


def test_a_dry_run_is_kept_and_applied_later_with_what_was_decided(program, settings):
    answer = load(program, [*TWO, SPOILT], release="2026-10", dry_run=True)
    seen = answer.json()
    assert (answer.status_code, seen["applied"], seen["would_apply"], seen["import"]) == (200, False, False, None)
    assert described("catalogue-imports/", "post", 200, seen)
    assert not CatalogueImport.objects.exists()
    assert program.send("catalogue-imports/apply/", {"pending": seen["pending"]}).status_code == 400
    applied = program.send("catalogue-imports/apply/", {"pending": seen["pending"], "skip_errors": True})
    assert (applied.status_code, applied.json()["release"]) == (201, "2026-10")
    again = program.send("catalogue-imports/apply/", {"pending": seen["pending"]})
    assert [each["code"] for each in again.json()["errors"]] == ["does_not_exist"]
    assert [each for each in (settings.MEDIA_ROOT / "uploads").rglob("*") if each.is_file()] == []


def test_nobody_applies_what_another_person_looked_at_or_is_a_day_old(program):
    pending = load(program, TWO, dry_run=True).json()["pending"]
    operator = as_role(Role.OPERATOR)
    assert operator.send("catalogue-imports/apply/", {"pending": pending}).status_code == 400
    assert program.send("catalogue-imports/apply/", {"pending": pending[:-1] + "x"}).status_code == 400
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert program.send("catalogue-imports/apply/", {"pending": pending}).status_code == 400
    assert program.send("catalogue-imports/apply/", {"pending": pending}).status_code == 201


def test_a_release_is_taken_back_with_a_reason(program, coordinator):
    made = load(program, TWO).json()["import"]
    assert program.send(f"catalogue-imports/{made}/undo/", {"reason": " "}).status_code == 400
    answer = program.send(f"catalogue-imports/{made}/undo/", {"reason": "falsche Datei"})
    undone = CatalogueImport.objects.get(undoes=made)
    assert (answer.status_code, answer.json()["id"], answer.json()["undoes"], answer.json()["reason"]) == (
        *(201, undone.pk, made, "falsche Datei"),
    )
    assert undone.by == coordinator and not Service.objects.filter(retired_on=None).exists()
    again = program.send(f"catalogue-imports/{made}/undo/", {"reason": "noch einmal"})
    assert [each["code"] for each in again.json()["errors"]] == ["undone"]
    assert program.send("catalogue-imports/999999/undo/", {"reason": "x"}).status_code == 404


def test_where_many_municipalities_share_the_catalogue_the_operator_loads(program):
    make.municipality("Anderswo", ars="159990020020")
    answer = load(program, TWO)
    assert answer.status_code == 403 and "Der Betrieb lädt neue Stände" in answer.json()["detail"]
    assert load(as_role(Role.OPERATOR), TWO).status_code == 201


def test_a_file_over_the_limit_is_413(program, settings):
    settings.UPLOAD_MAX_MB = 1
    assert load(program, b"x" * (3 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize("fields", [{"unbekannt": "1"}, {"partial": "vielleicht"}, {"release": "x" * 101}])
def test_a_wrong_field_is_400_and_loads_nothing(program, fields):
    assert load(program, TWO, **fields).status_code == 400
    assert program.post(f"{API}/catalogue-imports/", {"release": "ohne Datei"}).status_code == 400
    assert not CatalogueImport.objects.exists()


def changes(program, since, **query):
    return program.read("services/changes/", since=since, **query)


def test_what_changed_since_a_release_is_told_field_by_field(program):
    first = load(program, [row(), row("99102013010000", "Hundesteuer Befreiung")], release="A").json()["import"]
    load(program, [row(name="Hund anmelden"), TWO[1]], release="B", allow_shrink=True)
    answer = changes(program, "A").json()
    assert described("services/changes/", "get", 200, answer)
    assert answer["until"] == CatalogueImport.objects.latest("pk").pk
    told = {each["key"]: (each["kinds"], each["changes"]) for each in answer["results"]}
    assert told["99102013104000"] == (
        *(["changed", "renamed"], [{"label": "Leistung", "before": "Hundesteuer Anmeldung", "after": "Hund anmelden"}]),
    )
    assert (told["99102013070000"], told["99102013010000"][0]) == ((["new"], []), ["retired"])
    assert changes(program, str(first)).json() == answer
    assert changes(program, "B").json()["results"] == changes(program, str(answer["until"])).json()["results"] == []


def test_changes_come_page_by_page(program):
    load(program, [row()], release="A")
    load(program, [row(), *(row(f"991020130700{n:02d}", f"Leistung {n}") for n in range(5))], release="B")
    address, keys = f"{API}/services/changes/?since=A&page_size=2", []
    while address:
        page = program.get(address).json()
        keys += [each["key"] for each in page["results"]]
        address = page["next"]
    assert keys == [f"991020130700{n:02d}" for n in range(5)]


def test_changes_cost_the_same_queries_for_one_and_for_many(program, django_assert_max_num_queries):
    load(program, [row()], release="A")
    load(program, [row(), *(row(f"991020130700{n:02d}", f"Leistung {n}") for n in range(30))], release="B")
    with django_assert_max_num_queries(15):
        assert len(changes(program, "A").json()["results"]) == 30


@pytest.mark.parametrize("since", ["", "C", "999999", "9" * 30, "²"])
def test_changes_since_what_there_is_not_are_400(program, since):
    load(program, [row()], release="A")
    assert [each["field"] for each in changes(program, since).json()["errors"]] == ["since"]


def test_a_catalogue_that_was_never_loaded_has_no_changes(program):
    assert changes(program, "A").status_code == 400


def test_services_are_searched_as_on_the_page(program):
    load(program, [row(), row("99036008000000", "Kfz Ummeldung", ozg_id="10200")])
    for text, names in (
        ("hund anm", ["Hundesteuer Anmeldung"]),
        ("99 036", ["Kfz Ummeldung"]),
        ("10108", ["Hundesteuer Anmeldung"]),
    ):
        assert [each["name"] for each in program.read("services/", q=text).json()["results"]] == names
