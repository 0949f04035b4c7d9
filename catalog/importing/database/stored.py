"""What the database knows of the catalogue, read with one query a table."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from catalog.importing.records import FACTS
from catalog.models import Bundle, Service, ServiceBundle


class StoredBundle(NamedTuple):
    id: int
    name: str
    topic: str
    situation: str
    current: bool


class StoredService(NamedTuple):
    """`rest` holds the facts that were asked for, in the order of FACTS."""

    id: int
    digest: str
    current: bool
    rest: tuple[str, ...] = ()


def stored_bundles() -> dict[str, StoredBundle]:
    """The official bundles by OZG id."""
    facts = ("ozg_id", "pk", "name", "situation__topic__name", "situation__name", "retired_on")
    return {
        ozg_id: StoredBundle(pk, name, topic, situation, retired is None)
        for ozg_id, pk, name, topic, situation, retired in Bundle.objects.order_by().values_list(*facts)
        if ozg_id is not None
    }


class Stored:
    """The official services as they stand. `facts` names those that will be needed beside the digest."""

    def __init__(self, facts: Sequence[str]) -> None:
        columns = "".join(f", {fact}" for fact in FACTS if fact in facts)
        columns = f"identity, id, digest, retired_on IS NULL{columns}"
        query = f"SELECT {columns} FROM catalog_service WHERE official"  # noqa: S608 (our names)
        with connection.cursor() as cursor:
            cursor.execute(query)
            self.services = {
                identity: StoredService(pk, digest, current, tuple(rest))
                for identity, pk, digest, current, *rest in cursor.fetchall()
            }

    @cached_property
    def links(self) -> dict[int, dict[str, int]]:
        """Of each service: the OZG ids of its open links, each with the link's id."""
        links = ServiceBundle.objects.filter(until=None).order_by().values_list("service_id", "bundle__ozg_id", "pk")
        found: dict[int, dict[str, int]] = {}
        for service, ozg_id, link in links:
            if ozg_id is not None:
                found.setdefault(service, {})[ozg_id] = link
        return found

    @cached_property
    def countable(self) -> set[int]:
        """The ids of the services that count now."""
        return set(Service.objects.filter(countable=True, retired_on=None).order_by().values_list("pk", flat=True))

    @cached_property
    def names(self) -> dict[str, str]:
        """Identity → name."""
        return dict(Service.objects.order_by().values_list("identity", "name"))
