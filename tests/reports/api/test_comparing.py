"""The comparison by a program: the same figures, the same deeds, the same refusals."""

import pytest

from ozg_tracker.accounts.models import Role
from reports.comparing.compute_months import compute_due_months
from reports.models import ComparisonAgreement
from tests import make
from tests.reports.comparing.several import DUE, OCTOBER, members

pytestmark = pytest.mark.django_db


def test_a_program_reads_quartiles_and_its_own_fractions(program):
    members(10, 20, 30, 40, 50, 60)
    compute_due_months(DUE[OCTOBER])
    told = program.read("comparisons/", municipality=make.municipality().pk).json()
    line = {"numerator": 10, "denominator": 100, "lower": 23, "median": 35, "upper": 48}
    lines = [{"figure": figure} | line for figure in ("services_ready", "bundles_online", "bundles_complete")]
    assert (told["agreed"], told["months"], told["month"]) == (True, ["2022-10"], "2022-10")
    assert told["groups"] == [
        {"grouping": "kind", "name": "kreisangehoerig", "members": 6, "lines": lines},
        {"grouping": "size", "name": "to_299", "members": 6, "lines": lines},
    ]


def test_too_few_are_not_told(program):
    members(10, 20, 30)
    compute_due_months(DUE[OCTOBER])
    told = program.read("comparisons/", municipality=make.municipality().pk, month="2022-10").json()
    assert [(each["members"], each["lines"][0]["median"]) for each in told["groups"]] == [(None, None)] * 2
    assert program.read("comparisons/", municipality=make.municipality().pk, month="2022-09").status_code == 404


def test_a_program_agrees_and_ends_it(program):
    municipality = make.municipality().pk
    first = program.read("comparisons/", municipality=municipality).json()
    assert first == {"agreed": False, "seen": 0, "months": [], "month": None, "groups": []}
    asked = {"municipality": municipality, "agreed": True, "reason": "Beschluss", "seen": 0}
    told = program.send("comparisons/", asked).json()
    assert (told["agreed"], told["seen"]) == (True, ComparisonAgreement.objects.get().pk)
    late = program.send("comparisons/", asked | {"agreed": False})
    assert (late.status_code, "Inzwischen" in late.json()["errors"][0]["message"]) == (400, True)
    ended = program.send("comparisons/", asked | {"agreed": False, "seen": told["seen"]}).json()
    assert ended["agreed"] is False


def test_the_council_reads_and_does_not_decide(client):
    council = make.user("rat", Role.COUNCIL)
    client.force_login(council)
    municipality = make.municipality().pk
    assert client.get(f"/api/v1/comparisons/?municipality={municipality}").status_code == 200
    asked = {"municipality": municipality, "agreed": True, "reason": "x"}
    assert client.post("/api/v1/comparisons/", asked, content_type="application/json").status_code == 403
