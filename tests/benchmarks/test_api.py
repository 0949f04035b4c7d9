"""A page of a list against the floor: a JsonResponse of the same values, with no sign-in, no filter and no page."""

import json

import pytest
from django.db.models import F
from django.http import JsonResponse
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory

from ozg_tracker.accounts.tokens import create_token
from ozg_tracker.tracking.api import MunicipalServices, StatusChanges
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.town import catalogue, town

SIZE = 100
TOWN = "159990010001"
RUNS = 40
# where the floor's names must differ from ours, because ours are those of other fields of the model
STATE = {
    **dict.fromkeys(("responsibility", "department", "state", "planned_on", "online_url", "cases_per_year", "note")),
    "owner_name": "owner__username",
    "level_number": "level__number",
}
ROW = {
    **dict.fromkeys(("id", "municipality", "service", "version")),
    "service_key": "service__key",
    "service_name": "service__name",
    **STATE,
}
EVENT = {
    **dict.fromkeys(("id", "municipality", "row", "version", "effective_on", "recorded_at", "reason", "source")),
    "by_name": "by__username",
    **STATE,
}


@pytest.fixture
def person(db):
    found = catalogue()
    for number in range(3):
        town(found, number)
    return make.user(town=make.Municipality.objects.get(ars=TOWN))


def bare(model, columns):
    """The least a view can do: the first page of the rows of a town as JSON."""
    municipality = make.Municipality.objects.get(ars=TOWN)
    plain = [name for name, lookup in columns.items() if lookup is None]
    named = {name: F(lookup) for name, lookup in columns.items() if lookup}

    def view(request):
        rows = model.objects.filter(municipality=municipality).order_by("pk").values(*plain, **named)[:SIZE]
        return JsonResponse({"results": list(rows)}, json_dumps_params={"separators": (",", ":")})

    return view


def answering(view, **headers):
    """A call of `view` as a server would make it, down to the bytes it answers with."""

    def get():
        response = view(RequestFactory().get("/api/v1/", headers=headers))
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        return response.content

    return get


def rows(content):
    return [sorted(map(str, row.values())) for row in json.loads(content)["results"]]


@pytest.mark.parametrize(
    ("name", "viewset", "model", "columns"),
    [
        ("municipal-services", MunicipalServices, MunicipalService, ROW),
        ("status-changes", StatusChanges, StatusChange, EVENT),
    ],
)
def test_a_page_of_a_list(name, viewset, model, columns, person):
    ours = answering(viewset.as_view({"get": "list"}), authorization=f"Bearer {create_token(person)}")
    floor = answering(bare(model, columns))
    if "recorded_at" not in columns:  # the floor writes instants in UTC
        assert rows(ours()) == rows(floor())
    assert len(ours()) == pytest.approx(len(floor()), rel=0.05)
    measured, least = race(RUNS, ours, floor)
    ratio(f"{name}, page of {SIZE}, with sign-in", measured, least, 2)
