"""What a person leads, for whoever lets people go or looks at a list of them."""

from collections.abc import Collection

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import ngettext

from ozg_tracker.accounts.holdings import Holding
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.models import CourseDate, CourseDateQuerySet


def told(municipality: Municipality, person: int) -> str:
    """How many dates to come the person leads, in words; "" for none."""
    return _words(_led(municipality, [person]).count())


def listed(municipality: Municipality, people: Collection[int]) -> dict[int, Holding]:
    """The same for many; who leads nothing is not in it."""
    counted = _led(municipality, people).order_by().values_list("trainer").annotate(dates=Count("pk"))
    return {person: Holding(_words(dates)) for person, dates in counted if person is not None}


def _led(municipality: Municipality, people: Collection[int]) -> CourseDateQuerySet:
    coming = CourseDate.objects.filter(ends_at__gt=timezone.now(), cancelled_at=None)
    return coming.filter(course__municipality=municipality, trainer__in=people)


def _words(dates: int) -> str:
    if not dates:
        return ""
    return ngettext("leitet %(number)d Schulungstermin", "leitet %(number)d Schulungstermine", dates) % {
        "number": dates
    }
