"""The four answers, for full months and for empty ones."""

import pytest

from reports.editions.schema_1 import as_schema_1
from reports.exporting.export_edition import FORMATS, export_edition
from reports.exporting.figure_rows import figure_rows
from reports.telling import answers, wording
from reports.telling.key_figures import key_figures
from tests.reports.made_editions import edition
from tests.reports.sample import changed, moved, of_schema_1, sample

SPACE = wording.NARROW


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ({"not_rated": 1}, "Für 1 Leistung liegt noch keine Bewertung vor."),
        ({"not_rated": 0}, "Alle sind bewertet."),
        ({"not_rated": 60, "ready": 0}, "Keine Leistung ist fertig. Bewertet ist noch keine."),
    ],
)
def test_what_is_not_rated_is_told(totals, said):
    assert answers.online(changed(totals=totals)).endswith(said)


def moves(**counts):
    return changed(
        movement={
            code: [moved(n, 1, 3, "")] * counts.get(code, 0)
            for code, n in zip(sample()["movement"], range(7), strict=True)
        }
    )


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            {"newly_ready": 9, "improved": 6, "regressed": 1, "newly_ours": 2, "no_longer_ours": 1},
            "9 Leistungen sind neu fertig, 6 weitere sind besser geworden und 1 wurde zurückgestuft. "
            "2 Leistungen kamen hinzu und 1 gehört nicht mehr zur Kommune.",
        ),
        ({"newly_ready": 1}, "1 Leistung ist neu fertig."),
        (
            {"first_rated": 2},
            "Kein Reifegrad hat sich verändert. "
            "2 Leistungen wurden erstmals bewertet; das zählt nicht als Fortschritt.",
        ),
        ({"improved": 1, "regressed": 2}, "1 Leistung ist besser geworden und 2 wurden zurückgestuft."),
        ({"retired": 3}, "Kein Reifegrad hat sich verändert. 3 Leistungen sind aus dem Katalog entfallen."),
        ({}, "In diesem Monat hat sich nichts bewegt: kein Reifegrad und keine Zuständigkeit."),
    ],
)
def test_what_moved_is_counted_with_the_right_endings(counts, said):
    assert answers.moved(moves(**counts)) == said


def test_what_is_late():
    assert answers.late(sample()) == (
        "Von 4 Zusagen für November wurden 2 gehalten. Nicht gehalten: 1 verschoben und 1 offen. "
        "Die Frist „Haushaltsbeschluss 2021“ ist abgelaufen; 5 Leistungen sind danach noch offen. "
        "Bis zur Frist „Onlinezugangsgesetz 2017“ bleiben 31 Tage. Dafür sind noch 39 Leistungen offen."
    )


@pytest.mark.parametrize(
    ("days_left", "open_ones", "said"),
    [
        (-1, 0, "Nichts ist zu spät: Zu den abgelaufenen Fristen ist alles fertig."),
        (-1, 1, "Die Frist „Ratsbeschluss“ ist abgelaufen; 1 Leistung ist danach noch offen."),
        (
            1,
            1,
            "Nichts ist zu spät: Noch ist keine Frist abgelaufen. Bis zur Frist „Ratsbeschluss“ bleibt 1 Tag. "
            "Dafür ist noch 1 Leistung offen.",
        ),
        (
            0,
            2,
            "Nichts ist zu spät: Noch ist keine Frist abgelaufen. Die Frist „Ratsbeschluss“ läuft am Stichtag ab. "
            "Dafür sind noch 2 Leistungen offen.",
        ),
    ],
)
def test_a_deadline_is_late_only_after_its_day(days_left, open_ones, said):
    deadline = {"name": "Ratsbeschluss", "date": "2022-11-30", "days_left": days_left, "in_scope": 2, "open": open_ones}
    assert answers.late(changed(deadlines=[deadline])) == said


def test_when_it_will_be_done():
    assert answers.done(sample()) == (
        f"Bei gleichem Tempo sind alle ebenso wahrscheinlich vor wie nach März 2026 fertig, mit 85{SPACE}% "
        "Wahrscheinlichkeit bis September 2026. Das ist eine Rechnung, keine Zusage. "
        "Für die Frist „Onlinezugangsgesetz 2017“ braucht es 39 fertige Leistungen im Monat. "
        "Für die Frist „SDG-Verordnung“ braucht es 0,7 fertige Leistungen im Monat."
    )


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (
            {"p85": None},
            f"vor wie nach März 2026 fertig, mit 85{SPACE}% Wahrscheinlichkeit aber erst später als Novemb",
        ),
        ({"p50": None, "p85": None}, "Bleibt das Tempo, sind alle Leistungen später als November 2032 fertig."),
        ({"p50": "2023-01", "p85": "2023-02"}, f"mit 85{SPACE}% Wahrscheinlichkeit alle bis Februar 2023 fertig. Für"),
    ],
)
def test_only_months_that_can_be_told_are_told(ends, said):
    assert said in answers.done(changed(forecast=sample()["forecast"] | ends))


def test_the_months_of_the_first_rule_are_told_as_they_were():
    assert answers.done(of_schema_1()).startswith(
        f"Bei gleichem Tempo sind mit 50{SPACE}% Wahrscheinlichkeit alle Leistungen bis März 2026 fertig, "
        f"mit 85{SPACE}% bis September 2026. Für die Frist"
    )


@pytest.mark.parametrize(
    ("due", "kept", "said"),
    [
        (1, 1, "Die eine Zusage für November wurde gehalten."),
        (1, 0, "Die eine Zusage für November wurde nicht gehalten."),
        (3, 1, "Von 3 Zusagen für November wurde 1 gehalten."),
        (3, 0, "Von 3 Zusagen für November wurden 0 gehalten."),
    ],
)
def test_promises_are_told_with_the_right_endings(due, kept, said):
    figures = sample()
    figures["promises"] |= {"due": due, "kept": kept, "moved": 0, "open": due - kept}
    assert answers.late(figures).startswith(said)


def unknown(days_left=-10):
    deadline = {"name": "SDG", "date": "2023-12-12", "days_left": days_left, "in_scope": None, "open": None}
    return changed(deadlines=[deadline])


def test_a_deadline_of_unknown_scope_is_said_to_be_unknown_in_every_format():
    figures = unknown()
    assert answers.late(figures) == (
        "Ob etwas zu spät ist, weiß niemand: Welche Leistungen die abgelaufene Frist meint, ist unbekannt."
    )
    assert answers.late(unknown(10)) == "Nichts ist zu spät: Noch ist keine Frist abgelaufen."
    assert (answers.late_deadline(figures), answers.next_deadline(unknown(10))) == (None, None)
    (row,) = [each for each in figure_rows(figures) if each.figure == "Frist: noch offen"]
    assert (row.numerator, row.denominator, row.value) == (None, None, "unbekannt")
    assert wording.of_known(None, None) == "unbekannt" and wording.of_known(0, 7) == "0 von 7"
    key_figures(figures)


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_tells_an_unknown_scope_as_a_number(format):
    made = export_edition(edition(figures=unknown()), format)
    if format in ("html", "csv"):
        text = made.decode()
        assert "unbekannt" in text and "0 von 0" not in text


def test_an_edition_of_schema_1_that_said_0_of_0_differs_in_nothing():
    old = unknown()["deadlines"][0] | {"in_scope": 0, "open": 0}
    assert as_schema_1({"deadlines": unknown()["deadlines"]}) == {"deadlines": [old]}
