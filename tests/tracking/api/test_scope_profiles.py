"""Scope profiles through the API: read in versions, previewed, and made anew by whoever keeps the catalogue."""

import pytest

from ozg_tracker.tracking.models import MunicipalService, ScopeProfile
from tests import make
from tests.api.programs import as_role

pytestmark = pytest.mark.django_db
KIND = "kreisangehoerig"
DISTRICT = {"criterion": "ozg_id", "value": "10041", "responsibility": "district", "reason": "Kreis", "source": "§ 1"}


@pytest.fixture
def operator():
    make.row(responsibility="unclear")
    return as_role("operator")


def body(**other):
    return {"kind": KIND, "seen": 1, "reason": "Landesrecht", "rules": [DISTRICT], **other}


def refused(answer):
    return answer.status_code, [(each["field"], each["code"]) for each in answer.json()["errors"]]


def test_each_kind_has_its_version_in_force_and_a_version_its_rules(operator):
    rows = operator.read("scope-profiles/").json()["results"]
    assert sorted((row["kind"], row["version"], row["in_force"]) for row in rows) == [
        ("kreisangehoerig", 1, True),
        ("kreisfrei", 1, True),
        ("landkreis", 1, True),
    ]
    [ours] = operator.read("scope-profiles/", kind=KIND).json()["results"]
    rules = operator.read(f"scope-profiles/{ours['id']}/").json()["rules"]
    assert len(rules) == ScopeProfile.objects.get(pk=ours["id"]).rules.count()
    assert set(rules[0]) == {"criterion", "value", "responsibility", "reason", "source"}


def test_a_dry_run_says_what_would_be_suggested_and_makes_nothing(operator):
    [row] = MunicipalService.objects.all()
    answer = operator.send("scope-profiles/", body(dry_run=True))
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "services": 1,
            "undecided": [row.pk],
            "decided": [],
            "undecided_everywhere": 1,
            "decided_everywhere": 0,
        },
    )
    assert ScopeProfile.objects.filter(kind=KIND).count() == 1


def test_a_new_version_holds_with_who_and_why_and_the_old_one_comes_back_by_its_id(operator):
    first = ScopeProfile.objects.get(kind=KIND)
    made = operator.send("scope-profiles/", body())
    assert made.status_code == 201
    said = {name: made.json()[name] for name in ("version", "by", "reason", "in_force")}
    assert said == {"version": 2, "by": "operator", "reason": "Landesrecht", "in_force": True}
    assert DISTRICT in made.json()["rules"]
    back = operator.send("scope-profiles/", {"kind": KIND, "seen": 2, "reason": "doch nicht", "back_to": first.pk})
    assert (back.status_code, back.json()["version"], DISTRICT in back.json()["rules"]) == (201, 3, False)


def test_a_rule_is_struck_out_by_null(operator):
    operator.send("scope-profiles/", body())
    struck = {"criterion": "ozg_id", "value": "10041", "responsibility": None}
    made = operator.send("scope-profiles/", body(seen=2, rules=[struck]))
    assert [each for each in made.json()["rules"] if each["value"] == "10041"] == []


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (body(seen=7), [(None, "conflict")]),
        (body(rules=[]), [(None, "nothing_to_do")]),
        (body(rules=[DISTRICT | {"value": "99999"}]), [(None, "unknown_bundle")]),
        (body(rules=[DISTRICT | {"responsibility": "moon"}]), [("rules.0.responsibility", "invalid_choice")]),
        (body(back_to=10**9), [("back_to", "does_not_exist")]),
        (body(kind="dorf"), [("kind", "invalid_choice")]),
    ],
)
def test_what_cannot_be_is_refused_and_no_version_made(sent, errors, operator):
    assert refused(operator.send("scope-profiles/", sent)) == (400, errors)
    assert ScopeProfile.objects.filter(kind=KIND).count() == 1


def test_whoever_does_not_keep_the_catalogue_changes_nothing(operator):
    make.municipality("Nachbarstadt", "159990010020")
    for role in ("coordinator", "manager", "staff", "council"):
        department = make.department() if role == "manager" else None
        assert as_role(role, department).send("scope-profiles/", body()).status_code == 403
    assert ScopeProfile.objects.filter(kind=KIND).count() == 1
