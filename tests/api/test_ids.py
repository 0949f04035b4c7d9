"""What comes in from outside and names something: an id, or nothing; never an error."""

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from hypothesis import given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.models import Department
from ozg_tracker.api.ids import BIGGEST, ManyChosen, id_in, id_or_404, ids_in
from tests import make


@pytest.mark.parametrize("given", ["0", "7", "007", str(BIGGEST), 0, 7, BIGGEST])
def test_digits_that_the_database_can_hold_are_an_id(given):
    assert id_in(given) == int(given)


ODD_TEXTS = ("", " 7", "7 ", "+7", "-7", "7.0", "7_0", "²", "١", "\x00", "1" * 30, "1" * 5000, str(BIGGEST + 1), "none")


@pytest.mark.parametrize("given", [*ODD_TEXTS, -1, BIGGEST + 1, 10**30, 7.0, True, None, [7], {"id": 7}])
def test_anything_else_is_none(given):
    assert id_in(given) is None


@given(st.text(alphabet=st.characters(categories=("Nd", "No", "Nl", "Cc", "Zs", "Pd")), max_size=40))
@settings(max_examples=200)
def test_a_text_is_an_id_exactly_where_it_is_plain_digits_in_reach(text):
    plain = bool(text) and set(text) <= set("0123456789") and len(text) < 20 and int(text) <= BIGGEST
    assert id_in(text) == (int(text) if plain else None)


def test_of_several_what_is_none_is_left_out():
    assert ids_in(["3", "²", 4, "1" * 30, "2"]) == [3, 4, 2]


def test_a_page_that_names_no_id_does_not_exist():
    assert id_or_404("7") == 7
    with pytest.raises(Http404):
        id_or_404("1" * 30)


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ["99999999999999999999", "-1", "²", "x", "\x00"])
def test_what_no_id_can_be_is_refused_among_many_that_are_chosen(odd):
    field, known = ManyChosen(Department.objects.all()), make.department()
    assert list(field.clean([str(known.pk)])) == [known]
    with pytest.raises(ValidationError) as refusal:
        field.clean([str(known.pk), odd])
    assert refusal.value.code == "invalid_choice"
