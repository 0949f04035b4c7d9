"""Finding a municipality and its departments by what a person types."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Department, Municipality


def find_municipality(ars: str) -> Municipality:
    """The municipality with this Regionalschlüssel; ValidationError `unknown_municipality` names those there are."""
    found = Municipality.objects.filter(ars=ars.replace(" ", "")).first()
    if found is None:
        raise ValidationError(
            _("Eine Kommune mit dem Regionalschlüssel „%(ars)s“ gibt es nicht. %(known)s"),
            code="unknown_municipality",
            params={"ars": ars, "known": _known()},
        )
    return found


def find_department(municipality: Municipality, name: str) -> Department:
    """The department of this name; ValidationError `unknown_department` names those there are."""
    found = municipality.departments.filter(name=name.strip()).first()
    if found is None:
        names = [f"„{each}“" for each in municipality.departments.values_list("name", flat=True)]
        raise ValidationError(
            _("Den Fachbereich „%(name)s“ gibt es in %(municipality)s nicht. Bekannt sind: %(known)s."),
            code="unknown_department",
            params={"name": name, "municipality": municipality.name, "known": ", ".join(names) or _("noch keine")},
        )
    return found


def _known() -> str:
    shown = 10  # an installation may host thousands
    towns = Municipality.objects.order_by("ars")
    listed = ", ".join(f"{town.ars} ({town.name})" for town in towns[:shown])
    if not listed:
        return _("Bisher ist keine Kommune angelegt; das geht mit „manage.py add_municipality“.")
    more = towns.count() - shown
    if more > 0:
        return _("Bekannt sind %(listed)s und %(more)d weitere.") % {"listed": listed, "more": more}
    return _("Bekannt sind: %(listed)s.") % {"listed": listed}
