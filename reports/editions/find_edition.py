"""The edition of a month that a program asks for."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality
from reports import months
from reports.models import Edition
from reports.telling import wording


def find_edition(municipality: Municipality, month: date, number: int | None = None) -> Edition:
    """The edition of `month` with `number`, or the latest.

    A ValidationError where the month is not frozen (`not_frozen`) or has no such edition (`no_such_edition`).
    """
    editions = (
        Edition.objects.standing().filter(municipality=municipality, month=month.replace(day=1)).order_by("-number")
    )
    latest = editions.first()
    words = {"month": wording.month(months.name(month)), "municipality": municipality.name}
    if latest is None:
        raise ValidationError(
            _(
                "Für %(month)s ist in %(municipality)s noch kein Bericht festgeschrieben. "
                "Das tut der Befehl freeze_report."
            )
            % words,
            code="not_frozen",
        )
    found = latest if number is None else editions.filter(number=number).first()
    if found is None:
        raise ValidationError(
            _("Ausgabe %(number)s gibt es für %(month)s nicht; die letzte ist Ausgabe %(last)s.")
            % {**words, "number": number, "last": latest.number},
            code="no_such_edition",
        )
    return found
