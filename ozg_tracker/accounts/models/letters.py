"""What each room notes of its letters: each thing once to each person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models.municipalities import Municipality


class Letter(models.Model):
    """Claimed before it is sent, so that no two runs send it; one that was neither sent nor refused within an hour is
    free again (`ozg_tracker.accounts.reminding.letters`). `about` names for ever what it says, such as "question-3".

    Who derives from it keeps (person, about) unique, and at most one of `sent_at` and `failed_at`.
    """

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+", verbose_name=_("Kommune"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    about = models.CharField(_("Gegenstand"), max_length=60)
    claimed_at = models.DateTimeField(_("begonnen am"))
    sent_at = models.DateTimeField(_("gesendet am"), null=True)
    failed_at = models.DateTimeField(_("misslungen am"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.about
