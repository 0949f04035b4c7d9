"""The four figures at the head of a report."""

from reports.telling import wording
from reports.telling.key_figures import key_figures
from tests.reports.made_editions import empty
from tests.reports.sample import of_schema_1, sample

SPACE = wording.NARROW


def test_the_four_key_figures():
    assert [(each.figure + each.unit, each.words, each.tone) for each in key_figures(sample())] == [
        (
            "35,0%",
            f"23,6 bis 37,1{SPACE}%, solange 31 Zuständigkeiten ungeklärt sind. "
            "21 von 60 Leistungen sind fertig, davon belegt 13",
            "",
        ),
        ("+2", "3 neu fertig, 2 besser, 1 zurückgestuft, ohne 1 Erstbewertungen", ""),
        ("2von 4", "1 verschoben, 1 offen; insgesamt 4 Termine verstrichen; 2 Leistungen blockiert", "late"),
        (
            "2zugesagt",
            f"bis Februar 2023; alle fertig: wahrscheinlich März 2026, mit 85{SPACE}% September 2026",
            "quiet",
        ),
    ]


def test_the_range_is_said_first_and_stronger():
    online = key_figures(sample())[0]
    assert (online.strong, online.words) == (f"23,6 bis 37,1{SPACE}%", online.strong + online.rest)


def test_the_four_key_figures_of_the_first_schema_are_those_it_had():
    assert [(each.figure + each.unit, each.words, each.tone) for each in key_figures(of_schema_1())] == [
        ("35,0%", "21 von 60 Leistungen sind fertig", ""),
        ("+2", "3 neu fertig, 2 besser, 1 zurückgestuft", ""),
        ("5", "von 12 Leistungen nach der Frist vom 30.06.2022 offen", "late"),
        ("2026", "März bis September 2026, bei gleichem Tempo", "quiet"),
    ]


def test_the_key_figures_of_an_empty_month_invent_nothing():
    assert [(each.figure, each.words) for each in key_figures(empty())] == [
        ("–", "0 von 0 Leistungen sind fertig, davon belegt 0"),
        ("±0", "0 neu fertig"),
        ("0", "für diesen Monat war nichts zugesagt; insgesamt 0 Termine verstrichen; 0 Leistungen blockiert"),
        ("0", "bis Februar 2023; alle fertig: Daten fehlen"),
    ]
