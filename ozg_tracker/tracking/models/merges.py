"""Lines that wait: what people brought as a file or pasted, until it is taken over or dropped."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Deed, Membership, Municipality, Reach, User, reach_of, who_may
from ozg_tracker.tracking.models.visible import municipalities_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

T = TypeVar("T", bound=models.Model)


class OfAPerson(models.QuerySet[T]):
    """What people keep for themselves while they work on it: their own, and for who may change every row, all."""

    def open_to(self, held: Membership) -> Self:
        """Those of the municipality of `held` that its person may go on with."""
        mine = self.filter(municipality=held.municipality)
        return mine if reach_of(held.role, Deed.CHANGE_ROWS) == Reach.ALL else mine.filter(by=held.user)

    def visible_to(self, user: "User | AnonymousUser", deed: Deed = Deed.READ_ROWS) -> Self:
        """Those that `user` may go on with, of every municipality in which the person may do `deed`."""
        roles = who_may(deed)
        of_all = [role for role in roles if reach_of(role, Deed.CHANGE_ROWS) == Reach.ALL]
        own = Q(municipality__in=municipalities_of(user, *roles), by=user.pk)
        return self.filter(Q(municipality__in=municipalities_of(user, *of_all)) | own)


class Merges(OfAPerson["Merge"]):
    def in_short(self) -> Self:
        """Without the lines themselves, with who brought them."""
        return self.select_related("by").defer("lines", "base", "told")


class Merge(models.Model):
    """Abgleich: lines that were brought and are not taken over yet. No row knows of them.

    `lines`: as `ozg_tracker.tracking.exchange.merges` writes them, those that wait; `base`: what the writer of the file
    had seen, where the file says so; `told`: what was said of the file when it was read. `rows`: how many lines wait.
    """

    class Origin(models.TextChoices):
        FILE = "file", _("Datei")
        PASTE = "paste", _("Eingefügt")
        LIST = "list", _("Eigene Liste")
        GRID = "grid", _("Tabelle")
        API = "api", _("Schnittstelle")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name=_("Kommune"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("von"))
    origin = models.CharField(_("Herkunft"), max_length=5, choices=Origin)
    name = models.CharField(_("Name"), max_length=255)
    created_at = models.DateTimeField(_("gebracht am"), default=timezone.now)
    rows = models.PositiveIntegerField(_("Zeilen"))
    lines = models.JSONField(_("Zeilen, die warten"))
    base = models.JSONField(_("Ausgangswerte"), null=True)
    told = models.JSONField(_("Hinweise zur Datei"), default=list)

    objects = Merges.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("municipality", "by"), name="merge_of_person")]
        verbose_name = _("Abgleich")
        verbose_name_plural = _("Abgleiche")
        constraints = [
            models.CheckConstraint(
                condition=Q(rows__gt=0) & ~Q(name=""),
                name="merge_has_lines",
                violation_error_message=_("Ein Abgleich hat einen Namen und mindestens eine Zeile."),
            )
        ]

    def __str__(self) -> str:
        return self.name
