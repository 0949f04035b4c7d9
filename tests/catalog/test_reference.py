import pytest

from catalog.models import MaturityModel, ServiceType
from catalog.reference import load_reference

pytestmark = pytest.mark.django_db


def test_a_fresh_database_has_both_maturity_models():
    found = {model.version: (model.conform_level, model.levels.count()) for model in MaturityModel.objects.all()}
    assert found == {"1.1": (3, 5), "2.0": (3, 8)}


def test_only_the_types_one_to_five_count():
    kinds = ServiceType.objects.values_list("code", "countable")
    assert {code for code, countable in kinds if not countable} == {"6", "7", "8", "9", "10", "11", "12"}
    assert len(kinds) == 21


def test_loading_again_keeps_what_an_operator_changed():
    MaturityModel.objects.filter(version="2.0").update(conform_level=4)
    ServiceType.objects.filter(code="8").update(countable=True)
    MaturityModel.objects.get(version="2.0").levels.filter(number=4).update(name="Vernetzt")
    load_reference()
    model = MaturityModel.objects.get(version="2.0")
    assert model.conform_level == 4
    assert list(model.levels.filter(number=4).values_list("name", flat=True)) == ["Vernetzt"]
    assert ServiceType.objects.get(code="8").countable is True


def test_loading_adds_what_is_missing():
    MaturityModel.objects.filter(version="2.0").delete()
    ServiceType.objects.filter(code="4b").delete()
    load_reference()
    assert MaturityModel.objects.get(version="2.0").levels.count() == 8
    assert ServiceType.objects.get(code="4b").execution == "Kommune"
