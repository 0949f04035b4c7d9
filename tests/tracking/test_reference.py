from datetime import date

import pytest

from ozg_tracker.tracking.models import Deadline, ScopeProfile, ScopeRule
from ozg_tracker.tracking.reference import load_reference, read_lines

pytestmark = pytest.mark.django_db


def test_a_fresh_database_has_the_deadlines_of_the_law_with_their_source():
    deadlines = Deadline.objects.filter(municipality=None).values_list("date", "scope")
    assert list(deadlines) == [(date(2022, 12, 31), "all"), (date(2023, 12, 12), "sdg")]
    assert all("https://" in source for source in Deadline.objects.values_list("source", flat=True))


def test_a_fresh_database_has_a_profile_for_each_kind_that_says_whose_suggestion_it_is():
    profiles = ScopeProfile.objects.all()
    assert [profile.kind for profile in profiles] == ["kreisangehoerig", "kreisfrei", "landkreis"]
    assert all("Eigener Vorschlag" in profile.source for profile in profiles)
    lines = sum(len(list(read_lines(name))) for name in ("types.csv", "bundles.csv", "objects.csv"))
    assert ScopeRule.objects.count() == 3 * lines


def test_loading_again_adds_nothing_and_keeps_what_an_operator_changed():
    Deadline.objects.filter(date=date(2022, 12, 31)).update(source="eigene Quelle")
    before = Deadline.objects.count(), ScopeProfile.objects.count(), ScopeRule.objects.count()
    load_reference()
    assert (Deadline.objects.count(), ScopeProfile.objects.count(), ScopeRule.objects.count()) == before
    assert Deadline.objects.filter(source="eigene Quelle").count() == 1


def test_every_rule_of_ours_says_that_it_is_an_assumption():
    sources = ScopeRule.objects.order_by().values_list("source", flat=True).distinct()
    assert list(sources) == ["eigene Annahme des OZG-Trackers, keine amtliche Quelle"]
