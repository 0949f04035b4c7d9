"""Which service a line of a file means."""

import pytest

from ozg_tracker.tracking.exchange.finding import UnknownService, load_services
from ozg_tracker.tracking.exchange.values import load_vocabulary
from tests import make

pytestmark = pytest.mark.django_db


def found(**cells):
    return load_services(make.municipality(), [cells]).service_of(cells)


def test_a_line_without_key_means_the_service_without_key_where_a_keyed_one_has_the_same_name():
    make.service(key="99102013104000", name="Flurstück")
    without_key = make.service(key=None, name="Flurstück")
    assert found(key="", ozg_id="10041", name="Flurstück") == without_key.pk


def test_a_line_without_key_finds_a_keyed_service_by_bundle_and_name():
    keyed = make.service(key="99102013104000", name="Flurstück")
    assert found(key="", ozg_id="10041", name=" flurstück") == keyed.pk


def test_a_name_is_spelled_as_in_the_catalogue_but_for_dashes_quotes_blanks_and_case():
    one, other = (make.service(key=None, name=name) for name in ("Straßen-Zählung", "Straßenzählung"))
    assert found(key="", ozg_id="10041", name="STRASSEN–ZÄHLUNG") == one.pk
    assert found(key="", ozg_id="10041", name=" strassenzählung") == other.pk
    with pytest.raises(UnknownService, match="steht keine Leistung"):
        found(key="", ozg_id="10041", name="Straßen Zählung")


def test_departments_that_differ_in_a_dot_are_two():
    numbers = {name: make.department(name).pk for name in ("Amt 11", "Amt 1.1", "AMT 1.1")}
    municipality = load_vocabulary(make.municipality(), may_add_departments=False)
    assert {name: municipality.department(name) for name in numbers} == numbers
    assert municipality.department("amt  11") == numbers["Amt 11"]


def test_a_name_that_two_keyed_services_share_needs_the_key():
    make.service(key="99102013104000", name="Flurstück")
    make.service(key="99102013105000", name="Flurstück")
    with pytest.raises(UnknownService, match="Schlüssel angeben"):
        found(key="", ozg_id="10041", name="Flurstück")
