import pytest

from ozg_tracker.tracking.models import Responsibility
from ozg_tracker.tracking.reference import read_lines
from ozg_tracker.tracking.responsibility.suggesting import Rule, Scope, scope_of

OURS, DISTRICT, STATE, FEDERATION, UNCLEAR = (
    Responsibility.MUNICIPALITY,
    Responsibility.DISTRICT,
    Responsibility.STATE,
    Responsibility.FEDERATION,
    Responsibility.UNCLEAR,
)


def rules(**by_value):
    return {value: Rule(responsibility, f"weil {value}", "Landesrecht") for value, responsibility in by_value.items()}


SCOPE = Scope(
    types=rules(**{"1": FEDERATION, "2a": STATE, "2/3": UNCLEAR, "5": OURS}),
    bundles=rules(**{"10119": OURS, "10169": DISTRICT, "10551": STATE}),
    objects=rules(**{"99050012": OURS}),
)


@pytest.mark.parametrize(
    ("types", "key", "bundles", "suggested"),
    [
        ("2/3", None, ["10119"], OURS),
        ("2/3", None, ["10169"], DISTRICT),
        ("5", None, ["10169"], DISTRICT),
        ("1", None, ["10119"], FEDERATION),
        ("1;2a", None, ["10119"], STATE),
        ("1;2/3", None, ["10119"], OURS),
        ("2/3", None, ["10551", "10169", "10119"], OURS),
        ("2/3", "99050012104000", ["10551"], OURS),
        ("1", "99050012104000", [], FEDERATION),
        ("5", None, ["99999"], OURS),
        ("2/3", None, [], UNCLEAR),
        ("", None, [], UNCLEAR),
        ("77", None, ["10551"], STATE),
    ],
)
def test_a_suggestion_follows_type_object_and_bundle(types, key, bundles, suggested):
    assert SCOPE.suggest(types, key, bundles).responsibility == suggested


def test_a_suggestion_says_why_and_where_that_comes_from():
    assert SCOPE.suggest("2/3", None, ["10169"]) == Rule(DISTRICT, "weil 10169", "Landesrecht")
    assert SCOPE.suggest("", None, []) == Rule(UNCLEAR, "", "")


@pytest.mark.django_db
def test_each_kind_has_its_profile_and_they_differ_where_they_should():
    kinds = ("kreisangehoerig", "kreisfrei", "landkreis")
    municipality, city, district = (scope_of(kind) for kind in kinds)
    passport, driving_licence, court = "10177", "10169", "10551"
    assert [scope.bundles[passport].responsibility for scope in (municipality, city, district)] == [
        OURS,
        OURS,
        Responsibility.NOT_OFFERED,
    ]
    assert [scope.bundles[driving_licence].responsibility for scope in (municipality, city, district)] == [
        DISTRICT,
        OURS,
        OURS,
    ]
    assert [scope.bundles[court].responsibility for scope in (municipality, city, district)] == [STATE, STATE, STATE]


def test_every_line_of_a_profile_has_a_reason_and_names_its_criterion_once():
    for name, column in (("types.csv", "Typ"), ("bundles.csv", "OZG-ID"), ("objects.csv", "Leistungsobjekt")):
        lines = list(read_lines(name))
        values = [line[column] for line in lines]
        assert values == sorted(set(values))
        assert all(line["Begründung"] and line["Vollzug"] for line in lines)
