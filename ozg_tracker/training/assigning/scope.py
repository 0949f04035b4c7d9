"""Whom rules are for, one by one: the people of a municipality as they are, or as a reorganisation would place them."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.training.models import NamedPerson, Requirement, learners


class Scope:
    """Read once for `rules`, with three queries, however many people there are."""

    def __init__(self, municipality: Municipality, rules: Iterable[Requirement]) -> None:
        found = list(rules)
        members = learners().filter(municipality=municipality)
        told = list(members.values_list("user", "role", "department"))
        self._roles = {user: role for user, role, _department in told}
        self.places = {user: department for user, _role, department in told}
        services = [rule.service_id for rule in found if rule.service_id is not None]
        rows = MunicipalService.objects.filter(municipality=municipality, service__in=services)
        self._owners = dict(rows.values_list("service", "owner"))
        named = NamedPerson.objects.filter(requirement__in=[rule.pk for rule in found if rule.named])
        pairs = named.order_by("requirement").values_list("requirement", "person")
        self._named = {rule: {person for _rule, person in each} for rule, each in groupby(pairs, lambda pair: pair[0])}

    def people(
        self, rule: Requirement, departments: Collection[int | None], places: Mapping[int, int | None] | None = None
    ) -> set[int]:
        """Whom `rule` is for where its department with all below it are `departments`; `places` in place of today's."""
        found = {
            user for user, at in (places or self.places).items() if rule.department_id is None or at in departments
        }
        if rule.role:
            found = {user for user in found if self._roles.get(user) == rule.role}
        if rule.service_id is not None:
            found &= {self._owners.get(rule.service_id) or 0}
        return found & self._named.get(rule.pk, set()) if rule.named else found
