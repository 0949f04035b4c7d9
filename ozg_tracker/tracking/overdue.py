"""Which rows are late for a deadline of the law or of their municipality."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q, QuerySet

from catalog.models import ServiceBundle
from ozg_tracker.tracking.models import Deadline, MunicipalService, Responsibility

_COUNTED = Q(responsibility=Responsibility.MUNICIPALITY, service__countable=True, service__retired_on=None)
_NOT_READY = Q(level=None) | Q(level__number__lt=F("level__model__conform_level"))


def in_scope(rows: QuerySet[MunicipalService], deadlines: Iterable[Deadline]) -> QuerySet[MunicipalService]:
    """Those of `rows` that count and lie in the scope of any of `deadlines`.

    A deadline without a municipality is one of the law and applies to every row.
    """
    scope = Q()
    for deadline in deadlines:
        town = Q(municipality=deadline.municipality_id) if deadline.municipality_id else Q(pk__isnull=False)
        scope |= town & _in_scope(deadline)
    return rows.filter(_COUNTED, scope) if scope else rows.none()


def open_for(rows: QuerySet[MunicipalService], deadlines: Iterable[Deadline]) -> QuerySet[MunicipalService]:
    """Those of `rows` that are in the scope of any of `deadlines` and not ready."""
    return in_scope(rows, deadlines).filter(_NOT_READY)


def overdue(rows: QuerySet[MunicipalService], day: date) -> QuerySet[MunicipalService]:
    """Those of `rows` that are open for a deadline that lies before `day`."""
    return open_for(rows, Deadline.objects.filter(date__lt=day))


def counted(rows: QuerySet[MunicipalService]) -> QuerySet[MunicipalService]:
    """Those of `rows` that count: ours, countable, still in the catalogue."""
    return rows.filter(_COUNTED)


def plan_passed(rows: QuerySet[MunicipalService], day: date) -> QuerySet[MunicipalService]:
    """Those of `rows` that are ours, count, are not ready, and were planned for a day before `day`."""
    return rows.filter(_COUNTED, _NOT_READY, planned_on__lt=day)


def _in_scope(deadline: Deadline) -> Q:
    if deadline.scope == Deadline.Scope.SDG:
        return ~Q(service__sdg="")
    if deadline.scope == Deadline.Scope.BUNDLES:
        links = ServiceBundle.objects.filter(until=None, bundle__in=deadline.bundles.all())
        return Q(service__in=links.values("service"))
    return Q(pk__isnull=False)
