"""A profile changes by a new version with a reason; it suggests, and decides nothing."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from ozg_tracker.tracking import reference
from ozg_tracker.tracking.models import MunicipalService, Responsibility, ScopeProfile, ScopeRule
from ozg_tracker.tracking.responsibility.profiles import (
    back_to,
    change_profile,
    newer_shipped,
    preview,
    rule_differences,
)
from ozg_tracker.tracking.responsibility.suggesting import Rule, RuleLine, profile_of, rules_of, scope_of
from tests import make

pytestmark = pytest.mark.django_db
KIND = "kreisangehoerig"
DISTRICT = Rule(Responsibility.DISTRICT, "Kreisstraßen", "Straßengesetz des Landes")
BUNDLE = RuleLine("ozg_id", "10041")


def test_a_change_is_a_new_version_that_says_who_and_why_and_the_old_one_stays():
    make.bundle()
    operator = make.user("betrieb", "operator")
    before = profile_of(KIND)
    made = change_profile(KIND, {BUNDLE: DISTRICT}, by=operator, reason="Landesrecht")
    assert (made.version, made.by, made.reason, made.shipped, made.complete) == (2, operator, "Landesrecht", None, True)
    assert rule_differences(rules_of(before), rules_of(made)) == [(BUNDLE, rules_of(before).get(BUNDLE), DISTRICT)]
    assert (profile_of(KIND), scope_of(KIND).bundles["10041"]) == (made, DISTRICT)
    assert (profile_of("kreisfrei").version, ScopeProfile.objects.filter(kind=KIND).count()) == (1, 2)


def test_a_line_can_be_struck_out_and_an_old_version_come_back():
    struck = change_profile(KIND, {RuleLine("type_code", "1"): None}, by=None, reason="Prüfung")
    assert "1" not in scope_of(KIND).types
    first = ScopeProfile.objects.get(kind=KIND, version=1)
    made = change_profile(KIND, back_to(first), by=None, reason="doch nicht")
    assert (made.version, rules_of(made)) == (struck.version + 1, rules_of(first))


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({BUNDLE: DISTRICT}, " ", "reason_required"),
        ({BUNDLE: DISTRICT}, "x" * 2001, "too_long"),
        ({}, "x", "nothing_to_do"),
        ({RuleLine("ozg_id", "99999"): DISTRICT}, "x", "unknown_bundle"),
        ({RuleLine("type_code", "77"): DISTRICT}, "x", "unknown_type"),
        ({RuleLine("object_key", "99999999"): DISTRICT}, "x", "unknown_object"),
        ({RuleLine("object_key", "9910"): DISTRICT}, "x", "unknown_object"),
        ({BUNDLE: DISTRICT._replace(source=" ")}, "x", "rule_without_reason"),
        ({BUNDLE: DISTRICT._replace(reason="")}, "x", "rule_without_reason"),
        ({BUNDLE: DISTRICT._replace(reason="x" * 301)}, "x", "too_long"),
    ],
)
def test_nonsense_is_refused_and_no_version_made(changes, reason, code):
    make.service(bundles=[make.bundle()])
    with pytest.raises(ValidationError) as refused:
        change_profile(KIND, changes, by=None, reason=reason)
    assert (refused.value.code, ScopeProfile.objects.filter(kind=KIND).count()) == (code, 1)


def test_who_looked_at_an_older_version_is_told_and_changes_nothing():
    make.bundle()
    change_profile(KIND, {BUNDLE: DISTRICT}, by=None, reason="Landesrecht", seen_version=1)
    with pytest.raises(ValidationError, match="Fassung 2") as refused:
        change_profile(KIND, {BUNDLE: None}, by=None, reason="Landesrecht", seen_version=1)
    assert refused.value.code == "conflict"


def test_a_newer_shipped_version_does_not_replace_an_own_one(monkeypatch, tmp_path):
    own = change_profile(KIND, {RuleLine("type_code", "1"): None}, by=None, reason="Prüfung")
    folder = tmp_path / "scope"
    folder.mkdir()
    for file in (reference.FIXTURES / "scope").iterdir():
        (folder / file.name).write_text(file.read_text("utf-8").replace("version = 1", "version = 2"), "utf-8")
    (tmp_path / "deadlines.toml").write_text((reference.FIXTURES / "deadlines.toml").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(reference, "FIXTURES", tmp_path)
    reference.load_reference()
    reference.load_reference()
    assert profile_of(KIND) == own
    assert (newer_shipped(KIND).version, newer_shipped(KIND).shipped) == (3, 2)
    assert (profile_of("kreisfrei").shipped, newer_shipped("kreisfrei")) == (2, None)


@pytest.mark.parametrize("deed", ["rule", "no_rule", "another_rule", "profile", "no_profile"])
def test_the_database_refuses_to_change_a_version(deed):
    profile = profile_of(KIND)
    rules = ScopeRule.objects.filter(profile=profile)
    deeds = {
        "rule": lambda: rules.filter(ozg_id="10092").update(responsibility="municipality"),
        "no_rule": lambda: rules.filter(ozg_id="10092").delete(),
        "another_rule": lambda: rules.create(
            profile=profile, ozg_id="99999", responsibility="state", reason="x", source="x"
        ),
        "profile": lambda: ScopeProfile.objects.filter(pk=profile.pk).update(reason="anders"),
        "no_profile": lambda: ScopeProfile.objects.filter(pk=profile.pk).delete(),
    }
    with pytest.raises((IntegrityError, DatabaseError), match="bleibt, wie sie ist"), transaction.atomic():
        deeds[deed]()
    assert rules_of(profile_of(KIND)) == rules_of(profile)


def test_a_version_of_a_person_needs_a_reason_and_a_rule_its_source():
    with pytest.raises(IntegrityError, match="profile_has_reason"), transaction.atomic():
        ScopeProfile.objects.create(kind=KIND, version=9, source="x")
    draft = ScopeProfile.objects.create(kind=KIND, version=9, source="x", reason="y")
    with pytest.raises(IntegrityError, match="rule_says_why"), transaction.atomic():
        draft.rules.create(ozg_id="10041", responsibility="state", reason="x", source="")


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_shows_what_would_be_suggested_differently_and_changes_no_row(count, django_assert_max_num_queries):
    rows = [
        make.row(make.service(key=f"99102013{at}04000", name=f"Leistung {at}", types="2/3"), responsibility="unclear")
        for at in range(count)
    ]
    decided = make.row(make.service(key=None, name="Entschieden", types="2/3"), responsibility="not_offered")
    make.row(make.service(key="99102013905000", name="Fremd", types="1"))
    other = make.municipality("Nachbarstadt", "159990010020")
    make.row(rows[0].service, municipality=other, responsibility="unclear")
    before = list(MunicipalService.objects.values())
    with django_assert_max_num_queries(10):
        found = preview(KIND, {BUNDLE: DISTRICT}, make.municipality())
    assert (found.services, found.everywhere) == (count + 1, (count + 1, 1))
    assert [(each.row, each.after) for each in found.undecided] == [(row, DISTRICT) for row in rows]
    assert [each.row for each in found.decided] == [decided]
    assert list(MunicipalService.objects.values()) == before


def test_the_preview_of_another_kind_touches_no_row_of_ours():
    make.row(make.service(types="2/3"), responsibility="unclear")
    found = preview("landkreis", {BUNDLE: DISTRICT}, make.municipality())
    assert (found.services, found.undecided, found.decided, found.everywhere) == (1, [], [], (0, 0))
