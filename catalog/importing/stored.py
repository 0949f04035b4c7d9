"""What the database knows of the catalogue, read with one query a table."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from catalog.importing.records import FACTS


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
    query = """
        SELECT bundle.ozg_id, bundle.id, bundle.name, topic.name, situation.name, bundle.retired_on IS NULL
        FROM catalog_bundle bundle
        JOIN catalog_situation situation ON situation.id = bundle.situation_id
        JOIN catalog_topic topic ON topic.id = situation.topic_id
        WHERE bundle.ozg_id IS NOT NULL
    """
    return {row[0]: StoredBundle(row[1], row[2], row[3], row[4], bool(row[5])) for row in _rows(query)}


class Stored:
    """The official services as they stand. `facts` names those that will be needed beside the digest."""

    def __init__(self, facts: Sequence[str]) -> None:
        columns = "".join(f", {fact}" for fact in FACTS if fact in facts)
        columns = f"identity, id, digest, retired_on IS NULL{columns}"
        query = f"SELECT {columns} FROM catalog_service WHERE official"  # noqa: S608 (our names)
        self.services = {row[0]: StoredService(row[1], row[2], row[3], row[4:]) for row in _rows(query)}

    @cached_property
    def links(self) -> dict[int, dict[str, int]]:
        """Of each service: the OZG ids of its open links, each with the link's id."""
        query = """
            SELECT link.service_id, bundle.ozg_id, link.id
            FROM catalog_servicebundle link JOIN catalog_bundle bundle ON bundle.id = link.bundle_id
            WHERE link.until_id IS NULL AND bundle.ozg_id IS NOT NULL
        """
        found: dict[int, dict[str, int]] = {}
        for service, ozg_id, link in _rows(query):
            found.setdefault(service, {})[ozg_id] = link
        return found

    @cached_property
    def countable(self) -> set[int]:
        """The ids of the services that count now."""
        return {row[0] for row in _rows("SELECT id FROM catalog_service WHERE countable AND retired_on IS NULL")}

    @cached_property
    def names(self) -> dict[str, str]:
        """Identity → name."""
        return dict(_rows("SELECT identity, name FROM catalog_service"))


def _rows(query: str) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple] = cursor.fetchall()  # type: ignore[type-arg]
    return found
