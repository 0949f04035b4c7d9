"""Whether a municipality's editions are open: who says so, with which words, and what is kept of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ozg_tracker.accounts.models import JournalEntry, Role
from reports.models import Publication
from reports.publishing.make_public import end_public, make_public, publication_of
from reports.publishing.shown import open_publication
from tests import make
from tests.reports.publishing.public import SAID, opened

pytestmark = pytest.mark.django_db


def refused(deed, *args, **said):
    with pytest.raises(ValidationError) as caught:
        deed(*args, **said)
    error = caught.value
    return (
        {name: each[0].code for name, each in error.error_dict.items()} if hasattr(error, "error_dict") else error.code
    )


def test_nothing_is_open_before_the_coordination_says_so(coordinator):
    assert open_publication(make.ARS) is None
    opened(coordinator)
    assert open_publication(make.ARS).publisher == SAID["publisher"]


def test_it_ends_and_begins_again_and_everything_said_is_kept(coordinator):
    municipality = make.municipality()
    opened(coordinator)
    end_public(municipality, coordinator, reason="Prüfung des Datenschutzes")
    assert open_publication(make.ARS) is None
    opened(coordinator, licence="cc-by/4.0")
    kept = Publication.objects.values_list("public", "licence", "reason")
    assert list(kept) == [
        (True, "cc-by/4.0", SAID["reason"]),
        (False, "", "Prüfung des Datenschutzes"),
        (True, "dl-by-de/2.0", SAID["reason"]),
    ]
    told = JournalEntry.objects.filter(about="Öffentliche Berichte").order_by("id")
    assert [(each.before.get("public"), each.after.get("public"), each.reason) for each in told] == [
        ("no", "yes", SAID["reason"]),
        ("yes", "no", "Prüfung des Datenschutzes"),
        ("no", "yes", SAID["reason"]),
    ]


def test_what_changes_nothing_is_not_written(coordinator):
    assert opened(coordinator) == opened(coordinator, reason="noch einmal")
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.COUNCIL, Role.OPERATOR])
def test_only_the_coordination_decides(role, department):
    person = make.user("jemand", role, department=department if role in (Role.MANAGER, Role.STAFF) else None)
    assert refused(make_public, make.municipality(), person, **SAID) == "not_allowed"
    assert refused(end_public, make.municipality(), person, reason="x") == "not_allowed"
    assert Publication.objects.count() == 0


def test_the_coordination_of_another_municipality_decides_nothing_here(coordinator):
    other = make.municipality("Nachbarstadt", "159990010020")
    assert refused(make_public, other, coordinator, **SAID) == "not_allowed"


def test_what_is_missing_is_told_by_field_and_nothing_is_written(coordinator):
    said = {"licence": "alle Rechte", "publisher": " ", "mail": "digital", "contributor": "http://example.org/x"}
    assert refused(make_public, make.municipality(), coordinator, **(SAID | said)) == {
        "licence": "invalid_choice",
        "publisher": "required",
        "mail": "invalid",
        "contributor": "invalid",
    }
    assert refused(make_public, make.municipality(), coordinator, **(SAID | {"reason": " "})) == {
        "reason": "reason_required"
    }
    assert Publication.objects.count() == 0


def test_the_address_of_an_account_does_not_become_public(coordinator):
    make.user("amt", Role.STAFF, email="kim.probe@musterstadt.example")
    said = SAID | {"mail": "Kim.Probe@musterstadt.example"}
    assert refused(make_public, make.municipality(), coordinator, **said) == {"mail": "personal"}


def test_what_is_not_open_cannot_end(coordinator):
    assert refused(end_public, make.municipality(), coordinator, reason="x") == "not_public"


def test_of_two_who_decide_at_once_the_second_is_told(coordinator):
    municipality = make.municipality()
    first = opened(coordinator, seen=0)
    assert refused(make_public, municipality, coordinator, **SAID, seen=0) == "changed_meanwhile"
    assert end_public(municipality, coordinator, reason="x", seen=first.pk).public is False
    assert refused(make_public, municipality, coordinator, **SAID, seen=first.pk) == "changed_meanwhile"
    assert publication_of(municipality).public is False


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_what_was_said_stays(coordinator, deed):
    made = opened(coordinator)
    rows = Publication.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError, match="Eine Veröffentlichung bleibt, wie sie ist"), transaction.atomic():
        rows.update(public=False) if deed == "update" else rows._raw_delete(rows.db)
    assert open_publication(make.ARS) == made


def test_the_database_takes_nothing_open_without_licence_and_office(coordinator):
    bare = {"municipality": make.municipality(), "public": True, "reason": "x", "by": coordinator}
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(**bare, recorded_at="2026-01-01T10:00Z")
