"""Each person's own file: every row in which the person appears, as told by `kept`."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import FileField, ForeignKey, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.models import User
from ozg_tracker.personal.kept import KEPT, Kept

BATCH = 2000
Row = dict[str, Any]


def rows_of(kept: Kept, person: User) -> QuerySet[Model]:
    """The rows of the table in which the person appears, the newest first."""
    found = reduce(or_, (Q(**{look_up: person.pk}) for look_up in kept.via))
    return kept.table._base_manager.filter(found).order_by("-pk")


def own_file(person: User) -> dict[str, Any]:
    """All that is stored of the person: `{"person", "made_at", "tables": [{"table", "group", "title", "why", "who",
    "how_long", "fields", "rows"}]}`. Others are not named in it; a secret is told to be there, never what it is.
    """
    return {
        "person": person.username,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "tables": [_told(kept) | {"rows": list(_rows(kept, person))} for kept in KEPT],
    }


@transaction.atomic
def take_own_file(person: User, form: str) -> dict[str, Any]:
    """The same, with an entry in the journal: it was taken as `form`."""
    journal.write(
        journal.Kind.EXPORT, municipality=home_of(person), by=person, person=person, after={"form": form.upper()}
    )
    return own_file(person)


def _told(kept: Kept) -> dict[str, Any]:
    return {
        "table": kept.model,
        "group": str(kept.group),
        "title": kept.title,
        "why": str(kept.why),
        "who": str(kept.who),
        "how_long": str(kept.how_long),
        "fields": dict(kept.named()),
    }


def _rows(kept: Kept, person: User) -> Iterator[Row]:
    names = [name for name, _word in kept.named()]
    related = [name for name in names if isinstance(kept.table._meta.get_field(name), ForeignKey)]
    for row in rows_of(kept, person).select_related(*_paths(kept, related)).iterator(chunk_size=BATCH):
        yield {name: _value(kept, row, name, person) for name in names}


def _paths(kept: Kept, related: list[str]) -> Iterator[str]:
    """What a row's words need, so that no row asks the database on its own."""
    deeper = {
        "task": "task__course",
        "row": "row__service",
        "course_date": "course_date__course",
        "handover": "handover__giver",
        "comment": "comment__row__service",
        "mention": "mention__comment__row__service",
    }
    for name in related:
        yield deeper.get(name, name)


def _value(kept: Kept, row: Model, name: str, person: User) -> Any:
    if kept.secret(name):
        return _("nur als Prüfwert")
    found = getattr(row, name)
    if isinstance(found, User):
        return person.username if found == person else _("eine andere Person")
    if found is None or isinstance(found, bool | int | dict):
        return found if name not in _choices(row) else str(getattr(row, f"get_{name}_display")())
    if isinstance(found, datetime):
        return timezone.localtime(found).isoformat(timespec="seconds")
    if isinstance(found, date):
        return found.isoformat()
    if isinstance(row._meta.get_field(name), FileField):
        return bool(found)
    return str(getattr(row, f"get_{name}_display")()) if name in _choices(row) else str(found)


def _choices(row: Model) -> set[str]:
    return {each.name for each in row._meta.concrete_fields if each.choices}
