"""Who and what goes where when a department is split: services by topic, people and training rules one by one."""

from collections import Counter
from dataclasses import dataclass

from django.http import QueryDict

from catalog.models import ServiceBundle
from ozg_tracker.accounts.models import Membership, Municipality
from ozg_tracker.reorganising.wishes import Share
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.training.models import Requirement

MOST = 300  # people to be chosen one by one; more go by a list


@dataclass(frozen=True)
class Choice:
    """A line of the form: its field, what it is about, and the part chosen (0: it stays)."""

    field: str
    label: str
    chosen: int


class Sharing:
    """The lines to choose from and what was chosen, read from the fields `topic-…`, `person-…` and `rule-…`."""

    def __init__(self, municipality: Municipality, departments: tuple[int, ...], parts: list[str], sent: QueryDict):
        self.parts, self._sent = parts, sent
        here = {"department__in": departments[:1]}
        rows = MunicipalService.objects.filter(municipality=municipality, **here)
        self._topic = topics_of(dict(rows.values_list("pk", "service")))
        people = Membership.objects.filter(municipality=municipality, **here).select_related("user")
        self._people = list(people.order_by("user__last_name", "user__username")[:MOST])
        rules = Requirement.objects.filter(course__municipality=municipality, **here)
        self._rules = list(rules.select_related("course"))

    def _chosen(self, field: str) -> int:
        given = self._sent.get(field, "")
        return int(given) if given in map(str, range(1, len(self.parts) + 1)) else 0

    def topics(self) -> list[tuple[Choice, int]]:
        counted = Counter(self._topic.values())
        return [(self._choice(f"topic-{name}", name), counted[name]) for name in sorted(counted)]

    def people(self) -> list[Choice]:
        return [self._choice(f"person-{each.user_id}", str(each.user)) for each in self._people]

    def rules(self) -> list[Choice]:
        return [self._choice(f"rule-{each.pk}", str(each.course)) for each in self._rules]

    def _choice(self, field: str, label: str) -> Choice:
        return Choice(field, label, self._chosen(field))

    def shares(self) -> dict[str, Share]:
        """What goes to each part, by its name."""
        return {
            name: Share(
                {row for row, topic in self._topic.items() if self._chosen(f"topic-{topic}") == number},
                {each.user_id for each in self._people if self._chosen(f"person-{each.user_id}") == number},
                {each.pk for each in self._rules if self._chosen(f"rule-{each.pk}") == number},
            )
            for number, name in enumerate(self.parts, 1)
        }


def topics_of(services: dict[int, int]) -> dict[int, str]:
    """By row the name of its topic, of several the first; "" without one."""
    places = ServiceBundle.objects.filter(service__in=services.values(), until=None)
    names: dict[int, str] = {}
    for service, topic in places.values_list("service", "bundle__situation__topic__name").order_by("-bundle"):
        names[service] = min(topic, names.get(service, topic))
    return {row: names.get(service, "") for row, service in services.items()}
