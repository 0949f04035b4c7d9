"""The goal of the year in a month's figures: as it was known then, and how it is told."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from reports import canonical
from reports.editions.freeze import freeze_edition, would_differ
from reports.editions.verifying.verify import verify_history
from reports.figures.compute import compute
from reports.figures.goal import goal_of
from reports.goals.set_goal import set_goal, withdraw_goal
from reports.models import Edition
from reports.telling.content import preview
from reports.telling.promises import goal
from tests import make
from tests.reports.sample import sample

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 12, 2, 9, tzinfo=UTC)
NOVEMBER = date(2022, 11, 1)
DECIDED = "Ratsbeschluss vom 12.03.2022"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def row():
    make.row(make.service("99107000000002"), level=1)
    return make.row(make.service("99107000000001"), level=3)


def person():
    return make.User.objects.filter(username="koordination").first() or make.user()


def wanted(row, target=8, year=2022, decided=DECIDED):
    return set_goal(row.municipality, person(), year=year, target=target, decided=decided, reason="Haushalt")


def told(target, ready, month=NOVEMBER):
    left, missing = 12 - month.month, max(target - ready, 0)
    needed = {"numerator": missing, "denominator": left} if left and missing else None
    return {
        "year": 2022,
        "target": target,
        "ready": ready,
        "missing": missing,
        "months_left": left,
        "needed_per_month": needed,
        "decided": DECIDED,
    }


def test_the_goal_of_the_month_s_year_stands_beside_what_is_ready(row):
    assert compute(row.municipality, NOVEMBER, NOW)["goal"] is None
    wanted(row, year=2023)
    assert compute(row.municipality, NOVEMBER, NOW)["goal"] is None
    wanted(row)
    assert (
        compute(row.municipality, NOVEMBER, NOW)["goal"]
        == told(8, 1)
        == {
            "year": 2022,
            "target": 8,
            "ready": 1,
            "missing": 7,
            "months_left": 1,
            "needed_per_month": {"numerator": 7, "denominator": 1},
            "decided": DECIDED,
        }
    )


def test_it_is_the_goal_that_was_known_then(row, clock):
    wanted(row, 8)
    clock.shift(60)
    wanted(row, 9)
    clock.shift(60)
    withdraw_goal(row.municipality, person(), year=2022, reason="aufgehoben")
    known = [datetime(2022, 12, 2, 8, 59, tzinfo=UTC), *(datetime(2022, 12, 2, 9, n, tzinfo=UTC) for n in (0, 1, 2))]
    found = [goal_of(row.municipality_id, NOVEMBER, each, 1) for each in known]
    assert found == [None, told(8, 1), told(9, 1), None]


def test_another_municipality_has_its_own_goal(row):
    other = make.municipality("Nachbarstadt", "159990010020")
    set_goal(other, make.user("nachbar", municipality=other), year=2022, target=5, decided="x", reason="y")
    assert goal_of(row.municipality_id, NOVEMBER, NOW, 1) is None


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (told(180, 173, date(2022, 8, 1)), "fehlen 7; nötig sind 1,8 je Monat."),
        (told(180, 179, date(2022, 11, 1)), "fehlt 1; nötig ist 1 je Monat. Bis Jahresende ist 1 zugesagt."),
        (told(180, 173, date(2022, 10, 1)), "fehlen 7; nötig sind 3,5 je Monat. Bis Jahresende ist 1 zugesagt."),
    ],
)
def test_what_is_missing_is_told_with_the_pace_it_needs(figures, words):
    said = goal(sample() | {"goal": figures})
    assert said == f"Zum Jahresziel 2022, 180 fertige Leistungen ({DECIDED}), {words}"


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (told(180, 173, date(2022, 12, 1)), "ist verfehlt: Es fehlen 7."),
        (told(180, 179, date(2022, 12, 1)), "ist verfehlt: Es fehlt 1."),
        (told(180, 180, date(2022, 12, 1)), "ist genau erreicht."),
        (told(180, 183, date(2022, 11, 1)), "ist erreicht: Es sind 3 mehr."),
    ],
)
def test_what_is_reached_or_missed_is_told_with_by_how_many(figures, words):
    assert goal(sample() | {"goal": figures}) == f"Das Jahresziel 2022, 180 fertige Leistungen ({DECIDED}), {words}"


def test_where_no_goal_holds_nothing_is_said():
    figures = sample()
    assert (goal(figures), preview(figures).answers.goal) == ("", "")
    del figures["goal"]
    assert preview(figures).answers.goal == ""


def test_an_edition_stays_true_when_the_goal_changes_and_its_correction_names_it(row, clock):
    wanted(row, 8)
    made = freeze_edition(row.municipality, NOVEMBER)
    clock.shift(3600)
    wanted(row, 9)
    assert verify_history()["differences"] == []
    assert would_differ(made) == [
        "Jahresziel, Ziel: 9 statt 8",
        "Jahresziel, fehlend: 8 statt 7",
        "Jahresziel, nötig je Monat, Zähler: 8 statt 7",
    ]
    clock.shift(3600)
    withdraw_goal(row.municipality, person(), year=2022, reason="aufgehoben")
    assert would_differ(made) == [f"Jahresziel: keine Angabe statt 8, {DECIDED}"]


def test_a_goal_that_another_goal_says_is_found_by_the_history(row):
    wanted(row, 8)
    made = freeze_edition(row.municipality, NOVEMBER)
    figures = canonical.loads(made.figures)
    figures["goal"]["target"] = 7
    text = canonical.dumps(figures)
    spoilt = Edition(municipality=made.municipality, month=NOVEMBER, known_at=made.known_at, figures=text)
    assert would_differ(spoilt) == ["Jahresziel, Ziel: 8 statt 7"]


def test_an_edition_of_before_stays_valid_and_says_nothing_of_it(row, clock):
    made = freeze_edition(row.municipality, NOVEMBER)
    before = {name: said for name, said in canonical.loads(made.figures).items() if name != "goal"}
    text = canonical.dumps(before)
    again = {"municipality": made.municipality, "known_at": made.known_at, "catalogue_import": made.catalogue_import}
    old = Edition(**again, month=NOVEMBER, number=9, figures=text, sha256=canonical.digest(text))
    clock.shift(3600)
    wanted(row)
    assert would_differ(old) == []
    assert would_differ(made) == [f"Jahresziel: 8, {DECIDED} statt keine Angabe"]
