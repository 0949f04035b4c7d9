"""Which rows are late for a deadline of the law or of their municipality."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import Count, Q, QuerySet

from catalog.models import Service, ServiceBundle
from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.models import Deadline, MunicipalService
from ozg_tracker.tracking.rows.counting import COUNTS, NOT_READY


class Scoped(Protocol):
    """What says for which rows a deadline holds; `named`: ids of bundles or rows, for the scopes that name them."""

    @property
    def scope(self) -> str: ...
    @property
    def department(self) -> Department | None: ...
    @property
    def named(self) -> Any: ...


def in_scope(rows: QuerySet[MunicipalService], deadlines: Iterable[Deadline]) -> QuerySet[MunicipalService]:
    """Those of `rows` that count and lie in the scope of any of `deadlines`.

    A deadline without a municipality is one of the law and applies to every row.
    """
    scope = Q()
    for deadline in deadlines:
        municipality = Q(municipality=deadline.municipality_id) if deadline.municipality_id else Q(pk__isnull=False)
        scope |= municipality & _in_scope(deadline)
    return rows.filter(COUNTS, scope) if scope else rows.none()


def open_for(rows: QuerySet[MunicipalService], deadlines: Iterable[Deadline]) -> QuerySet[MunicipalService]:
    """Those of `rows` that are in the scope of any of `deadlines` and not ready."""
    return in_scope(rows, deadlines).filter(NOT_READY)


def overdue(rows: QuerySet[MunicipalService], day: date) -> QuerySet[MunicipalService]:
    """Those of `rows` that are open for a deadline that lies before `day`."""
    return open_for(rows, Deadline.objects.standing().filter(date__lt=day))


def scope_is_known(deadline: Scoped) -> bool:
    """False where nobody can know what the deadline applies to: no service of the catalogue carries the SDG's mark."""
    return deadline.scope != Deadline.Scope.SDG or Service.objects.exclude(sdg="").exists()


@dataclass(frozen=True)
class Hits:
    """How many rows of a municipality lie in a scope today, and how many of them are not ready. `known`: whether
    anybody can know.
    """

    whole: int
    open: int
    known: bool = True


def hits(municipality: Municipality, deadline: Scoped) -> Hits:
    if not scope_is_known(deadline):
        return Hits(0, 0, known=False)
    rows = MunicipalService.objects.filter(COUNTS, _in_scope(deadline), municipality=municipality).order_by()
    return Hits(**rows.aggregate(whole=Count("pk", distinct=True), open=Count("pk", NOT_READY, distinct=True)))


def _in_scope(deadline: Scoped) -> Q:
    if deadline.scope == Deadline.Scope.DEPARTMENT:
        return Q(department__in=tree_ids(deadline.department) if deadline.department else [])
    if deadline.scope == Deadline.Scope.SDG:
        return ~Q(service__sdg="")
    if deadline.scope == Deadline.Scope.BUNDLES:
        links = ServiceBundle.objects.filter(until=None, bundle__in=deadline.named)
        return Q(service__in=links.values("service"))
    if deadline.scope == Deadline.Scope.LIST:
        return Q(pk__in=deadline.named)
    return Q(pk__isnull=False)
