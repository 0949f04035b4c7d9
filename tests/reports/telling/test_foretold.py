"""The forecast as a table of paces, as sentences, and beside what was said before."""

from reports.telling.foretold import PaceLine, SaidLine, forecast
from tests.reports.sample import of_schema_1, sample

SPACE = "\u202f"


def test_each_pace_has_its_months():
    assert forecast(sample()).paces == [
        PaceLine("0,9 je Monat", "wie in den letzten Monaten", "März 2026", "September 2026"),
        PaceLine("2 je Monat", "wenn es schneller ginge", "Juli 2024", "November 2024"),
        PaceLine("nur Bauen und Wirtschaft", "0,4 je Monat", "Juni 2026", "später als November 2032"),
        PaceLine("nur Bürgerdienste", "unter dem Strich kam nichts hinzu", "–", "–"),
        PaceLine("nur ohne Fachbereich", "", "alles fertig", "alles fertig"),
    ]


def test_what_was_said_is_true_or_not():
    ends = f"März 2026 (50{SPACE}%), November 2026 (85{SPACE}%)"
    assert forecast(sample()).said == [
        SaidLine("November 2021", f"wahrscheinlich 10 mehr, mit 85{SPACE}% mindestens 7", "+11", True, ends),
        SaidLine("Mai 2022", f"wahrscheinlich 9 mehr, mit 85{SPACE}% mindestens 7", "+6", False, ends),
    ]


def test_what_the_first_rule_said_has_no_number():
    figures = sample()
    figures["forecast"]["track_record"][0] |= {"expected": None, "at_least": None, "horizon": None, "p85": None}
    line = forecast(figures).said[0]
    assert (line.for_now, line.true) == ("keine Zahl", None)
    assert line.done_by == f"März 2026 (50{SPACE}%), nicht abzusehen (85{SPACE}%)"


def test_the_reckoning_is_told_in_five_sentences():
    how = forecast(sample()).how
    assert len(how) == 5
    assert how[0].startswith("In den letzten 12 Monaten wurden im Mittel 0,9 Leistungen je Monat fertig;")


def test_by_the_first_rule_nothing_is_told_that_was_not_reckoned():
    told = forecast(of_schema_1())
    assert (len(told.how), told.said, told.faster) == (1, [], None)
    assert told.paces == [PaceLine("gleiches Tempo", "", "März 2026", "September 2026")]


def test_where_nothing_is_foretold_there_are_no_months():
    figures = sample()
    figures["forecast"] |= {"status": "not_enough_data", "p50": None, "p85": None, "faster": None, "horizon": None}
    told = forecast(figures)
    assert (told.paces, told.how, len(told.said)) == ([], [], 2)
