"""The parts of the feed are the scopes of keys: each kind belongs to that which changes what it is about."""

from django.urls import resolve

from ozg_tracker.accounts.models import Scope
from ozg_tracker.accounts.signing_in.authentication import scope_of
from ozg_tracker.feed.logs import LOGS
from ozg_tracker.webhooks.models import PARTS
from ozg_tracker.webhooks.parts import COLLECTIONS, kinds_of


def test_each_collection_belongs_to_the_scope_that_opens_it():
    about = {log.about[0] for log in LOGS.values()}
    opened = {name: scope_of(resolve(f"/api/v1/{name}/").func.cls.__module__) for name in about}
    assert {name: scope for scope, names in COLLECTIONS.items() for name in names} == opened


def test_every_kind_belongs_to_one_part():
    found = [kind for part in PARTS for kind in kinds_of([part])]
    assert sorted(found) == sorted(LOGS)
    assert set(PARTS) == set(Scope) - {Scope.READ}
