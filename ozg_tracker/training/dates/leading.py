"""Which dates a person leads; told to whoever lets people go, and passed to another by a handover."""

from collections.abc import Collection, Mapping

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Holding, Thing
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.models import CourseDate, CourseDateQuerySet

DATE = "course_date"


def led(municipality: Municipality, people: Collection[int] | None = None) -> list[Thing]:
    """The dates to come that the people (None: anybody) lead; one query."""
    found = _led(municipality, people).select_related("course").order_by("starts_at", "pk")
    return [Thing(DATE, each.pk, str(each), each.trainer_id) for each in found if each.trainer_id is not None]


def pass_on(municipality: Municipality, things: Mapping[Thing, int]) -> None:
    """Another person (id) leads each; a query for each receiver. For handovers, which have asked whether both may."""
    for receiver in set(things.values()):
        mine = [each.pk for each, to in things.items() if to == receiver]
        CourseDate.objects.filter(course__municipality=municipality, pk__in=mine).update(trainer=receiver)


def told(municipality: Municipality, person: int) -> str:
    """How many dates to come the person leads, in words; "" for none."""
    return _words(_led(municipality, [person]).count())


def listed(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """The same for many; who leads nothing is not in it."""
    counted = _led(municipality, people).order_by().values_list("trainer").annotate(dates=Count("pk"))
    return {person: Holding(_words(dates)) for person, dates in counted if person is not None}


def _led(municipality: Municipality, people: Collection[int] | None) -> CourseDateQuerySet:
    coming = CourseDate.objects.filter(ends_at__gt=timezone.now(), cancelled_at=None, trainer__isnull=False)
    here = coming.filter(course__municipality=municipality)
    return here if people is None else here.filter(trainer__in=people)


def _words(dates: int) -> str:
    if not dates:
        return ""
    return ngettext("leitet %(number)d Schulungstermin", "leitet %(number)d Schulungstermine", dates) % {
        "number": dates
    }
