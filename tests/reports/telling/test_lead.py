"""The report in three sentences, for full months and for empty ones."""

import pytest

from reports.telling import wording
from reports.telling.lead import lead
from tests.reports.made_editions import empty
from tests.reports.sample import changed, of_schema_1, sample


def told(figures):
    return wording.plain(lead(figures))


def test_the_lead_says_what_is_online_what_is_due_and_when_it_ends():
    assert told(sample()) == (
        "Von 60 Leistungen der Kommune lassen sich 21 vollständig online beantragen, 2 mehr als im Oktober; "
        "13 davon sind öffentlich belegt. Bei 31 weiteren ist ungeklärt, ob sie zur Kommune gehören. "
        "Von 4 Zusagen für November wurden 2 gehalten. "
        "Bleibt das Tempo, sind alle Leistungen voraussichtlich im März 2026 fertig."
    )


@pytest.mark.parametrize(
    ("before", "said"),
    [(21, ", genauso viele wie im Oktober."), (20, ", 1 mehr als im Oktober."), (30, ", 9 weniger als im Oktober.")],
)
def test_the_lead_compares_with_the_month_before(before, said):
    figures = changed(trend=[{"month": "2022-10", "relevant": 60, "ready": before}])
    assert f"beantragen{said}" in told(figures)


def test_the_lead_of_a_first_month_compares_with_nothing():
    assert "21 vollständig online beantragen. Bis" in told(changed(trend=[]))


def test_one_service_is_one_service():
    figures = changed(totals={"relevant": 1, "ready": 1}, trend=[])
    assert told(figures).startswith("Von 1 Leistung der Kommune lässt sich 1 vollständig online beantragen.")


def test_nothing_online_is_said_plainly():
    figures = changed(totals={"ready": 0}, trend=[])
    assert told(figures).startswith(
        "Von 60 Leistungen der Kommune lässt sich noch keine vollständig online beantragen."
    )


def test_a_municipality_without_services_gets_one_sentence():
    assert told(empty()) == "Für diesen Stichtag ist keine Leistung eingetragen, für die die Kommune zuständig ist."


@pytest.mark.parametrize(
    ("forecast", "said"),
    [
        ({"status": "complete"}, "Damit ist alles fertig."),
        (
            {"status": "ok", "p50": None},
            "Bleibt das Tempo, sind alle Leistungen später als November 2032 fertig.",
        ),
        (
            {"status": "not_enough_data", "why": "no_gain", "months": 9},
            "In den letzten 9 Monaten kam unter dem Strich nichts hinzu; daraus lässt sich kein Ende berechnen.",
        ),
        (
            {"status": "not_enough_data", "why": "few_months", "months": 2},
            "Sie braucht sechs Monate nach der ersten Bestandsaufnahme, bisher sind es 2.",
        ),
    ],
)
def test_the_end_is_told_only_where_it_can_be(forecast, said):
    assert said in told(changed(forecast=forecast))


@pytest.mark.parametrize(
    ("forecast", "said"),
    [
        ({"status": "ok", "p50": None}, "Bleibt das Tempo, ist nicht abzusehen, wann alle Leistungen fertig sind."),
        ({"status": "not_enough_data", "p50": None}, "mindestens drei Monate, in denen sich etwas bewegt hat."),
    ],
)
def test_a_forecast_by_the_first_rule_is_told_as_it_was(forecast, said):
    figures = of_schema_1()
    figures["forecast"] |= forecast
    assert said in told(figures)


def test_taking_stock_is_told_apart_from_what_became_ready():
    figures = sample() | {"gained": -1}
    assert "2 mehr als im Oktober (ohne Erstbewertungen und Wechsel der Zuständigkeit −1)" in told(figures)
