"""What a correction changes: the cause, the four figures, the rest."""

from reports.telling.corrections import beside, change
from tests.reports.sample import of_schema_1, sample


def one_more():
    figures = sample()
    return {**figures, "totals": {**figures["totals"], "ready": figures["totals"]["ready"] + 1}}


def test_the_four_figures_stand_beside_each_other_with_what_they_were_counted_from():
    assert [(each.question, each.before, each.after) for each in beside(sample(), one_more())] == [
        ("Was ist online?", "35,0\u202f% (21 von 60)", "36,7\u202f% (22 von 60)"),
        ("Was hat sich bewegt?", "+2", "+2"),
        ("Zugesagt und nicht gehalten", "2 von 4", "2 von 4"),
        ("Als Nächstes", "2 zugesagt", "2 zugesagt"),
    ]


def test_a_figure_is_said_in_one_sentence():
    first, second, *_rest = beside(sample(), one_more())
    assert first.sentence() == "36,7\u202f% (22 von 60) statt 35,0\u202f% (21 von 60)"
    assert second.sentence() == "+2, unverändert"


def test_an_older_edition_that_answers_other_questions_is_not_set_beside():
    assert beside(of_schema_1(), sample()) == []


def test_what_is_counted_otherwise_comes_before_what_is_told_otherwise():
    told = change(
        ["„A“: Termin 2022-12-01 statt keine Angabe", "„B“: zählt nicht mehr", "„C“: Reifegrad 3 statt 2", "fertig: 1"],
        [],
    )
    assert told.cause == "„B“: zählt nicht mehr"
    assert told.rest == ["„C“: Reifegrad 3 statt 2", "„A“: Termin 2022-12-01 statt keine Angabe", "fertig: 1"]
    assert told.lines() == [told.cause, *told.rest]


def test_a_correction_without_a_service_has_no_single_cause():
    assert change(["Frist, „OZG“, Tag: 2022-12-31 statt 2023-12-31"], []).cause == ""
