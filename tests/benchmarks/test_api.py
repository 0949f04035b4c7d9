"""A page of a list against the floor: a JsonResponse of the same values, with no sign-in, no filter and no page.

And against django-ninja, the fastest of the well-kept ways to write such an API: the same key looked up, the same rows,
by a schema that checks what it tells.
"""

import json
from datetime import date, datetime

import pytest
from django.db.models import F
from django.http import JsonResponse
from django.test import Client
from django.urls import include, path
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer

from ozg_tracker.accounts.signing_in.tokens import create_token, token_of
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.real_size import catalogue, municipality

SIZE = 100
MUNICIPALITY = "159990010001"
RUNS = 60
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
        municipality(found, number)
    return make.user(municipality=make.Municipality.objects.get(ars=MUNICIPALITY))


def bare(model, columns):
    """The least a view can do: the first page of the rows of a municipality as JSON."""
    plain = [name for name, lookup in columns.items() if lookup is None]
    named = {name: F(lookup) for name, lookup in columns.items() if lookup}

    def view(request, municipality):
        rows = model.objects.filter(municipality=municipality).order_by("pk").values(*plain, **named)[:SIZE]
        return JsonResponse({"results": list(rows)}, json_dumps_params={"separators": (",", ":")})

    return view


class ByKey(HttpBearer):
    def authenticate(self, request, token):
        found = token_of(token, "127.0.0.1")
        return found.user if found else None


class TrackedRow(Schema):
    id: int
    municipality: int
    service: int
    service_key: str | None
    service_name: str
    responsibility: str
    department: int | None
    owner_name: str | None
    state: str
    level_number: int | None
    planned_on: date | None
    online_url: str
    cases_per_year: int | None
    note: str
    version: int


class Event(Schema):
    id: int
    municipality: int
    row: int
    version: int
    effective_on: date
    recorded_at: datetime
    reason: str
    source: str
    by_name: str | None
    responsibility: str
    department: int | None
    owner_name: str | None
    state: str
    level_number: int | None
    planned_on: date | None
    online_url: str
    cases_per_year: int | None
    note: str


def ninja():
    """The same lists by django-ninja, each a page of the rows that the person may see."""
    api = NinjaAPI(auth=ByKey(), urls_namespace="ninja")

    def listing(name, model, columns, schema):
        plain = [column for column, lookup in columns.items() if lookup is None]
        named = {column: F(lookup) for column, lookup in columns.items() if lookup}

        @api.get(f"/{name}", response=list[schema], operation_id=name)
        def listed(request):
            return list(model.objects.visible_to(request.auth).order_by("pk").values(*plain, **named)[:SIZE])

    listing("municipal-services", MunicipalService, ROW, TrackedRow)
    listing("status-changes", StatusChange, EVENT, Event)
    return api


urlpatterns = [
    path("ninja/", ninja().urls),
    path("bare/municipal-services/<int:municipality>/", bare(MunicipalService, ROW)),
    path("bare/status-changes/<int:municipality>/", bare(StatusChange, EVENT)),
    path("", include("ozg_tracker.urls")),
]


def rows(content):
    return [sorted(map(str, row.values())) for row in json.loads(content)["results"]]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("name", ["municipal-services", "status-changes"])
def test_a_page_of_a_list(name, person):
    """Through the same middleware; ours looks up key and role besides, and shows only what the person may see."""
    anybody = Client()
    signed_in = Client(headers={"Authorization": f"Bearer {create_token(person)}"})
    municipality_id = make.Municipality.objects.get(ars=MUNICIPALITY).pk

    def ours():
        return signed_in.get(f"/api/v1/{name}/").content

    def floor():
        return anybody.get(f"/bare/{name}/{municipality_id}/").content

    if name == "municipal-services":  # of events the floor writes instants in UTC
        assert rows(ours()) == rows(floor())
    assert len(ours()) == pytest.approx(len(floor()), rel=0.05)

    def peer():
        return signed_in.get(f"/ninja/{name}").content

    assert len(json.loads(peer())) == SIZE
    measured, least, other = race(RUNS, ours, floor, peer)
    ratio(f"{name}, page of {SIZE}", measured, least, 2)
    ratio(f"{name}, against django-ninja", measured, other, 1)
