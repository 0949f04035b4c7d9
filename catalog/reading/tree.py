"""Going through the catalogue as it stands, from the topic down."""

from dataclasses import dataclass

from django.db.models import Count, F, Prefetch, Q, QuerySet

from catalog.models import Bundle, Service, ServiceBundle, Situation, Topic


@dataclass(frozen=True)
class TopicNode:
    topic: Topic
    situations: list[tuple[Situation, int]]  # each with the number of its current bundles


def topic_nodes() -> list[TopicNode]:
    """Every topic with its situations; a situation without a current bundle is left out."""
    current = Bundle.objects.filter(retired_on=None, ozg_id__isnull=False).order_by()
    number = dict(current.values_list("situation").annotate(number=Count("pk")))
    return [
        TopicNode(topic, [(each, number[each.pk]) for each in topic.situations.all() if each.pk in number])
        for topic in Topic.objects.prefetch_related("situations")
    ]


def bundles_of(situation: Situation) -> QuerySet[Bundle]:
    """The current bundles of `situation`, each with `service_count`, the number of its current services."""
    current = Q(links__until=None, links__service__retired_on=None, links__service__official=True)
    return Bundle.objects.filter(situation=situation, retired_on=None, ozg_id__isnull=False).annotate(
        service_count=Count("links", filter=current)
    )


def services_of(bundle: Bundle) -> QuerySet[Service]:
    """The services of the catalogue that stand in `bundle` now, retired ones last."""
    stand = Service.objects.filter(links__bundle=bundle, links__until=None, official=True)
    return stand.order_by(F("retired_on").asc(nulls_first=True), F("key").asc(nulls_last=True), "name")


def with_bundles(services: QuerySet[Service]) -> QuerySet[Service]:
    """`services`, each with `current_links`, its open links with bundle, situation and topic."""
    links = ServiceBundle.objects.filter(until=None).select_related("bundle__situation__topic")
    return services.prefetch_related(Prefetch("links", queryset=links, to_attr="current_links"))
