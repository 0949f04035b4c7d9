"""What differs is said line by line, in words."""

from reports.editions.what_differs import what_differs
from tests.reports.sample import sample


def test_nothing_differs_but_the_moment_and_the_wording():
    assert what_differs(sample(), sample() | {"known_at": "2030-01-01T00:00:00Z", "definitions": {}}) == []


def test_what_an_older_edition_did_not_look_at_is_no_difference():
    older = sample()
    older["quality"] = [each for each in older["quality"] if each["code"] != "ready_without_address"]
    new = sample()
    new["quality"][0] = {"code": "cases_unknown", "count": 9}
    assert what_differs(older, new) == ["Datenlage, „Leistungen ohne bekannte Fallzahl“, Anzahl: 9 statt 22"]


def test_every_kind_of_difference_has_its_line():
    new = sample()
    new["catalogue_release"] = "2020-01"
    new["totals"]["ready"] = 22
    new["totals"]["levels"]["3"] = 15
    new["rates"]["cases_ready"]["numerator"] = 19_000
    new["by_topic"][0]["relevant"] = 19
    new["by_department"][2]["ready"] = 4
    gone = new["movement"]["regressed"].pop()
    new["movement"]["newly_ready"].append(gone)
    new["movement"]["improved"][0]["to"] = 2
    new["forecast"]["p50"] = None
    new["training"]["groups"][2]["assigned"] = 7
    assert what_differs(sample(), new) == [
        "Katalogstand: 2020-01 statt 2019-01",
        "fertig: 22 statt 21",
        "Reifegrad 3: 15 statt 14",
        "nach Fällen gewichtet, Zähler: 19000 statt 18940",
        "Themenfeld, „Bauen & Wohnen“, relevant: 19 statt 18",
        "Fachbereich, „ohne Fachbereich“, fertig: 4 statt 3",
        "neu fertig, „Gaststätte Anzeige“ kommt hinzu",
        "besser geworden, „Baugenehmigung Erteilung“, nachher: 2 statt 1",
        "zurückgestuft, „Gaststätte Anzeige“ fällt weg",
        "Vorausschau, 50 % bis: keine Angabe statt 2026-03",
        "Schulungen, „Finanzen und Bildung“, Beschäftigte: 7 statt 11",
    ]
