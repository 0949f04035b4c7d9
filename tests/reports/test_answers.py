"""The lead and the four answers, for full months and for empty ones."""

import pytest

from reports import answers, wording
from reports.key_figures import key_figures
from tests.reports.editions import empty
from tests.reports.sample import moved, sample

SPACE = wording.NARROW


def lead(figures):
    return wording.plain(answers.lead(figures))


def changed(**parts):
    figures = sample()
    for name, part in parts.items():
        figures[name] = figures[name] | part if isinstance(part, dict) else part
    return figures


def test_the_lead_says_what_is_online_what_is_due_and_when_it_ends():
    assert lead(sample()) == (
        "Von 60 Leistungen der Kommune lassen sich 21 vollständig online beantragen, 2 mehr als im Oktober. "
        "Bis zur Frist „Onlinezugangsgesetz 2017“ bleiben 31 Tage. "
        "Bleibt das Tempo, sind alle Leistungen voraussichtlich im März 2026 fertig."
    )


@pytest.mark.parametrize(
    ("before", "said"),
    [(21, ", genauso viele wie im Oktober."), (20, ", 1 mehr als im Oktober."), (30, ", 9 weniger als im Oktober.")],
)
def test_the_lead_compares_with_the_month_before(before, said):
    figures = changed(trend=[{"month": "2022-10", "relevant": 60, "ready": before}])
    assert f"beantragen{said}" in lead(figures)


def test_the_lead_of_a_first_month_compares_with_nothing():
    assert "21 vollständig online beantragen. Bis" in lead(changed(trend=[]))


def test_one_service_is_one_service():
    figures = changed(totals={"relevant": 1, "ready": 1}, trend=[])
    assert lead(figures).startswith("Von 1 Leistung der Kommune lässt sich 1 vollständig online beantragen.")


def test_nothing_online_is_said_plainly():
    figures = changed(totals={"ready": 0}, trend=[])
    assert lead(figures).startswith(
        "Von 60 Leistungen der Kommune lässt sich noch keine vollständig online beantragen."
    )


def test_a_town_without_services_gets_one_sentence():
    assert lead(empty()) == "Für diesen Stichtag ist keine Leistung eingetragen, für die die Kommune zuständig ist."


@pytest.mark.parametrize(
    ("forecast", "said"),
    [
        ({"status": "complete"}, "Damit ist alles fertig."),
        ({"status": "ok", "p50": None}, "Bleibt das Tempo, ist nicht abzusehen, wann alle Leistungen fertig sind."),
        ({"status": "not_enough_data", "p50": None}, "Für eine Vorausschau fehlen Daten:"),
    ],
)
def test_the_end_is_told_only_where_it_can_be(forecast, said):
    assert said in lead(changed(forecast=forecast))


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
            for code, n in zip(sample()["movement"], range(6), strict=True)
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
        ({"improved": 1, "regressed": 2}, "1 Leistung ist besser geworden und 2 wurden zurückgestuft."),
        ({"retired": 3}, "Kein Reifegrad hat sich verändert. 3 Leistungen sind aus dem Katalog entfallen."),
        ({}, "In diesem Monat hat sich nichts bewegt: kein Reifegrad und keine Zuständigkeit."),
    ],
)
def test_what_moved_is_counted_with_the_right_endings(counts, said):
    assert answers.moved(moves(**counts)) == said


def test_what_is_late():
    assert answers.late(sample()) == (
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
        f"Bei gleichem Tempo sind mit 50{SPACE}% Wahrscheinlichkeit alle Leistungen bis März 2026 fertig, "
        f"mit 85{SPACE}% bis September 2026. "
        "Für die Frist „Onlinezugangsgesetz 2017“ braucht es 39 fertige Leistungen im Monat. "
        "Für die Frist „SDG-Verordnung“ braucht es 0,7 fertige Leistungen im Monat."
    )


def test_the_four_key_figures():
    assert [(each.figure + each.unit, each.words, each.tone) for each in key_figures(sample())] == [
        ("35,0%", "21 von 60 Leistungen sind fertig", ""),
        ("+2", "3 neu fertig, 2 besser, 1 zurückgestuft", ""),
        ("5", "von 12 Leistungen nach der Frist vom 30.06.2022 offen", "late"),
        ("2026", "März bis September 2026, bei gleichem Tempo", "quiet"),
    ]


def test_the_key_figures_of_an_empty_month_invent_nothing():
    assert [(each.figure, each.words) for each in key_figures(empty())] == [
        ("–", "0 von 0 Leistungen sind fertig"),
        ("–", "0 neu fertig"),
        ("0", "keine Frist ist verletzt"),
        ("offen", "Für eine Vorausschau fehlen Daten"),
    ]
