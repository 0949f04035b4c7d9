"""Texts that a person reads as the same are the same, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catalog.importing.spelling import folded, same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kfz-Zulassung", "KFZ – Zulassung".replace(" ", "")),
        ("Straßenreinigung", "STRASSENREINIGUNG"),
        ("Antrag „Bauen“", 'Antrag "Bauen"'),
        ("Wohngeld’s", "Wohngeld's"),
        ("An- und Abmeldung …", "an‑ und  abmeldung ..."),
    ],
)
def test_dashes_quotes_blanks_dots_and_case_make_no_difference(one, other):
    assert same(one, other)


@pytest.mark.parametrize("other", ["Hundezählung", "Hunde Zählung", "Hunde-Zahlung"])
def test_letters_and_the_lack_of_a_dash_do(other):
    assert not same("Hunde-Zählung", other)


@given(some.text())
def test_what_is_folded_stays_so(text):
    assert folded(folded(text)) == folded(text)
