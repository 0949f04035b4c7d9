import json
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.responsibility.municipality import AddedMunicipality, add_municipality
from tests import make

pytestmark = pytest.mark.django_db
MUNICIPALITY = {"ars": "159990020020", "name": "Neustadt", "kind": "kreisangehoerig"}


@pytest.fixture
def catalogue():
    """Ours, the district's, the Land's, the Bund's and an unclear one; a heading and a retired one besides."""
    return {
        "ours": make.service(key="99085001012000", types="2/3", bundles=[make.bundle("10177")]),
        "district": make.service(key="99036001012000", types="2/3", bundles=[make.bundle("10169")]),
        "state": make.service(key="99046001012000", types="2/3", bundles=[make.bundle("10551")]),
        "federation": make.service(key="99085002012000", types="1", bundles=[make.bundle("10177")]),
        "unclear": make.service(key="99107001012000", types="2/3", bundles=[make.bundle("10092")]),
        "heading": make.service(key="99085001000000", types="2/3", bundles=[make.bundle("10177")], countable=False),
        "retired": make.service(
            key="99085003012000", types="2/3", bundles=[make.bundle("10177")], retired_on=date(2020, 1, 1)
        ),
    }


def test_a_municipality_gets_a_row_for_what_neither_land_nor_bund_carries_out(catalogue):
    added = add_municipality(**MUNICIPALITY)
    rows = dict(MunicipalService.objects.values_list("service", "responsibility"))
    assert rows == {
        catalogue["ours"].pk: "municipality",
        catalogue["district"].pk: "district",
        catalogue["unclear"].pk: "unclear",
    }
    assert added == AddedMunicipality(Municipality.objects.get(ars=MUNICIPALITY["ars"]), rows=3, relevant=1)


def test_each_row_has_its_first_event_from_the_day_named(catalogue):
    add_municipality(**MUNICIPALITY, since=date(2020, 5, 1))
    fields = ("row", "municipality", "responsibility", "version", "effective_on", "source")
    assert list(StatusChange.objects.order_by("row").values_list(*fields)) == [
        (row.pk, row.municipality_id, row.responsibility, 1, date(2020, 5, 1), "setup")
        for row in MunicipalService.objects.order_by("pk")
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ars": "12345"}, None),
        ({"ars": "15999002002x"}, None),
        ({"ars": "159990010010"}, "exists"),
        ({"kind": "insel"}, "unknown_kind"),
        ({"name": " "}, "blank"),
        ({"since": date(2026, 11, 25)}, "in_the_future"),
    ],
)
@time_machine.travel("2026-11-24 12:00", tick=False)
def test_nonsense_is_refused_and_nothing_is_written(catalogue, changed, code):
    make.municipality()
    with pytest.raises(ValidationError) as refused:
        add_municipality(**{**MUNICIPALITY, **changed})
    assert [error.code for error in _errors(refused.value)] == [code]
    assert (Municipality.objects.count(), MunicipalService.objects.count()) == (1, 0)


def _errors(refusal):
    by_field = getattr(refusal, "error_dict", {"": refusal.error_list if hasattr(refusal, "error_list") else []})
    return [error for errors in by_field.values() for error in errors]


def test_without_a_catalogue_there_is_no_municipality():
    make.maturity_model()
    with pytest.raises(ValidationError) as refused:
        add_municipality(**MUNICIPALITY)
    assert (refused.value.code, Municipality.objects.count()) == ("no_catalogue", 0)


def test_the_number_of_queries_does_not_grow_with_the_catalogue(catalogue):
    with CaptureQueriesContext(connection) as few:
        add_municipality(**MUNICIPALITY)
    for number in range(200):
        make.service(key=f"990870{number:03d}12000", types="2/3", bundles=[make.bundle("10177")])
    with CaptureQueriesContext(connection) as many:
        add_municipality(**{**MUNICIPALITY, "ars": "159990020021"})
    assert len(many) == len(few)


def _run(*arguments):
    out = StringIO()
    call_command("add_municipality", *arguments, stdout=out)
    return out.getvalue()


ARGUMENTS = ("--ars", MUNICIPALITY["ars"], "--name", MUNICIPALITY["name"], "--kind", MUNICIPALITY["kind"])


def test_the_command_prints_the_contracts_object(catalogue):
    assert json.loads(_run(*ARGUMENTS, "--json")) == {"ars": MUNICIPALITY["ars"], "rows": 3, "relevant": 1}


def test_the_command_says_in_words_what_it_made_and_whose_suggestion_it_is(catalogue):
    assert _run(*ARGUMENTS) == (
        "Die Kommune 159990020020 ist angelegt. Leistungen: 3, davon nach dem Vorschlag in eigener Zuständigkeit: 1. "
        "Der Vorschlag ist unser eigener; bitte prüfen.\n"
    )


def test_the_command_refuses_with_one_sentence_and_exit_1(catalogue):
    _run(*ARGUMENTS)
    with pytest.raises(CommandError) as refused:
        _run(*ARGUMENTS)
    assert (str(refused.value), refused.value.returncode) == (
        "Den Regionalschlüssel 159990020020 hat schon „Neustadt“.",
        1,
    )


@pytest.mark.parametrize("wrong", [("--kind", "insel"), ("--since", "2020-13-01"), ("--since", "gestern")])
def test_wrong_use_of_the_command_is_told_from_a_refusal(catalogue, wrong):
    with pytest.raises(CommandError) as refused:
        _run(*ARGUMENTS, *wrong)
    assert "kein Tag" in str(refused.value) or "insel" in str(refused.value)
    assert refused.value.returncode != 0
