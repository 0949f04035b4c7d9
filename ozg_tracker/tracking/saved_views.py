"""Views of the list kept by name, and the columns a person chose last: for that person alone."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import GridColumns, GridView
from ozg_tracker.tracking.models.views import LONGEST_NAME, LONGEST_QUERY

MOST = 50


def views_of(person: User, municipality: Municipality) -> QuerySet[GridView]:
    return GridView.objects.filter(person=person, municipality=municipality)


def keep_view(person: User, municipality: Municipality, name: str, query: str) -> GridView:
    """Keep what `query` asks for under `name`, in place of a view of that name.

    ValidationError: no name or one too long, an address too long, or too many views.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise ValidationError(
            _("Bitte geben Sie der Ansicht einen Namen von höchstens %(most)d Zeichen.") % {"most": LONGEST_NAME},
            code="name",
        )
    if len(query) > LONGEST_QUERY:
        raise ValidationError(_("Diese Ansicht hat zu viele Filter, um sie zu speichern."), code="too_long")
    own = views_of(person, municipality)
    if own.exclude(name=name).count() >= MOST:
        sentence = _("Mehr als %(most)d Ansichten werden unübersichtlich. Bitte löschen Sie zuerst eine.")
        raise ValidationError(sentence % {"most": MOST}, code="too_many")
    return GridView.objects.update_or_create(
        person=person, municipality=municipality, name=name, defaults={"query": query}
    )[0]


def columns_of(person: User) -> list[str]:
    """The names of the columns the person chose last; none: never chosen."""
    kept = GridColumns.objects.filter(person=person.pk).values_list("names", flat=True)
    return " ".join(kept).split()


def keep_columns(person: User, names: Iterable[str]) -> None:
    GridColumns.objects.update_or_create(person=person, defaults={"names": " ".join(names)})
