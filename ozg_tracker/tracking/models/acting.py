"""Who did something about a row, and for whom where the person stood in for another."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User


class DoneFor(models.Model):
    """An event whose `by` may have stood in for another (`ozg_tracker.tracking.rows.rights`)."""

    if TYPE_CHECKING:
        by: models.ForeignKey[User | None, User | None]

    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("in Vertretung für"),
    )

    class Meta:
        abstract = True

    @property
    def who(self) -> str:
        """Who did it, in words; of a deputy for whom too. "" for the system."""
        if self.by is None or self.on_behalf_of is None:
            return str(self.by or "")
        return gettext("%(person)s in Vertretung für %(absent)s") % {"person": self.by, "absent": self.on_behalf_of}
