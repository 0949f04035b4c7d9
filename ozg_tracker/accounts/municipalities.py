"""Finding a municipality and its departments by what a person types; and changing what a municipality is."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ozg_tracker import log
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Department, Municipality, User


def find_municipality(ars: str) -> Municipality:
    """The municipality with this Regionalschlüssel; ValidationError `unknown_municipality` names those there are.

    From here on the log speaks of it.
    """
    found = Municipality.objects.filter(ars=ars.replace(" ", "")).first()
    if found is None:
        raise ValidationError(
            _("Eine Kommune mit dem Regionalschlüssel „%(ars)s“ gibt es nicht. %(known)s"),
            code="unknown_municipality",
            params={"ars": ars, "known": _known()},
        )
    log.municipality_id.set(found.pk)
    return found


def find_department(municipality: Municipality, name: str) -> Department:
    """The department of this name; ValidationError `unknown_department` names those there are, or how to have some."""
    found = municipality.departments.standing().filter(name=name.strip()).first()
    if found is None:
        if not municipality.departments.standing().exists():
            raise ValidationError(
                _(
                    "%(municipality)s hat noch keine Fachbereiche. Lesen Sie sie zuerst ein, mit „manage.py "
                    "import_departments DATEI --municipality %(ars)s“, oder legen Sie sie auf der Seite "
                    "„Fachbereiche“ an."
                ),
                code="no_departments",
                params={"municipality": municipality.name, "ars": municipality.ars},
            )
        names = [f"„{each}“" for each in municipality.departments.standing().values_list("name", flat=True)]
        raise ValidationError(
            _("Den Fachbereich „%(name)s“ gibt es in %(municipality)s nicht. Bekannt sind: %(known)s."),
            code="unknown_department",
            params={"name": name, "municipality": municipality.name, "known": ", ".join(names)},
        )
    return found


@transaction.atomic
def change_municipality(municipality: Municipality, names: list[str], *, by: User | None) -> Municipality:
    """Keep the fields of `names` as they were entered and checked."""
    before = _facts(Municipality.objects.select_for_update().get(pk=municipality.pk), names)
    municipality.save(update_fields=names)
    after = _facts(municipality, names)
    journal.write(journal.Kind.MUNICIPALITY, municipality=municipality, by=by, before=before, after=after)
    return municipality


def _facts(municipality: Municipality, names: list[str]) -> dict[str, str]:
    return {name: str(getattr(municipality, name)) for name in names}


def _known() -> str:
    shown = 10  # an installation may host thousands
    municipalities = Municipality.objects.order_by("ars")
    listed = ", ".join(f"{municipality.ars} ({municipality.name})" for municipality in municipalities[:shown])
    if not listed:
        return _("Bisher ist keine Kommune angelegt; das geht mit „manage.py add_municipality“.")
    more = municipalities.count() - shown
    if more > 0:
        return _("Bekannt sind %(listed)s und %(more)d weitere.") % {"listed": listed, "more": more}
    return _("Bekannt sind: %(listed)s.") % {"listed": listed}
