"""What the filters of our lists are called: a sentence about a wrong value names them so."""

from functools import cache
from types import SimpleNamespace

import pytest
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

import ozg_tracker.api_urls  # noqa: F401 (brings every FilterSet)
from ozg_tracker.api.filters import FilterSet
from ozg_tracker.api.query import WrongValues
from ozg_tracker.tracking.filters import MunicipalServiceFilter, StatusChangeFilter
from tests import make

pytestmark = pytest.mark.django_db

SAME_IN_BOTH = {"EvidenceFilter.online", "DeliveryFilter.webhook"}


def below(each):
    for subclass in each.__subclasses__():
        yield from (subclass, *below(subclass))


FILTER_SETS = [each for each in below(FilterSet) if each._meta.model]


@cache
def draw_schema():
    SchemaGenerator().get_schema(public=True)


def labels(filter_set, language):
    request = SimpleNamespace(user=make.User.objects.first() or make.user())
    with override(language):
        form = filter_set({}, request=request).form
        return {name: str(field.label) for name, field in form.fields.items()}


@pytest.mark.parametrize("filter_set", FILTER_SETS, ids=lambda each: each.__name__)
def test_every_filter_has_a_name_in_the_language_of_whoever_asks_whoever_asked_before(filter_set):
    draw_schema()
    english, german = labels(filter_set, "en"), labels(filter_set, "de")
    assert labels(filter_set, "en") == english
    same = {f"{filter_set.__name__}.{name}" for name in german if english[name] == german[name]}
    assert same - SAME_IN_BOTH == set()


@pytest.mark.parametrize(
    ("filter_set", "query", "sentence"),
    [
        (StatusChangeFilter, {"source": "bla"}, "Den Wert im Filter „Weg“ gibt es nicht."),
        (StatusChangeFilter, {"municipality": "999"}, "Den Wert im Filter „Kommune“ gibt es nicht."),
        (MunicipalServiceFilter, {"owner": "bla"}, "Den Wert im Filter „Zuständige Person“ gibt es nicht."),
        (MunicipalServiceFilter, {"state": ["bla"]}, "Den Wert im Filter „Stand“ gibt es nicht."),
    ],
)
def test_a_wrong_value_is_told_with_the_name_of_its_filter(filter_set, query, sentence):
    draw_schema()
    with override("de"):
        form = filter_set(query, request=SimpleNamespace(user=make.user())).form
        assert str(WrongValues(form)) == sentence
