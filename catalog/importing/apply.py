"""Writes a plan, inside the transaction of the caller. What is replaced moves to the versions, links close."""

from collections.abc import Iterable
from datetime import date

from catalog.importing.bundles import BundleTarget
from catalog.importing.database import many_rows
from catalog.importing.plan import Plan, Target
from catalog.importing.problems import Problem
from catalog.importing.records import FACTS
from catalog.models import (
    Bundle,
    BundleVersion,
    CatalogueImport,
    ImportProblem,
    Service,
    ServiceBundle,
    ServiceVersion,
    Situation,
    Topic,
)

BUNDLE_FACTS = ("name", "situation_id", "retired_on")
SERVICE_FACTS = ("key", *FACTS, "countable", "retired_on")
_VERSIONS: dict[type[Bundle | Service], tuple[type[BundleVersion | ServiceVersion], str, tuple[str, ...]]] = {
    Bundle: (BundleVersion, "bundle_id", BUNDLE_FACTS),
    Service: (ServiceVersion, "service_id", (*SERVICE_FACTS, "identity")),
}


def apply_plan(plan: Plan, made: CatalogueImport, today: date) -> dict[str, int]:
    """Write all of `plan` as import `made`; returns the ids of the new services by identity."""
    bundles = _write_bundles(plan, made, today)
    new = _write_services(plan, made, today)
    _write_links(plan, made, bundles, new)
    return new


def _write_bundles(plan: Plan, made: CatalogueImport, today: date) -> dict[str, int]:
    """Returns the id of every bundle by its OZG id."""
    new, changed, retired = plan.bundles.new, plan.bundles.known, plan.bundles.retired
    places = _situations([*new, *changed])
    keep_versions(Bundle, [*_ids(changed), *retired], made)
    many_rows.insert(
        Bundle,
        ("ozg_id", "name", "situation_id", "since_id", "digest"),
        [(each.ozg_id, each.name, places[each.topic, each.situation], made.pk, each.digest) for each in new],
    )
    many_rows.update(
        Bundle,
        (*BUNDLE_FACTS, "since_id", "digest"),
        [(each.name, places[each.topic, each.situation], None, made.pk, each.digest, each.id) for each in changed],
    )
    retire(Bundle, retired, made, today)
    known = Bundle.objects.order_by().values_list("ozg_id", "id") if plan.opened else ()
    return {ozg_id: pk for ozg_id, pk in known if ozg_id}


def _situations(targets: list[BundleTarget]) -> dict[tuple[str, str], int]:
    """The id of each (topic, situation) named by `targets`; makes the missing ones."""
    named = dict.fromkeys((each.topic, each.situation) for each in targets)
    if not named:
        return {}
    known = dict(Topic.objects.order_by().values_list("name", "id"))
    missing = dict.fromkeys(topic for topic, _ in named if topic not in known)
    known |= {topic.name: topic.pk for topic in Topic.objects.bulk_create(Topic(name=name) for name in missing)}
    places = {
        (topic, name): pk for topic, name, pk in Situation.objects.order_by().values_list("topic__name", "name", "id")
    }
    made = Situation.objects.bulk_create(
        Situation(topic_id=known[topic], name=name) for topic, name in named if (topic, name) not in places
    )
    topics = {pk: name for name, pk in known.items()}
    return places | {(topics[each.topic_id], each.name): each.pk for each in made}


def _write_services(plan: Plan, made: CatalogueImport, today: date) -> dict[str, int]:
    known = plan.known
    keep_versions(Service, [*_ids(known), *plan.retired], made)
    ids = many_rows.reserve_ids(Service, len(plan.new))
    many_rows.insert(
        Service,
        ("key", *FACTS, "countable", "identity", "since_id", "digest", "id"),
        [
            (each.key, *each.facts, each.countable, each.identity, made.pk, each.digest, pk)
            for each, pk in zip(plan.new, ids, strict=True)
        ],
    )
    many_rows.update(
        Service,
        (*SERVICE_FACTS, "identity", "since_id", "digest"),
        [(each.key, *each.facts, each.countable, None, each.identity, made.pk, each.digest, each.id) for each in known],
    )
    retire(Service, plan.retired, made, today)
    return {each.identity: pk for each, pk in zip(plan.new, ids, strict=True)}


def _write_links(plan: Plan, made: CatalogueImport, bundles: dict[str, int], new: dict[str, int]) -> None:
    close_links(plan.closed, made)
    ids = new | {each.identity: each.id for each in plan.known if each.id is not None}
    open_links([(ids[identity], bundles[ozg_id]) for identity, ozg_id in plan.opened], made)


def close_links(ids: list[int], made: CatalogueImport) -> None:
    close = f"UPDATE {many_rows.table(ServiceBundle)} SET until_id = %s WHERE id IN {{ids}}"  # noqa: S608 (own name)
    many_rows.run(close, ids, made.pk)


def open_links(links: Iterable[tuple[int, int]], made: CatalogueImport) -> None:
    """Let services stand in bundles; `links` of their ids."""
    columns = ("service_id", "bundle_id", "since_id")
    many_rows.insert(ServiceBundle, columns, [(service, bundle, made.pk) for service, bundle in links])


def _ids(targets: list[Target] | list[BundleTarget]) -> list[int]:
    return [each.id for each in targets if each.id is not None]


def keep_versions(model: type[Bundle | Service], ids: list[int], made: CatalogueImport) -> None:
    """Keep the facts that are about to be replaced, with the imports between which they held."""
    version, owner, facts = _VERSIONS[model]
    names = ", ".join(facts)
    many_rows.run(
        f"INSERT INTO {many_rows.table(version)} ({owner}, {names}, since_id, until_id) "  # noqa: S608 (own names)
        f"SELECT id, {names}, since_id, %s FROM {many_rows.table(model)} WHERE id IN {{ids}}",
        ids,
        made.pk,
    )


def retire(model: type[Bundle | Service], ids: list[int], made: CatalogueImport, today: date) -> None:
    retire = f"UPDATE {many_rows.table(model)} SET retired_on = %s, since_id = %s WHERE id IN {{ids}}"  # noqa: S608 (own name)
    many_rows.run(retire, ids, today, made.pk)


def keep_problems(problems: list[Problem], made: CatalogueImport) -> None:
    """Keep the list of what was wrong with the file with its import."""
    many_rows.insert(
        ImportProblem,
        ("catalogue_import_id", "sheet", "row", "column", "severity", "code", "message"),
        [
            (
                made.pk,
                each.sheet or "",
                each.row,
                (each.column or "")[:100],
                each.severity,
                each.code,
                each.message,
            )
            for each in problems
        ],
    )
