"""A table in which people appear, and what its fields are called."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_SECRET = frozenset({"password", "digest", "key"})  # told as "a check value", never shown


_WORDS: "dict[str, StrOrPromise]" = {
    "by": _("durch"),
    "user": _("Person"),
    "municipality": _("Kommune"),
    "kind": _("Art"),
    "name": _("Name"),
    "group": _("Gruppe"),
    "permission": _("Recht"),
    "created_at": _("angelegt am"),
    "recorded_at": _("erfasst am"),
    "frozen_by": _("festgeschrieben durch"),
    "submitted_by": _("vorgelegt durch"),
    "approver": _("um Genehmigung gebeten"),
    "approved_by": _("genehmigt durch"),
    "text": _("Text"),
    "row": _("Leistung"),
    "department": _("Fachbereich"),
    "task": _("Schulungsaufgabe"),
    "stage": _("Stufe"),
    "due_on": _("fällig am"),
    "claimed_at": _("vorgemerkt am"),
    "sent_at": _("gesendet am"),
    "failed_at": _("gescheitert am"),
}  # what models have no word for; a field without one is called by its name, which a test finds


@dataclass(frozen=True)
class Kept:
    """A table in which people appear.

    `via`: the look-ups that lead from a row to the person. `fields`: what says something about the person.
    `besides`: columns that describe the thing alone. `concerns`: the rows are about the person, where other rows only
    name who did something; whatever hangs on such a row is about the person too. `words`, `called`:
    what the model has no word for.
    """

    model: str
    group: "StrOrPromise"
    via: tuple[str, ...]
    fields: tuple[str, ...]
    why: "StrOrPromise"
    who: "StrOrPromise"
    how_long: "StrOrPromise"
    besides: tuple[str, ...] = ()
    concerns: bool = False
    words: dict[str, "StrOrPromise"] = field(default_factory=dict)
    called: "StrOrPromise" = ""

    @property
    def table(self) -> type[Model]:
        return apps.get_model(self.model)

    @property
    def title(self) -> str:
        return str(self.called or self.table._meta.verbose_name_plural)

    def word(self, name: str) -> str:
        """What a field is called."""
        found: Field[Any, Any] = self.table._meta.get_field(name)  # type: ignore[assignment]
        unnamed = found.verbose_name == found.name.replace("_", " ")
        return str(self.words.get(name) or (_WORDS.get(name, name) if unnamed else found.verbose_name))

    def named(self) -> Iterator[tuple[str, str]]:
        """Each field that is about the person, with its word; first who it is."""
        for name in (*(each for each in self.via if "__" not in each and each != "pk"), *self.fields):
            yield name, self.word(name)

    def secret(self, name: str) -> bool:
        return name in _SECRET
